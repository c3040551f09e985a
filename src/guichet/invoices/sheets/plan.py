"""What a file would do: its units, and every fault at its cell. Kept encrypted until somebody confirms."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from guichet.readers import Row, Table, address

if TYPE_CHECKING:
    from collections.abc import Iterable

FAULT: Final = "fault"  # keeps the whole file from being confirmed
WARNING: Final = "warning"  # wants an answer when it is sent
NOTE: Final = "note"  # is only said


@dataclass(frozen=True)
class Remark:
    """Something to say about a cell. Rows count from 1, columns from 0."""

    row: int
    column: int
    text: str
    level: str = FAULT
    heading: str = ""  # of the column

    @property
    def address(self) -> str:
        """« C17 »."""
        return address(self.row, self.column)


@dataclass(frozen=True)
class Unit:
    """An invoice or a person of the file."""

    no: int
    row: int  # its first
    key: str
    title: str  # for people
    raw: dict[str, Any]
    total: str = ""  # CHF, as text
    lines: int = 1
    warnings: tuple[str, ...] = ()  # "code@place" of what wants an answer
    needs_document: bool = False
    known: str = ""  # id of the beneficiary this row would change


@dataclass
class Plan:
    """All of it."""

    header: int = 1  # row of the headings
    lines: list[tuple[int, list[Any]]] = field(default_factory=list)  # the table as it was read
    units: list[Unit] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table) -> Plan:
        """An empty plan for this table."""
        return cls(header=table.header.number, lines=[(line.number, list(line.values)) for line in table.lines])

    @property
    def faults(self) -> list[Remark]:
        """What keeps the file from being confirmed, by row and column."""
        return sorted(
            (remark for remark in self.remarks if remark.level == FAULT), key=lambda found: (found.row, found.column)
        )

    def said(self, level: str) -> list[Remark]:
        """The remarks of one level, by row and column."""
        return sorted(
            (remark for remark in self.remarks if remark.level == level), key=lambda found: (found.row, found.column)
        )

    @property
    def table(self) -> Table:
        """The table again."""
        return Table("", tuple(Row(number, values) for number, values in self.lines))

    def dump(self) -> bytes:
        """For the store."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def load(cls, data: bytes) -> Plan:
        """From the store."""
        said = json.loads(data)
        units = [Unit(**{**unit, "warnings": tuple(unit["warnings"])}) for unit in said["units"]]
        remarks = [Remark(**remark) for remark in said["remarks"]]
        return cls(said["header"], [(number, values) for number, values in said["lines"]], units, remarks)


def without_repetition(remarks: Iterable[Remark]) -> list[Remark]:
    """One and the same sentence about one cell is said once."""
    return list(dict.fromkeys(remarks))
