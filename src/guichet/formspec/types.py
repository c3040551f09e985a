"""Kinds of answers: how each is read in every usual Swiss spelling, asked and printed.

All accept what was typed (text) and what was stored (canonical text), so that one path serves page, API and paper.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import BeforeValidator, PlainSerializer, StringConstraints

from guichet.formspec.declare import Kind
from guichet.kernel import bank, dates, decisions, money, months, text
from guichet.kernel.findings import Invalid


def _date(value: Any) -> Any:
    return dates.parse_date(value, today=timezone.localdate()) if isinstance(value, str) else value


def _time(value: Any) -> Any:
    return dates.parse_time(value) if isinstance(value, str) else value


def _amount(value: Any) -> Any:
    return money.parse_amount(value) if isinstance(value, str) else value


def _number(largest: int, places: int) -> Any:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        number = money.parse_number(value, places=places, largest=Decimal(largest))
        if number <= 0:
            raise Invalid("number.positive")
        return number

    return read


def _count(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    digits = value.strip().replace("'", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 6:  # no count is that long
        raise Invalid("number.whole")
    return int(digits)


def _tick(value: Any) -> Any:
    return value.lower() in ("on", "true", "1") if isinstance(value, str) else value


def _clean(value: Any) -> Any:
    return text.clean_line(value, 120) if isinstance(value, str) else value


def _clean_lines(value: Any) -> Any:
    return text.clean_text(value, 1000) if isinstance(value, str) else value


def _decision(value: Any) -> Any:
    return decisions.parse_decision(value) if isinstance(value, str) else value


def _reference(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        return value
    return bank.parse_scor(value) if value.strip()[:2].upper() == "RF" else bank.parse_qrr(value)


def _month(value: Any) -> Any:
    return f"{months.parse_month(value):%m.%Y}" if isinstance(value, str) else value


_plain = PlainSerializer(str, return_type=str)

SwissDate = Annotated[date, BeforeValidator(_date), Kind("date")]
Month = Annotated[str, BeforeValidator(_month), Kind("text")]  # 05.2026
SwissTime = Annotated[time, BeforeValidator(_time), Kind("time"), PlainSerializer(lambda t: t.strftime("%H:%M"))]
Amount = Annotated[Decimal, BeforeValidator(_amount), _plain, Kind("amount")]
Quantity = Annotated[Decimal, BeforeValidator(_number(100_000, 3)), _plain, Kind("decimal")]
Kilometres = Annotated[Decimal, BeforeValidator(_number(3_000, 1)), _plain, Kind("decimal")]
Count = Annotated[int, BeforeValidator(_count), Kind("integer")]
Tick = Annotated[bool, BeforeValidator(_tick), Kind("checkbox")]
ShortText = Annotated[str, BeforeValidator(_clean), StringConstraints(max_length=120), Kind("text")]
LongText = Annotated[str, BeforeValidator(_clean_lines), StringConstraints(max_length=1000), Kind("textarea")]
DecisionNumber = Annotated[str, BeforeValidator(_decision), Kind("text")]
PaymentReference = Annotated[str, BeforeValidator(_reference), Kind("text")]

YES = _("Oui")
