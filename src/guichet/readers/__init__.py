"""Tables and XML of strangers, and workbooks for them. What parses and writes runs in a child process with limits.

- `table`        an XLSX, ODS or XLS workbook, a CSV or TSV file, text of the clipboard → `Table`
- `xml`          an XML document without DTD → `Node`
- `write_table`  sheets → the bytes of an XLSX workbook in which no text is ever a formula
"""

from guichet.readers.books import Mark, Sheet
from guichet.readers.cells import Cell, Row, Table, address, column_letters
from guichet.readers.door import table, write_table, xml
from guichet.readers.errors import Unreadable
from guichet.readers.nodes import Node

__all__ = [
    "Cell",
    "Mark",
    "Node",
    "Row",
    "Sheet",
    "Table",
    "Unreadable",
    "address",
    "column_letters",
    "table",
    "write_table",
    "xml",
]
