"""What the QR code of an attached bill says, and taking it over into the blanks of the form."""

from __future__ import annotations

import pytest

from guichet.casework.errors import NotEditable, Stale
from guichet.invoices.actions import codes, drafts
from guichet.invoices.models import Invoice
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import OTHER, TRAVEL, attachment, bank_account, draft
from guichet.kernel.tests import bills as texts
from guichet.storage.tests import bills

pytestmark = pytest.mark.proves("INV-12")


def scanned(invoice, by, **changes):
    """A photograph of a bill is attached and the worker has read it."""
    photo = bills.encoded(bills.page(texts.payload(**changes), dpi=150))
    document = attachment(invoice, by=by, data=photo, name="qr.png")
    codes.read(str(document.pk))
    document.refresh_from_db()
    return document


def test_a_bill_is_read_once(anna):
    document = scanned(draft(by=anna, attached=False), anna, more=("//S1/10/F-2026-17/11/260502",))
    assert document.code == {
        "iban": texts.QR_IBAN,
        "creditor": "Crèche Les Lutins",
        "amount": "1'949.75",
        "currency": "CHF",
        "reference": texts.QRR,
        "reference_kind": "QRR",
        "message": "Transport mai",
        "invoice_number": "F-2026-17",
        "invoice_date": "02.05.2026",
        "known": False,  # nobody of the company has this account: the page says whom to ask
    }
    codes.read(str(document.pk))
    document.refresh_from_db()
    assert document.code["iban"] == texts.QR_IBAN


def test_a_document_without_a_code_is_looked_at_once(anna):
    [document] = draft(by=anna).attachments.all()
    codes.read(str(document.pk))
    document.refresh_from_db()
    assert document.code == {}


def test_a_broken_bill_says_so(anna):
    assert scanned(draft(by=anna, attached=False), anna, iban="CH0000000000000000000").code == {
        "fault": "iban.check_digits"
    }


def test_a_document_that_is_gone_is_no_trouble(anna):
    invoice = draft(by=anna)
    [document] = invoice.attachments.all()
    drafts.detach(document, by=anna)
    codes.read(str(document.pk))


CODE = {
    "iban": texts.QR_IBAN,
    "creditor": "Crèche Les Lutins",
    "amount": "1'949.75",
    "currency": "CHF",
    "reference": texts.QRR,
    "message": "Transport mai",
    "invoice_number": "F-17",
    "invoice_date": "02.05.2026",
}


def with_code(invoice, by, **changes):
    document = attachment(invoice, by=by)
    document.code = CODE | changes
    document.save()
    return document


def test_the_blanks_are_filled_and_the_known_account_chosen(anna, company):
    account = bank_account(by=company.manager, number=texts.QR_IBAN)
    invoice = drafts.open_draft(code=OTHER, by=anna)
    codes.take_over(invoice, with_code(invoice, anna), draft_no=1, by=anna)
    assert Invoice.objects.get(pk=invoice.pk).raw == {
        "account": f"company:{account.pk}",
        "supplier_number": "F-17",
        "supplier_date": "02.05.2026",
        "period_from": "02.05.2026",
        "payment_reference": texts.QRR,
        "lines": [{"description": "Transport mai", "quantity": "1", "unit": "lump", "price": "1'949.75"}],
    }


def test_nothing_typed_is_overwritten(anna, company):
    bank_account(by=company.manager, number=texts.QR_IBAN)
    invoice = draft(by=anna, attached=False, payment_reference="RF18539007547034")
    before = dict(invoice.raw)
    codes.take_over(invoice, with_code(invoice, anna), draft_no=invoice.draft_no, by=anna)
    assert invoice.raw == before


def test_a_line_begun_is_completed(anna):
    raw = {"lines": [{}, {"description": "Taxi", "quantity": "2", "price": ""}, {"description": "Autre"}]}
    filled = codes.proposal(raw, CODE)["lines"]
    assert filled == [
        {"description": "Taxi", "quantity": "2", "unit": "lump", "price": "1'949.75"},
        {"description": "Autre"},
    ]


def test_another_form_takes_only_what_it_asks(anna, company):
    account = bank_account(by=company.manager, number=texts.QR_IBAN)
    invoice = drafts.open_draft(code=TRAVEL, by=anna)
    codes.take_over(invoice, with_code(invoice, anna), draft_no=1, by=anna)
    assert invoice.raw == {"account": f"company:{account.pk}"}


def test_an_amount_in_euros_is_not_taken_for_francs(anna):
    assert "lines" not in codes.proposal({}, CODE | {"currency": "EUR"})


def test_an_unknown_account_is_not_chosen(anna, vs):
    stranger = factories.partner(vs, "Autre foyer")
    bank_account(by=stranger.manager, number=texts.QR_IBAN)
    invoice = drafts.open_draft(code=OTHER, by=anna)
    codes.take_over(invoice, with_code(invoice, anna), draft_no=1, by=anna)
    assert "account" not in invoice.raw


def test_taking_over_respects_the_second_tab_and_the_sending(anna):
    invoice = draft(by=anna)
    document = with_code(invoice, anna, invoice_number="NEU")
    other_tab = Invoice.objects.get(pk=invoice.pk)
    drafts.save_draft(other_tab, raw={}, draft_no=other_tab.draft_no, by=anna)
    with pytest.raises(Stale):
        codes.take_over(invoice, document, draft_no=invoice.draft_no, by=anna)
    sent = factories.sent(by=anna, supplier_number="")
    with pytest.raises(NotEditable):
        codes.take_over(sent, document, draft_no=sent.draft_no, by=anna)
