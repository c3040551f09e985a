"""Accounts and payment references.

Sources: SIX Implementation Guidelines QR-bill 2.3 (§2.12, annex B), QR-IID document, ISO 13616 (IBAN), ISO 11649.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from guichet.kernel.findings import Invalid
from guichet.kernel.spelling import compact, digits_only, grouped, is_blank

_IBAN: Final = re.compile(r"^[A-Z]{2}[0-9]{2}[0-9A-Z]+$")
_SCOR: Final = re.compile(r"^RF[0-9]{2}[0-9A-Z]+$")
_DOMESTIC: Final = ("CH", "LI")
_DOMESTIC_LENGTH: Final = 21
_QR_IIDS: Final = range(30000, 32000)


def parse_iban(text: str) -> str:
    """IBAN in any spelling → "CH9300762011623852957".

    Swiss and Liechtenstein accounts have 21 characters; others are checked against the register of structures.
    Raises Invalid: iban.missing, iban.format, iban.length, iban.check_digits, iban.country.
    """
    number = compact(text, "iban").removeprefix("IBAN")
    if not _IBAN.match(number):
        raise Invalid("iban.format")
    country = number[:2]
    expected = _DOMESTIC_LENGTH if country in _DOMESTIC else 0
    if (expected and len(number) != expected) or not 15 <= len(number) <= 34:
        raise Invalid("iban.length", length=len(number), country=country)
    if expected and not number[4:9].isdigit():
        raise Invalid("iban.format")
    if not mod_97_10.is_valid(number[4:] + number[:4]):
        raise Invalid("iban.check_digits")
    if not expected and not _known_structure(number):
        raise Invalid("iban.country", country=country)
    return number


def _known_structure(number: str) -> bool:
    from stdnum import iban  # opens its register of countries; only foreign accounts need it

    return iban.is_valid(number)


def format_iban(number: str) -> str:
    """Groups of four: "CH93 0076 2011 6238 5295 7"."""
    return grouped(number, 4)


def iid(number: str) -> int:
    """Institution identifier, positions 5 to 9 of a Swiss or Liechtenstein IBAN; 0 for a foreign one."""
    return int(number[4:9]) if number[:2] in _DOMESTIC else 0


def is_qr_iban(number: str) -> bool:
    """A QR-IBAN has an IID from 30000 to 31999; it only receives and demands a QR reference."""
    return iid(number) in _QR_IIDS


@lru_cache(maxsize=1024)
def bank_name(number: str) -> str:
    """The bank's name, "" if the register does not know it. The first call loads the register (about 0.2 s)."""
    from schwifty import IBAN  # 0.15 s of import that a page without a bank name must not pay
    from schwifty.exceptions import SchwiftyException

    try:
        return IBAN(number).bank_name or ""
    except SchwiftyException:
        return ""


class ReferenceKind(StrEnum):
    """Reference types of the Swiss payment standards."""

    QRR = "QRR"  # 27 digits, only with a QR-IBAN
    SCOR = "SCOR"  # ISO 11649, only with a normal IBAN
    NON = "NON"  # none


@dataclass(frozen=True, slots=True)
class Reference:
    """A checked payment reference; `value` is canonical, "" for NON."""

    kind: ReferenceKind
    value: str = ""

    @property
    def display(self) -> str:
        """As it is printed on a bill."""
        if self.kind is ReferenceKind.QRR:
            return format_qrr(self.value)
        return format_scor(self.value)


def with_qrr_digit(body: str) -> str:
    """Up to 26 digits → the full QR reference with its check digit (modulo 10, recursive)."""
    return body.zfill(26) + esr.calc_check_digit(body)


def parse_qrr(text: str) -> str:
    """QR reference: 27 digits, modulo 10 recursive, not all zeros; shorter input is filled with zeros on the left.

    Raises Invalid: qrr.missing, qrr.format, qrr.length, qrr.zero, qrr.check_digit.
    """
    number = digits_only(text, "qrr", *range(1, 28)).zfill(27)
    if not number.strip("0"):
        raise Invalid("qrr.zero")
    if number != with_qrr_digit(number[:26]):
        raise Invalid("qrr.check_digit")
    return number


def format_qrr(number: str) -> str:
    """2 + 5 × 5: "21 00000 00003 13947 14300 09017"."""
    return grouped(number, 2, 5)


def parse_scor(text: str) -> str:
    """Creditor reference ISO 11649: RF, two check digits, up to 21 letters and digits (modulo 97).

    Raises Invalid: scor.missing, scor.format, scor.length, scor.check_digits.
    """
    number = compact(text, "scor")
    if not _SCOR.match(number):
        raise Invalid("scor.format")
    if len(number) > 25:
        raise Invalid("scor.length", length=len(number))
    if not mod_97_10.is_valid(number[4:] + number[:4]):
        raise Invalid("scor.check_digits")
    return number


def format_scor(number: str) -> str:
    """Groups of four: "RF18 5390 0754 7034"."""
    return grouped(number, 4)


def check_reference(iban: str, reference: str) -> Reference:
    """The reference that may go with this (canonical) account.

    QR-IBAN ⇒ QRR, mandatory; normal IBAN ⇒ SCOR or none (IG QR-bill 2.3 §2.12). Raises Invalid:
    reference.required, reference.scor_forbidden (QR-IBAN), reference.qrr_forbidden (normal IBAN), reference.format
    (neither kind), and what `parse_qrr` and `parse_scor` raise.
    """
    if is_blank(reference):
        if is_qr_iban(iban):
            raise Invalid("reference.required")
        return Reference(ReferenceKind.NON)
    bare = compact(reference, "reference")
    if bare.startswith("RF"):
        if is_qr_iban(iban):
            raise Invalid("reference.scor_forbidden")
        return Reference(ReferenceKind.SCOR, parse_scor(bare))
    if not (bare.isascii() and bare.isdigit()):
        raise Invalid("reference.format")
    if not is_qr_iban(iban):
        raise Invalid("reference.qrr_forbidden")
    return Reference(ReferenceKind.QRR, parse_qrr(bare))
