"""Numbers of people and organisations. `parse_*` accepts every usual spelling and returns the canonical form.

Sources: CH Core profiles (hl7ch/ch-core `ahvn13-*`, `gln-*`, `uidb-*`, `zsr-*`); check digits by python-stdnum.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum import ean
from stdnum.ch import uid

from guichet.kernel.findings import Finding, Invalid, Level
from guichet.kernel.spelling import compact, digits_only

_VAT_SUFFIX: Final = re.compile(r"(MWST|TVA|IVA|VAT|HR|RC)$")
_UID: Final = re.compile(r"^CHE([0-9]+)$")
_ZSR: Final = re.compile(r"^[A-Z][0-9]{6}$")
_NIF: Final = re.compile(r"^[0-9]{1,7}$")


def with_ean_digit(body: str) -> str:
    """Twelve digits and their EAN-13 check digit: an AVS number from "7569999…", a GLN from "7601…"."""
    return body + ean.calc_check_digit(body)


def parse_avs(text: str) -> str:
    """AVS number (NAVS13): « 756.9217.0769.85 » → "7569217076985".

    Raises Invalid: avs.missing, avs.format, avs.length (13 digits), avs.prefix (756), avs.check_digit (EAN-13).
    """
    number = digits_only(text, "avs", 13)
    if not number.startswith("756"):
        raise Invalid("avs.prefix")
    if number != with_ean_digit(number[:12]):
        raise Invalid("avs.check_digit")
    return number


def format_avs(number: str) -> str:
    """As printed on the card: 756.9217.0769.85."""
    return f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"


def mask_avs(number: str) -> str:
    """First and last digits only, 756.••••.••••.85, for mails (mail is not confidential)."""
    return f"{number[:3]}.••••.••••.{number[11:]}"


def parse_gln(text: str) -> str:
    """Global Location Number: 13 digits. Raises Invalid: gln.missing, gln.format, gln.length, gln.check_digit."""
    number = digits_only(text, "gln", 13)
    if number != with_ean_digit(number[:12]):
        raise Invalid("gln.check_digit")
    return number


def format_gln(number: str) -> str:
    """A GLN is shown as its 13 digits."""
    return number


def gln_findings(number: str, place: str = "gln") -> tuple[Finding, ...]:
    """A warning if the GLN was not issued in Switzerland (prefix 76; CH Core demands it as a warning only)."""
    if number.startswith("76"):
        return ()
    return (Finding("gln.prefix", Level.WARNING, place),)


def parse_uid(text: str) -> str:
    """Enterprise number (UID/IDE): « CHE-100.155.212 TVA » → "CHE100155212"; « CHE » may be left out.

    Weights 5,4,3,2,7,6,5,4 modulo 11. Raises Invalid: uid.missing, uid.format, uid.length, uid.check_digit.
    """
    bare = _VAT_SUFFIX.sub("", compact(text, "uid"))
    found = _UID.match(bare if bare.startswith("CHE") else f"CHE{bare}")
    if found is None:
        raise Invalid("uid.format")
    digits = found[1]
    if len(digits) != 9:
        raise Invalid("uid.length", length=len(digits))
    if digits[0] == "0" or uid.calc_check_digit(digits[:8]) != digits[8]:
        raise Invalid("uid.check_digit")
    return f"CHE{digits}"


def format_uid(number: str) -> str:
    """As the register prints it: CHE-100.155.212."""
    return f"{number[:3]}-{number[3:6]}.{number[6:9]}.{number[9:]}"


def parse_zsr(text: str) -> str:
    """ZSR/RCC number: one letter and six digits, « Z 1234.56 » → "Z123456". Raises Invalid: zsr.missing, zsr.format."""
    number = compact(text, "zsr")
    if not _ZSR.match(number):
        raise Invalid("zsr.format")
    return number


def format_zsr(number: str) -> str:
    """As the register prints it: Z 1234.56."""
    return f"{number[0]} {number[1:5]}.{number[5:]}"


def zsr_findings(number: str, place: str = "zsr") -> tuple[Finding, ...]:
    """A warning if the letter is not the check letter: (6a+5b+4c+3d+2e+f) mod 26, A = 1 (CH Core, a warning there)."""
    total = sum(weight * int(digit) for weight, digit in zip(range(6, 0, -1), number[1:], strict=True))
    if total % 26 == (ord(number[0]) - ord("A") + 1) % 26:
        return ()
    return (Finding("zsr.check_letter", Level.WARNING, place),)


def parse_nif(text: str) -> str:
    """The CdC's creditor number: 1 to 7 digits (generalInvoiceRequest 4.5 `nifPartyType`). Raises Invalid: nif.*."""
    number = compact(text, "nif")
    if not _NIF.match(number):
        raise Invalid("nif.format")
    return number
