"""The file back: its own cells at their own places, the faults coloured and explained, all said at the row's end."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guichet import readers
from guichet.invoices.sheets.plan import FAULT, NOTE

if TYPE_CHECKING:
    from guichet.invoices.sheets.plan import Plan, Remark


def marked(plan: Plan) -> bytes:
    """An XLSX workbook with a further column « Remarque du guichet »."""
    table = plan.table
    end = table.width
    said: dict[int, list[str]] = defaultdict(list)
    comments: dict[tuple[int, int], list[Remark]] = defaultdict(list)
    for remark in sorted(plan.remarks, key=lambda one: (one.row, one.column)):
        said[remark.row].append(f"{remark.address} : {remark.text}")
        comments[remark.row, remark.column].append(remark)
    rows = []
    for line in table.lines:
        values = [cell.value for cell in line.cells]
        values += [None] * (end - len(values))
        heading = [_("Remarque du guichet")] if line.number == plan.header else []
        rows.append([*values, *(heading or ["\n".join(said[line.number])])])
    marks = [
        readers.Mark(row, column, "\n".join(one.text for one in found), any(one.level == FAULT for one in found))
        for (row, column), found in comments.items()
        if any(one.level != NOTE for one in found)
    ]
    return readers.write_table(
        readers.Sheet(
            _("Fichier annoté"),
            rows,
            numbers=[line.number for line in table.lines],
            header=plan.header,
            widths=[18] * end + [80],
            marks=marks,
        )
    )
