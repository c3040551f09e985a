"""Every display function in one place, and the table that Python and JavaScript must both obey (USE-05).

`vectors/formats.json` lists inputs with their canonical form and display, or the code of their refusal. The twin is
`ui/static/ui/js/formats.js`; rows marked `python_only` need registers the browser does not have.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from guichet.kernel.bank import format_iban, format_qrr, format_scor, parse_iban, parse_qrr, parse_scor
from guichet.kernel.cantons import format_canton, parse_canton
from guichet.kernel.dates import (
    Period,
    format_date,
    format_datetime,
    format_duration,
    format_period,
    format_time,
    parse_date,
    parse_period,
    parse_time,
)
from guichet.kernel.decisions import format_decision, parse_decision
from guichet.kernel.identifiers import (
    format_avs,
    format_gln,
    format_uid,
    format_zsr,
    mask_avs,
    parse_avs,
    parse_gln,
    parse_nif,
    parse_uid,
    parse_zsr,
)
from guichet.kernel.money import format_amount, format_chf, format_number, parse_amount
from guichet.kernel.months import format_date_long, format_month
from guichet.kernel.phone import format_phone, mask_phone, parse_phone

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "VECTORS",
    "Vector",
    "canonical",
    "display",
    "format_amount",
    "format_avs",
    "format_canton",
    "format_chf",
    "format_date",
    "format_date_long",
    "format_datetime",
    "format_decision",
    "format_duration",
    "format_gln",
    "format_iban",
    "format_month",
    "format_number",
    "format_period",
    "format_phone",
    "format_qrr",
    "format_scor",
    "format_time",
    "format_uid",
    "format_zsr",
    "mask_avs",
    "mask_phone",
]


@dataclass(frozen=True, slots=True)
class Vector:
    """One row of the table: an input, and either its canonical form with display or the code of its refusal."""

    kind: str
    input: str
    canonical: str = ""
    display: str = ""
    error: str = ""
    python_only: bool = False


def _load() -> tuple[date, tuple[Vector, ...]]:
    table = json.loads(files("guichet.kernel").joinpath("vectors/formats.json").read_text("utf-8"))
    return date.fromisoformat(table["today"]), tuple(Vector(**row) for row in table["rows"])


TODAY, VECTORS = _load()  # the day on which the table's two-digit years are read

_PLAIN: Final[dict[str, tuple[Callable[[str], str], Callable[[str], str]]]] = {
    "avs": (parse_avs, format_avs),
    "gln": (parse_gln, format_gln),
    "uid": (parse_uid, format_uid),
    "zsr": (parse_zsr, format_zsr),
    "nif": (parse_nif, str),
    "iban": (parse_iban, format_iban),
    "qrr": (parse_qrr, format_qrr),
    "scor": (parse_scor, format_scor),
    "decision": (parse_decision, format_decision),
    "phone": (parse_phone, format_phone),
    "canton": (parse_canton, format_canton),
}


def canonical(kind: str, text: str, *, today: date) -> str:
    """Any spelling of a value of that kind → its canonical text: ISO for dates and times, plain digits for numbers.

    Raises Invalid with the kind's codes.
    """
    if kind == "date":
        return parse_date(text, today=today).isoformat()
    if kind == "time":
        return format_time(parse_time(text))
    if kind == "amount":
        return str(parse_amount(text))
    if kind == "period":
        period = parse_period(text, today=today)
        return f"{period.start.isoformat()}/{period.end.isoformat()}"
    return _PLAIN[kind][0](text)


def display(kind: str, value: str) -> str:
    """The canonical text of a value of that kind, as people see it."""
    if kind == "date":
        return format_date(date.fromisoformat(value))
    if kind == "time":
        return format_time(time.fromisoformat(value))
    if kind == "amount":
        return format_amount(Decimal(value))
    if kind == "period":
        start, _, end = value.partition("/")
        return format_period(Period(date.fromisoformat(start), date.fromisoformat(end)))
    return _PLAIN[kind][1](value)
