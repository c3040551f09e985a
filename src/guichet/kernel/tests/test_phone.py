"""Telephone numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.kernel.findings import Invalid
from guichet.kernel.phone import format_phone, is_mobile, mask_phone, parse_mobile, parse_phone
from guichet.kernel.tests.outcomes import outcome


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("076 123 45 67", "+41761234567"),
        ("+423 660 123 456", "+423660123456"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+49 151 23456789", "+4915123456789"),
        ("+39 312 345 6789", "+393123456789"),
        ("+43 664 1234567", "+436641234567"),
    ],
)
def test_mobile_of_switzerland_and_its_neighbours_is_accepted(typed, expected):
    number = parse_mobile(typed)
    assert (number, is_mobile(number), parse_mobile(format_phone(number))) == (expected, True, expected)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("027 324 96 11", "phone.not_mobile"),
        ("0800 123 456", "phone.not_mobile"),
        ("0900 123 456", "phone.kind"),
        ("0878 123 456", "phone.kind"),
        ("+33 9 70 12 34 56", "phone.kind"),
        ("+44 7911 123456", "phone.country"),
        ("+1 201 555 0123", "phone.country"),
        ("079 123 45 67 ext. 5", "phone.format"),
        ("079 123 45 6", "phone.format"),
        ("+", "phone.format"),
        ("", "phone.missing"),
    ],
)
def test_number_that_must_not_receive_codes_is_refused(typed, code):
    with pytest.raises(Invalid) as refused:
        parse_mobile(typed)
    assert refused.value.code == code


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text):
    number, refusal = outcome(parse_phone, text)
    assert refusal == ("phone" if number is None else "")


def test_number_is_masked_on_the_login_page():
    assert mask_phone("+41791234567") == "•••• 67"
