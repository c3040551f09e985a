"""Numbers of decisions and communications of the invalidity insurance.

Sources: zas.admin.ch « numéro de décision » (2025): office code, year, seven digits, mandatory since 1.1.2024; the
pattern 14|10|9|6 digits in generalInvoiceRequest 4.5 (`ivgLawType/@case_id`); codes at psychotherapie-bsbl.ch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from guichet.kernel.findings import Finding, Invalid, Level
from guichet.kernel.spelling import digits_only, grouped

if TYPE_CHECKING:
    from datetime import date

_SOURCE: Final = "RAI art. 79; ZAS, numéro de décision (2025)"
_FIRST_YEAR: Final = 1960  # the invalidity insurance exists since 1.1.1960
_SPECIAL: Final = re.compile(r"^3[0-9]{2}280$")

OFFICES: Final[dict[str, str]] = {
    "301": "ZH", "302": "BE", "303": "LU", "304": "UR", "305": "SZ", "306": "OW", "307": "NW", "308": "GL",
    "309": "ZG", "310": "FR", "311": "SO", "312": "BS", "313": "BL", "314": "SH", "315": "AR", "316": "AI",
    "317": "SG", "318": "GR", "319": "AG", "320": "TG", "321": "TI", "322": "VD", "323": "VS", "324": "NE",
    "325": "GE", "326": "FL", "327": "EXT", "350": "JU",
}  # fmt: skip
"""AI offices by the first three digits of their numbers; FL is Liechtenstein, EXT the office for people abroad."""


def parse_decision(text: str) -> str:
    """A decision or communication number as digits: 14, the special 3XX280, or an old one of 9 or 10.

    Raises Invalid: decision.missing, decision.format, decision.length, decision.office (unknown office code).
    """
    number = digits_only(text, "decision", 6, 9, 10, 14)
    if len(number) == 6 and not _SPECIAL.match(number):
        raise Invalid("decision.length", length=6)
    if len(number) == 14 and number[:3] not in OFFICES:
        raise Invalid("decision.office", office=number[:3])
    return number


def office_code(number: str) -> str:
    """The first three digits: which office decided. "" for an old number, which does not say."""
    return number[:3] if len(number) in {6, 14} else ""


def format_decision(number: str) -> str:
    """Office, year and rest apart: "323 2025 1000896"."""
    if len(number) == 14:
        return grouped(number, 3, 4, 7)
    return grouped(number, 3) if len(number) == 6 else number


def decision_findings(number: str, *, today: date, office: str = "", place: str = "decision") -> tuple[Finding, ...]:
    """Warnings about a number that can be read: old form, another office than `office`, an odd year.

    The year rule is inferred from published examples, hence never blocking.
    """
    if len(number) in {9, 10}:
        return (Finding("decision.old", Level.WARNING, place, source=_SOURCE),)
    found = []
    if office and office_code(number) != office:
        params = {"found": office_code(number), "expected": office}
        found.append(Finding("decision.other_office", Level.WARNING, place, params=params, source=_SOURCE))
    if len(number) == 14 and not _FIRST_YEAR <= int(number[3:7]) <= today.year + 1:
        found.append(Finding("decision.year", Level.WARNING, place, params={"year": number[3:7]}))
    return tuple(found)
