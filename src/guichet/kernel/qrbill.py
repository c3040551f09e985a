"""The payload of a Swiss QR code: read, checked, refused with a reason.

Source: SIX Implementation Guidelines QR-bill 2.3 (from 21.11.2025), chapter 4.2; address type « K » of the earlier
versions (up to 2.2) is still read, because old bills are still paid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from guichet.kernel.address import NamedAddress, split_street, split_town
from guichet.kernel.bank import Reference, ReferenceKind, check_reference, parse_iban
from guichet.kernel.findings import Invalid
from guichet.kernel.swico import parse_bill_information

if TYPE_CHECKING:
    from datetime import date

LONGEST_PAYLOAD: Final = 997
LONGEST_MESSAGE: Final = 140  # message and billing information together
_MANDATORY_LINES: Final = 31
_MOST_LINES: Final = 34  # + billing information, two alternative procedures
_LONGEST_PROCEDURE: Final = 100
_LENGTHS: Final = (70, 70, 70, 16, 35, 2)  # name, street or line 1, number or line 2, postcode, town, country
_LINE_END: Final = re.compile("\r\n|\n|\r")
_UNPRINTABLE: Final = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_AMOUNT: Final = re.compile(r"(?:0|[1-9][0-9]{0,8})\.[0-9]{2}")
_COUNTRY: Final = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class QrBill:
    """What a QR bill asks for. `amount` is None if the payer fills it in; 0.00 means: do not pay, information only."""

    iban: str
    creditor: NamedAddress
    amount: Decimal | None
    currency: str
    debtor: NamedAddress | None
    reference: Reference
    message: str
    bill_information: str
    invoice_number: str
    invoice_date: date | None


def looks_like_qrbill(payload: str) -> bool:
    """True if a QR code's text claims to be a Swiss QR bill; other codes on an invoice are none of our business."""
    return _LINE_END.split(payload.lstrip("\ufeff"), maxsplit=1)[0] == "SPC"


def parse_qrbill(payload: str) -> QrBill:
    """Read the text of a Swiss QR code.

    Raises Invalid: qr.not_swiss, qr.version, qr.length, qr.lines, qr.characters, qr.trailer, qr.iban_country,
    qr.ultimate_creditor, qr.amount, qr.currency, qr.address, qr.address_type, qr.reference_type, qr.message_length,
    qr.procedures, and the iban.*, qrr.*, scor.*, reference.* of `bank`.
    """
    lines = _lines(payload)
    iban = parse_iban(lines[3])
    if iban[:2] not in {"CH", "LI"}:
        raise Invalid("qr.iban_country")
    creditor = _party(lines[4:11])
    if creditor is None:
        raise Invalid("qr.address")
    if any(lines[11:18]):
        raise Invalid("qr.ultimate_creditor")
    if lines[19] not in {"CHF", "EUR"}:
        raise Invalid("qr.currency")
    information = parse_bill_information(lines[31])
    return QrBill(
        iban=iban,
        creditor=creditor,
        amount=_amount(lines[18]),
        currency=lines[19],
        debtor=_party(lines[20:27]),
        reference=_reference(iban, lines[27], lines[28]),
        message=lines[29],
        bill_information=lines[31],
        invoice_number=information.invoice_number,
        invoice_date=information.invoice_date,
    )


def _lines(payload: str) -> list[str]:
    """All 34 lines, missing ones empty, after the checks that concern the payload as a whole."""
    if not looks_like_qrbill(payload):
        raise Invalid("qr.not_swiss")
    if len(payload) > LONGEST_PAYLOAD:
        raise Invalid("qr.length", length=len(payload))
    lines = [line.strip(" ") for line in _LINE_END.split(payload.lstrip("\ufeff"))]
    while not lines[-1]:
        lines.pop()
    if not _MANDATORY_LINES <= len(lines) <= _MOST_LINES:
        raise Invalid("qr.lines", lines=len(lines))
    if any(_UNPRINTABLE.search(line) for line in lines):
        raise Invalid("qr.characters")
    if lines[1] != "0200" or lines[2] != "1":
        raise Invalid("qr.version", version=lines[1][:10])
    if lines[30] != "EPD":
        raise Invalid("qr.trailer")
    lines += [""] * (_MOST_LINES - len(lines))
    if len(lines[29]) + len(lines[31]) > LONGEST_MESSAGE:
        raise Invalid("qr.message_length")
    if any(len(line) > _LONGEST_PROCEDURE for line in lines[32:]):
        raise Invalid("qr.procedures")
    return lines


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise Invalid("qr.amount")
    return Decimal(text)


def _party(lines: list[str]) -> NamedAddress | None:
    """Seven lines: type, name, street or line 1, number or line 2, postcode, town, country. None if all are empty."""
    if not any(lines):
        return None
    kind, name, first, second, postcode, town, country = lines
    if kind not in {"S", "K"}:
        raise Invalid("qr.address_type")
    too_long = any(len(part) > most for part, most in zip(lines[1:], _LENGTHS, strict=True))
    if too_long or not name or not _COUNTRY.fullmatch(country):
        raise Invalid("qr.address")
    if kind == "K":
        if postcode or town or not second:
            raise Invalid("qr.address")
        street, number = split_street(first)
        postcode, town = split_town(second)
        return NamedAddress(street, number, postcode, town, country, name)
    if not postcode or not town or len(second) > 16:
        raise Invalid("qr.address")
    return NamedAddress(first, second, postcode, town, country, name)


def _reference(iban: str, kind: str, value: str) -> Reference:
    """The reference of the announced type, by the rules that join it to the account."""
    if kind not in set(ReferenceKind):
        raise Invalid("qr.reference_type")
    if kind == ReferenceKind.QRR and len(value) != 27:
        raise Invalid("qrr.length", length=len(value))
    reference = check_reference(iban, value)
    if reference.kind != kind:
        raise Invalid("qr.reference_type")
    return reference
