"""Amounts."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.findings import Invalid
from guichet.kernel.money import (
    format_amount,
    format_chf,
    format_number,
    parse_amount,
    parse_number,
    round_to_5_rappen,
    round_to_rappen,
)
from guichet.kernel.tests.outcomes import outcome

amounts = st.decimals("0", "9999999.99", places=2)


def code_of(call, *arguments, **options):
    with pytest.raises(Invalid) as refused:
        call(*arguments, **options)
    return refused.value.code


@given(amounts)
def test_amount_round_trip_through_its_display(amount):
    assert parse_amount(format_amount(amount)) == amount


@given(amounts, st.sampled_from(["'", "\u2019", " ", "\u202f", "\u00a0"]), st.sampled_from([".", ","]))
def test_amount_is_read_with_any_group_and_decimal_mark(amount, group, mark):
    typed = format_amount(amount).replace(".", mark).replace("'", group)
    assert parse_amount(f"CHF {typed}") == amount


@given(st.text(max_size=60))
def test_any_text_is_an_amount_or_refused(text):
    value, refusal = outcome(parse_amount, text)
    assert refusal == ("amount" if value is None else "")
    assert value is None or (value.as_tuple().exponent == -2 and 0 <= value <= Decimal("9999999.99"))


@pytest.mark.proves("FRM-04")
@pytest.mark.parametrize("hostile", ["NaN", "Infinity", "-Infinity", "1e309", "sNaN", "1_0", "0b1", "९", "∞"])
def test_amount_no_human_writes_is_refused(hostile):
    assert code_of(parse_amount, hostile) in {"amount.format", "amount.negative"}


def test_minus_zero_is_refused_even_where_credits_are_allowed():
    assert code_of(parse_amount, "-0.00", smallest=Decimal(-10)) == "amount.negative"


def test_credit_is_read_where_allowed():
    assert parse_amount("-5.50", smallest=Decimal(-10)) == Decimal("-5.50")


def test_amount_out_of_bounds_says_the_bound():
    with pytest.raises(Invalid) as small:
        parse_amount("0", smallest=Decimal("0.05"))
    with pytest.raises(Invalid) as large:
        parse_amount("10'000.05", largest=Decimal(10000))
    assert (small.value.code, small.value.params) == ("amount.too_small", {"smallest": "0.05"})
    assert (large.value.code, large.value.params) == ("amount.too_large", {"largest": "10'000.00"})


@pytest.mark.parametrize(
    ("exact", "rappen", "five"),
    [
        ("1.024", "1.02", "1.00"),
        ("1.025", "1.03", "1.05"),
        ("1.075", "1.08", "1.10"),
        ("0.024999", "0.02", "0.00"),
        ("0.005", "0.01", "0.00"),
        ("-0.001", "0.00", "0.00"),
        ("12.345", "12.35", "12.35"),
        ("67.2", "67.20", "67.20"),
    ],
)
def test_amounts_are_rounded_half_up(exact, rappen, five):
    assert str(round_to_rappen(Decimal(exact))) == rappen
    assert str(round_to_5_rappen(Decimal(exact))) == five


@given(st.decimals("0", "9999999", places=4))
def test_five_rappen_are_never_more_than_half_a_coin_away(exact):
    rounded = round_to_5_rappen(exact)
    assert rounded * 20 == (rounded * 20).to_integral_value()
    assert abs(rounded - exact) <= Decimal("0.025")


def test_float_is_never_money():
    number: Any = 0.1
    for call in (format_amount, format_number, round_to_rappen, round_to_5_rappen):
        with pytest.raises(TypeError, match="never float"):
            call(number)


def test_infinity_is_never_money():
    assert code_of(format_amount, Decimal("NaN")) == "amount.format"


def test_amounts_are_shown_the_swiss_way():
    assert format_amount(Decimal("-1234567.5")) == "-1'234'567.50"
    assert format_amount(Decimal("-0.001")) == "0.00"
    assert format_amount(12) == "12.00"
    assert format_chf(Decimal("1234.5")) == "CHF 1'234.50"
    assert format_number(12345) == "12'345"
    assert format_number(Decimal("1234.5")) == "1'234.5"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("12.5", "12.5"), ("12,50", "12.5"), ("1'200", "1200"), (".5", "0.5"), ("100", "100"), ("7.", "7")],
)
def test_measure_is_read_in_usual_spellings(typed, expected):
    assert str(parse_number(typed, places=1)) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "number.missing"),
        ("douze", "number.format"),
        ("1e5", "number.format"),
        ("1.234", "number.ambiguous"),
        ("12.55", "number.decimals"),
        ("0", "number.positive"),
        ("0.0", "number.positive"),
        ("-3", "number.positive"),
        ("1000.5", "number.too_large"),
    ],
)
def test_measure_that_cannot_be_is_refused(typed, code):
    assert code_of(parse_number, typed, places=1, largest=Decimal(1000)) == code
