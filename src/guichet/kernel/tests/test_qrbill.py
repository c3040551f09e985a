"""The payload of Swiss QR codes."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.kernel.address import NamedAddress
from guichet.kernel.bank import Reference, ReferenceKind
from guichet.kernel.findings import Invalid
from guichet.kernel.qrbill import QrBill, looks_like_qrbill, parse_qrbill
from guichet.kernel.swico import BillInformation, parse_bill_information
from guichet.kernel.tests import bills
from guichet.kernel.tests.bills import lines, payload, with_line
from guichet.kernel.tests.outcomes import outcome

S1 = "//S1/10/1234/11/201021/30/102673386/32/7.7/40/0:30"


def code_of(text):
    with pytest.raises(Invalid) as refused:
        parse_qrbill(text)
    return refused.value.code


@pytest.mark.proves("INV-12")
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_bill_is_read_with_any_line_end(end):
    assert parse_qrbill(payload(end, more=(S1,)) + end) == QrBill(
        iban=bills.QR_IBAN,
        creditor=NamedAddress("Rue du Lac", "12a", "1950", "Sion", "CH", "Crèche Les Lutins"),
        amount=Decimal("1949.75"),
        currency="CHF",
        debtor=NamedAddress("Chemin Neuf", "3", "3960", "Sierre", "CH", "Anna Exemple"),
        reference=Reference(ReferenceKind.QRR, bills.QRR),
        message="Transport mai",
        bill_information=S1,
        invoice_number="1234",
        invoice_date=date(2020, 10, 21),
    )


def test_bill_of_the_earlier_versions_has_combined_addresses():
    old = ("K", "Crèche Les Lutins", "Rue du Lac 12a", "1950 Sion", "", "", "CH")
    bill = parse_qrbill(payload(creditor=old, debtor=bills.NOBODY))
    assert bill.creditor == NamedAddress("Rue du Lac", "12a", "1950", "Sion", "CH", "Crèche Les Lutins")
    assert bill.debtor is None


@pytest.mark.parametrize(
    ("amount", "expected"), [("", None), ("0.00", "0.00"), ("0.05", "0.05"), ("999999999.99", "999999999.99")]
)
def test_bill_may_leave_the_amount_open_or_forbid_payment(amount, expected):
    found = parse_qrbill(payload(amount=amount)).amount
    assert (None if found is None else str(found)) == expected


def test_bill_in_euros_with_a_creditor_reference():
    bill = parse_qrbill(payload(iban=bills.IBAN, currency="EUR", kind="SCOR", reference=bills.SCOR))
    assert (bill.currency, bill.reference) == ("EUR", Reference(ReferenceKind.SCOR, bills.SCOR))


def test_bill_without_reference():
    bill = parse_qrbill(payload(iban=bills.IBAN, kind="NON", reference="", message=""))
    assert bill.reference == Reference(ReferenceKind.NON)


def test_alternative_procedures_are_passed_over():
    bill = parse_qrbill(payload(more=("", "eBill/B/simon.muster@example.com", "CC/XRPL/10/x")))
    assert (bill.bill_information, bill.invoice_number, bill.invoice_date) == ("", "", None)


@pytest.mark.proves("INV-12")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "qr.not_swiss"),
        ("https://example.com/", "qr.not_swiss"),
        ("SPC", "qr.lines"),
        ("\n".join([*lines(), "", "", "", "x"]), "qr.lines"),
        (payload(message="x" * 141), "qr.message_length"),
        (payload(message="x" * 100, more=("y" * 41,)), "qr.message_length"),
        (payload(more=("", "z" * 101)), "qr.procedures"),
        (payload() + "\r\n" * 500, "qr.length"),
        (with_line(1, "0300"), "qr.version"),
        (with_line(2, "2"), "qr.version"),
        (with_line(3, "CH4431999123000889013"), "iban.check_digits"),
        (with_line(3, "DE89370400440532013000"), "qr.iban_country"),
        (with_line(3, ""), "iban.missing"),
        (with_line(4, "X"), "qr.address_type"),
        (with_line(5, ""), "qr.address"),
        (with_line(5, "x" * 71), "qr.address"),
        (with_line(7, "x" * 17), "qr.address"),
        (with_line(8, ""), "qr.address"),
        (with_line(9, ""), "qr.address"),
        (with_line(10, "Suisse"), "qr.address"),
        (with_line(10, "ch"), "qr.address"),
        (payload(creditor=bills.NOBODY), "qr.address"),
        (payload(creditor=("K", "x", "y", "", "", "", "CH")), "qr.address"),
        (payload(creditor=("K", "x", "y", "1950 Sion", "1950", "", "CH")), "qr.address"),
        (with_line(11, "S"), "qr.ultimate_creditor"),
        (with_line(17, "CH"), "qr.ultimate_creditor"),
        (with_line(18, "1'949.75"), "qr.amount"),
        (with_line(18, "1949,75"), "qr.amount"),
        (with_line(18, "01949.75"), "qr.amount"),
        (with_line(18, "-1.00"), "qr.amount"),
        (with_line(18, "NaN"), "qr.amount"),
        (with_line(18, "1000000000.00"), "qr.amount"),
        (with_line(18, "١.00"), "qr.amount"),
        (with_line(19, "USD"), "qr.currency"),
        (with_line(20, ""), "qr.address_type"),
        (with_line(27, "XXX"), "qr.reference_type"),
        (with_line(27, "NON"), "qr.reference_type"),
        (with_line(28, ""), "qrr.length"),
        (with_line(28, "313947143000901"), "qrr.length"),
        (with_line(28, "210000000003139471430009016"), "qrr.check_digit"),
        (payload(kind="SCOR", reference=bills.SCOR), "reference.scor_forbidden"),
        (payload(kind="NON", reference=""), "reference.required"),
        (payload(iban=bills.IBAN), "reference.qrr_forbidden"),
        (payload(iban=bills.IBAN, kind="SCOR", reference=""), "qr.reference_type"),
        (payload(iban=bills.IBAN, kind="SCOR", reference="RF720191230100405JSH0438"), "scor.check_digits"),
        (with_line(29, "pay\u202eyap"), "qr.characters"),
        (with_line(5, "a\u0000b"), "qr.characters"),
        (with_line(5, "a\ud800b"), "qr.characters"),
        (with_line(30, "EDP"), "qr.trailer"),
    ],
)
def test_bill_against_the_rules_is_refused_with_its_reason(text, code):
    assert code_of(text) == code


@settings(deadline=None)
@given(st.text(st.characters(), max_size=1100))
def test_hostile_text_is_refused_and_nothing_else(text):
    for hostile in (text, f"SPC\n{text}", f"SPC\r\n0200\r\n1\r\n{text}"):
        with pytest.raises(Invalid):
            parse_qrbill(hostile)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 33), st.text(st.characters(), max_size=80)), min_size=1, max_size=4))
def test_spoilt_bill_is_read_or_refused(spoilt):
    changed = [*lines(), "", "", ""]
    for number, value in spoilt:
        changed[number] = value
    bill, refusal = outcome(parse_qrbill, "\n".join(changed))
    assert refusal in ({"qr", "iban", "qrr", "scor", "reference"} if bill is None else {""})


def test_other_codes_on_an_invoice_are_not_taken_for_bills():
    codes = [payload(), "\ufeff" + payload(), "SPCX\n", "https://example.com/?SPC", ""]
    assert [looks_like_qrbill(code) for code in codes] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (S1, BillInformation("1234", date(2020, 10, 21))),
        (r"//S1/10/R-204\/7\\x/11/261105", BillInformation(r"R-204/7\x", date(2026, 11, 5))),
        ("//S1/11/261105/10/77", BillInformation("77", date(2026, 11, 5))),
        ("//S1/10/77/11/269905", BillInformation("77")),
        ("//S1/10/77/11/novembre", BillInformation("77")),
        ("//S1/10", BillInformation()),
        ("//S1/", BillInformation()),
        ("//S1/xx/10/77", BillInformation()),
        ("//S1/10/first/10/second", BillInformation("first")),
        ("//S2/10/77", BillInformation()),
        ("Bill Information", BillInformation()),
        ("", BillInformation()),
    ],
)
def test_billing_information_says_number_and_date_or_nothing(text, expected):
    assert parse_bill_information(text) == expected


@given(st.text(st.characters(), max_size=140))
def test_billing_information_never_fails(text):
    assert isinstance(parse_bill_information(f"//S1/{text}"), BillInformation)
