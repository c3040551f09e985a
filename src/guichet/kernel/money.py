"""Swiss francs as Decimal with two places. Floats are refused: they cannot hold 0.10."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from guichet.kernel.findings import Invalid
from guichet.kernel.spelling import simplified

RAPPEN: Final = Decimal("0.01")
FIVE_RAPPEN: Final = Decimal("0.05")
ZERO: Final = Decimal("0.00")
LARGEST: Final = Decimal("9999999.99")

_CURRENCY: Final = re.compile(r"^(?:CHF|SFR\.?|FR\.?)[ ]*|[ ]*(?:CHF|SFR\.?|FR\.?|FRANCS?)$", re.IGNORECASE | re.ASCII)
_ROUND_MARK: Final = re.compile(r"(?<=[0-9])(?:[.,]-{1,2}|-)$")  # « 120.- », « 120.-- », « 120,- », « 120- »
_PLAIN: Final = re.compile(r"^([0-9]+)(?:[.,]([0-9]*))?$|^[.,]([0-9]+)$")
_GROUPED: Final = re.compile(r"^([0-9]{1,3}(?:(?P<sep>[' ])[0-9]{3})(?:(?P=sep)[0-9]{3})*)(?:[.,]([0-9]*))?$")
_DOTTED: Final = re.compile(r"^([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]*)$|^([0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]*)$")
_MANY_DOTS: Final = re.compile(r"^[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})$")
_AMBIGUOUS: Final = re.compile(r"^[1-9][0-9]{0,2}[.,][0-9]{3}$")


def parse_amount(text: str, *, smallest: Decimal = ZERO, largest: Decimal = LARGEST) -> Decimal:
    """An amount in francs in every usual spelling → Decimal with two places.

    Accepted: 1234.5 · 1'234.50 · 1’234.50 · 1 234,50 (also narrow and no-break spaces) · 1.234,50 · 1,234.50 ·
    CHF 120.- · Fr. 120.–. A lone « 1.234 » may be 1234 or 1.23: amount.ambiguous, the person is asked. Raises Invalid:
    amount.missing, amount.format, amount.ambiguous, amount.decimals, amount.negative, amount.too_small (params
    smallest), amount.too_large (params largest).
    """
    plain = _CURRENCY.sub("", simplified(text, "amount")).strip(" ")
    negative = plain.startswith("-")
    francs, rappen = _parts(_ROUND_MARK.sub("", plain.removeprefix("-").lstrip(" ")))
    if len(rappen) > 2:
        raise Invalid("amount.decimals")
    value = Decimal(f"{francs or '0'}.{rappen:0<2}")
    if negative and (smallest >= 0 or not value):
        raise Invalid("amount.negative")
    value = -value if negative else value
    if value < smallest:
        raise Invalid("amount.too_small", smallest=format_amount(smallest))
    if value > largest:
        raise Invalid("amount.too_large", largest=format_amount(largest))
    return value


def parse_number(text: str, *, places: int = 2, largest: Decimal = LARGEST) -> Decimal:
    """A measure greater than zero (kilometres, hours), in the spellings of amounts, with at most `places` decimals.

    Raises Invalid: number.missing, number.format, number.ambiguous, number.decimals (params places), number.positive,
    number.too_large (params largest).
    """
    plain = simplified(text, "number")
    if plain.startswith("-"):
        raise Invalid("number.positive")
    whole, decimals = _parts(plain, "number")
    decimals = decimals.rstrip("0")
    if len(decimals) > places:
        raise Invalid("number.decimals", places=places)
    value = Decimal(f"{whole or '0'}.{decimals}" if decimals else whole or "0")
    if not value:
        raise Invalid("number.positive")
    if value > largest:
        raise Invalid("number.too_large", largest=format_number(largest))
    return value


def _parts(plain: str, kind: str = "amount") -> tuple[str, str]:
    """Digits before and after the decimal mark, without group separators."""
    if _AMBIGUOUS.match(plain):
        raise Invalid(f"{kind}.ambiguous", text=plain)
    if found := _PLAIN.match(plain):
        return found[1] or "", found[2] or found[3] or ""
    if found := _GROUPED.match(plain):
        return re.sub("[' ]", "", found[1]), found[3] or ""
    if found := _DOTTED.match(plain):
        return re.sub("[.,]", "", found[1] or found[3]), found[2] or found[4] or ""
    if _MANY_DOTS.match(plain):
        return re.sub("[.,]", "", plain), ""
    raise Invalid(f"{kind}.format")


def _exact(amount: Decimal | int) -> Decimal:
    if isinstance(amount, float):
        raise TypeError("money is Decimal, never float")
    value = Decimal(amount)
    if not value.is_finite():
        raise Invalid("amount.format")
    return value


def round_to_rappen(amount: Decimal | int) -> Decimal:
    """To 0.01, half up; never minus zero."""
    return _exact(amount).quantize(RAPPEN, ROUND_HALF_UP) + ZERO


def round_to_5_rappen(amount: Decimal | int) -> Decimal:
    """To 0.05, half up: 1.025 → 1.05 (coins end at five rappen)."""
    coins = (_exact(amount) / FIVE_RAPPEN).quantize(Decimal(1), ROUND_HALF_UP)
    return round_to_rappen(coins * FIVE_RAPPEN)


def format_amount(amount: Decimal | int) -> str:
    """1'234.50: ASCII apostrophe, two decimals, half up; -1'234.50 if negative."""
    return f"{round_to_rappen(amount):,.2f}".replace(",", "'")


def format_chf(amount: Decimal | int) -> str:
    """CHF 1'234.50."""
    return f"CHF {format_amount(amount)}"


def format_number(number: Decimal | int) -> str:
    """A count or measure with its own decimals: 12'345, 10.5."""
    return f"{_exact(number):,f}".replace(",", "'")
