"""Accounts and references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.bank import (
    Reference,
    ReferenceKind,
    bank_name,
    check_reference,
    format_iban,
    format_qrr,
    iid,
    is_qr_iban,
    parse_iban,
    parse_qrr,
    parse_scor,
    with_qrr_digit,
)
from guichet.kernel.findings import Invalid
from guichet.kernel.tests.outcomes import outcome

IBAN = "CH9300762011623852957"
QR_IBAN = "CH4431999123000889012"
QRR = "210000000003139471430009017"
SCOR = "RF18539007547034"


def code_of(call, *arguments):
    with pytest.raises(Invalid) as refused:
        call(*arguments)
    return refused.value.code


@pytest.mark.parametrize("number", [IBAN, QR_IBAN, "LI21088100002324013AA", "DE89370400440532013000"])
@given(data=st.data())
def test_iban_with_one_wrong_digit_is_refused(number, data):
    at = data.draw(st.sampled_from([place for place, sign in enumerate(number) if sign.isdigit()]))
    other = str((int(number[at]) + data.draw(st.integers(1, 9))) % 10)
    wrong = number[:at] + other + number[at + 1 :]
    assert parse_iban(format_iban(number)) == number
    assert code_of(parse_iban, wrong) == "iban.check_digits"


@given(st.text("0123456789", min_size=26, max_size=26).filter(lambda body: body.strip("0")))
def test_qrr_round_trip_through_its_display(body):
    number = with_qrr_digit(body)
    assert parse_qrr(format_qrr(number)) == number


@given(st.text("123456789", min_size=26, max_size=26), st.integers(0, 26), st.integers(1, 9))
def test_qrr_with_one_wrong_digit_is_refused(body, at, by):
    number = with_qrr_digit(body)
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert code_of(parse_qrr, wrong) == "qrr.check_digit"


@given(st.integers(4, 15), st.integers(1, 9))
def test_scor_with_one_wrong_digit_is_refused(at, by):
    wrong = SCOR[:at] + str((int(SCOR[at]) + by) % 10) + SCOR[at + 1 :]
    assert code_of(parse_scor, wrong) == "scor.check_digits"


@given(st.text(max_size=120), st.sampled_from([IBAN, QR_IBAN]))
def test_any_text_is_a_reference_or_refused(text, iban):
    reference, refusal = outcome(check_reference, iban, text)
    assert refusal in ({"reference", "qrr", "scor"} if reference is None else {""})


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (QR_IBAN, True),
        ("CH6431961000004421557", True),
        ("CH2130808001234567827", True),
        ("CH7331537451462704828", True),
        (IBAN, False),
        ("CH5800791123000889012", False),
        ("DE89370400440532013000", False),
        ("", False),
    ],
)
def test_qr_iban_is_recognised_by_its_institution(number, expected):
    assert is_qr_iban(number) is expected


def test_iid_is_read_from_swiss_accounts_only():
    assert (iid(IBAN), iid("LI21088100002324013AA"), iid("DE89370400440532013000")) == (762, 8810, 0)


def test_bank_name_is_known_or_empty():
    assert bank_name("LI21088100002324013AA") == "LGT Bank AG"
    assert bank_name("CH4431999123000889012") == ""
    assert bank_name("no account") == ""


@pytest.mark.proves("INV-04")
@pytest.mark.parametrize(
    ("iban", "typed", "expected"),
    [
        (QR_IBAN, "21 00000 00003 13947 14300 09017", Reference(ReferenceKind.QRR, QRR)),
        (QR_IBAN, "1878583", Reference(ReferenceKind.QRR, "000000000000000000001878583")),
        (IBAN, "rf18 5390 0754 7034", Reference(ReferenceKind.SCOR, SCOR)),
        (IBAN, "", Reference(ReferenceKind.NON)),
        (IBAN, " \u00a0\u200b", Reference(ReferenceKind.NON)),
    ],
)
def test_reference_that_fits_the_account_is_accepted(iban, typed, expected):
    assert check_reference(iban, typed) == expected


@pytest.mark.proves("INV-04")
@pytest.mark.parametrize(
    ("iban", "typed", "code"),
    [
        (QR_IBAN, "", "reference.required"),
        (QR_IBAN, "  ", "reference.required"),
        (QR_IBAN, SCOR, "reference.scor_forbidden"),
        (QR_IBAN, "210000000003139471430009016", "qrr.check_digit"),
        (QR_IBAN, "0", "qrr.zero"),
        (QR_IBAN, "facture 12", "reference.format"),
        (IBAN, QRR, "reference.qrr_forbidden"),
        (IBAN, "RF17539007547034", "scor.check_digits"),
        (IBAN, "facture 12", "reference.format"),
    ],
)
def test_reference_that_does_not_fit_the_account_is_refused(iban, typed, code):
    assert code_of(check_reference, iban, typed) == code


def test_reference_is_shown_as_printed():
    shown = [Reference(ReferenceKind.QRR, QRR), Reference(ReferenceKind.SCOR, SCOR), Reference(ReferenceKind.NON)]
    assert [reference.display for reference in shown] == [
        "21 00000 00003 13947 14300 09017",
        "RF18 5390 0754 7034",
        "",
    ]
