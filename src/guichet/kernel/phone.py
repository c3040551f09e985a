"""Telephone numbers: read as in Switzerland, kept as E.164, shown with spaces.

Metadata by the `phonenumbers` library, loaded at the first question (0.1 s). Codes go only to mobiles of Switzerland
and its neighbours: SMS to other countries is the usual way to make money out of a login page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guichet.kernel.findings import Invalid
from guichet.kernel.spelling import simplified

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

COUNTRIES: Final = ("CH", "LI", "FR", "DE", "IT", "AT")


def _refused_kinds() -> frozenset[int]:
    from phonenumbers import PhoneNumberType as Kind

    return frozenset((Kind.PREMIUM_RATE, Kind.VOIP, Kind.PERSONAL_NUMBER, Kind.PAGER, Kind.VOICEMAIL))


def _read(text: str) -> PhoneNumber:
    from phonenumbers import NumberParseException, parse

    try:
        return parse(simplified(text, "phone"), "CH")
    except NumberParseException:
        raise Invalid("phone.format") from None


def parse_phone(text: str) -> str:
    """A number one may call: « 079 123 45 67 », « 0041 79 … », « +41 (0)79 … » → "+41791234567".

    Raises Invalid: phone.missing, phone.format, phone.country (not CH LI FR DE IT AT), phone.kind (premium rate,
    internet telephony, personal numbers, pagers).
    """
    from phonenumbers import (
        PhoneNumberFormat,
        format_number,
        is_valid_number,
        number_type,
        region_code_for_number,
    )

    number = _read(text)
    if not is_valid_number(number) or number.extension:
        raise Invalid("phone.format")
    if region_code_for_number(number) not in COUNTRIES:
        raise Invalid("phone.country")
    if number_type(number) in _refused_kinds():
        raise Invalid("phone.kind")
    return format_number(number, PhoneNumberFormat.E164)


def is_mobile(number: str) -> bool:
    """True if an SMS can reach this (canonical) number."""
    from phonenumbers import PhoneNumberType, number_type, parse

    return number_type(parse(number)) == PhoneNumberType.MOBILE


def parse_mobile(text: str) -> str:
    """A number that receives codes. Raises Invalid like `parse_phone`, and phone.not_mobile."""
    number = parse_phone(text)
    if not is_mobile(number):
        raise Invalid("phone.not_mobile")
    return number


def format_phone(number: str) -> str:
    """International, in the groups usual in its country: +41 79 123 45 67."""
    from phonenumbers import PhoneNumberFormat, format_number, parse

    return format_number(parse(number), PhoneNumberFormat.INTERNATIONAL)


def mask_phone(number: str) -> str:
    """The last two digits only: •••• 67."""
    return f"•••• {number[-2:]}"
