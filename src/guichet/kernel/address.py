"""Structured addresses: what banks demand since 20 November 2026 (SIX Business Rules SPS 2025 §3.1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from guichet.kernel.findings import Invalid
from guichet.kernel.text import clean_line

_STREET_AND_NUMBER: Final = re.compile(r"^(.*[^\s,])[\s,]+(\d{1,5}(?:[\s/-]?[A-Za-z]|[-/]\d{1,5})?)$")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_SWISS_POSTCODE: Final = re.compile(r"[1-9][0-9]{3}")
_LENGTHS: Final = {"street": 70, "house_no": 16, "postcode": 16, "town": 35}


@dataclass(frozen=True, slots=True)
class Address:
    """Street, number, postcode, town, country (ISO 3166, two letters). Town and country are mandatory at banks."""

    street: str = ""
    house_no: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "CH"

    def lines(self) -> tuple[str, ...]:
        """As on an envelope, the country only if it is not Switzerland."""
        town = f"{self.postcode} {self.town}".strip()
        if self.country not in {"CH", ""}:
            town = f"{self.country}-{town}"
        return tuple(line for line in (f"{self.street} {self.house_no}".strip(), town) if line)


@dataclass(frozen=True, slots=True)
class NamedAddress(Address):
    """An address and whose it is."""

    name: str = ""


def parse_address(*, street: str, house_no: str, postcode: str, town: str, country: str = "CH") -> Address:
    """A clean address within the banks' lengths (70, 16, 16, 35, 2).

    Raises Invalid: address.town, address.postcode (CH and LI: four digits), address.country, text.too_long.
    """
    parts = {"street": street, "house_no": house_no, "postcode": postcode, "town": town}
    clean = {name: clean_line(value, _LENGTHS[name]) for name, value in parts.items()}
    code = clean_line(country, 10).upper()
    if not clean["town"]:
        raise Invalid("address.town")
    if not _COUNTRY.fullmatch(code):
        raise Invalid("address.country")
    if code in {"CH", "LI"} and not _SWISS_POSTCODE.fullmatch(clean["postcode"]):
        raise Invalid("address.postcode")
    return Address(**clean, country=code)


def split_street(line: str) -> tuple[str, str]:
    """« Rue du Lac 12a » → ("Rue du Lac", "12a"); ("…", "") if no number ends the line."""
    found = _STREET_AND_NUMBER.match(line.strip())
    return (found[1], found[2]) if found else (line.strip(), "")


def split_town(line: str) -> tuple[str, str]:
    """« 1000 Lausanne », « CH-1000 Lausanne » → ("1000", "Lausanne"); ("", "…") without a postcode."""
    found = re.match(r"^(?:[A-Z]{1,3}[- ])?([0-9][0-9A-Z-]{2,9})\s+(\S.*)$", line.strip())
    return (found[1], found[2]) if found else ("", line.strip())
