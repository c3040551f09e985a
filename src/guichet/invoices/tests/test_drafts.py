"""Drafts: saved silently, never over somebody else's words, never seen by the office."""

from __future__ import annotations

import pytest

from guichet.casework.errors import NotEditable, Stale
from guichet.invoices.actions import drafts
from guichet.invoices.models import Invoice, InvoiceAttachment, InvoiceEvent
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import OTHER, TRAVEL, draft, sent, to_correct
from guichet.storage.models import StoredObject

pytestmark = pytest.mark.proves("FRM-02")


def save(invoice, by, **answers):
    return drafts.save_draft(invoice, raw=invoice.raw | answers, draft_no=invoice.draft_no, by=by)


def test_a_draft_is_opened_on_the_current_edition(anna, audited):
    invoice = drafts.open_draft(code=TRAVEL, by=anna)
    assert (invoice.status, invoice.form_code, invoice.edition, invoice.raw) == (Status.DRAFT, TRAVEL, "2026-01", {})
    assert (invoice.responsible, invoice.affiliation) == (anna.person, anna.affiliation)
    assert [entry["action"] for entry in audited] == ["invoice.opened"]


def test_there_is_no_draft_of_an_unknown_form(anna):
    with pytest.raises(KeyError):
        drafts.open_draft(code="999.999", by=anna)


@pytest.mark.parametrize("opening", ["open_draft", "open_or_reuse"])
def test_a_draft_opened_for_somebody_is_listed_under_that_person(anna, opening):
    whom = factories.beneficiary(by=anna)
    if opening == "open_draft":
        invoice = drafts.open_draft(code=OTHER, by=anna, raw={"beneficiary": str(whom.pk)})
    else:
        invoice = drafts.open_or_reuse(code=OTHER, beneficiary=str(whom.pk), by=anna)
    assert Invoice.objects.get(pk=invoice.pk).beneficiary == whom


@pytest.mark.proves("SEC-02")
def test_a_draft_for_a_strangers_beneficiary_belongs_to_nobody(anna, vs):
    theirs = factories.beneficiary(by=factories.partner(vs, "Autre foyer").manager)
    invoice = drafts.open_draft(code=OTHER, by=anna, raw={"beneficiary": str(theirs.pk)})
    assert Invoice.objects.get(pk=invoice.pk).beneficiary is None


def test_an_untouched_draft_is_taken_up_again(anna, company):
    first = drafts.open_or_reuse(code=OTHER, beneficiary="", by=anna)
    assert drafts.open_or_reuse(code=OTHER, beneficiary="", by=anna) == first
    assert drafts.open_or_reuse(code=TRAVEL, beneficiary="", by=anna) != first
    assert drafts.open_or_reuse(code=OTHER, beneficiary="", by=company.manager) != first


def test_a_touched_draft_is_not_taken_up_again(anna):
    typed_in = drafts.open_or_reuse(code=OTHER, beneficiary="", by=anna)
    save(typed_in, anna, remark="a")
    with_document = drafts.open_or_reuse(code=OTHER, beneficiary="", by=anna)
    factories.attachment(with_document, by=anna)
    third = drafts.open_or_reuse(code=OTHER, beneficiary="", by=anna)
    assert len({typed_in.pk, with_document.pk, third.pk}) == 3


def test_saving_keeps_what_was_typed_to_the_letter(anna):
    invoice = drafts.open_draft(code=OTHER, by=anna)
    assert save(invoice, anna, remark="  1'234,5O ", lines=[{}, {"price": "x"}]) == 2
    assert Invoice.objects.get(pk=invoice.pk).raw == {"remark": "  1'234,5O ", "lines": [{}, {"price": "x"}]}


def test_saving_the_same_again_changes_nothing(anna, audited):
    invoice = draft(by=anna, attached=False)
    written = len(audited)
    assert save(invoice, anna) == invoice.draft_no == 2
    assert len(audited) == written


def test_whoever_saved_last_is_responsible(anna, company):
    invoice = draft(by=anna, attached=False)
    save(invoice, company.manager, remark="x")
    assert Invoice.objects.get(pk=invoice.pk).responsible == company.manager.person


def test_a_second_tab_overwrites_nothing(anna):
    first = draft(by=anna, attached=False)
    second = Invoice.objects.get(pk=first.pk)
    save(first, anna, remark="premier")
    with pytest.raises(Stale):
        save(second, anna, remark="second")
    assert Invoice.objects.get(pk=first.pk).raw["remark"] == "premier"


@pytest.mark.proves("INV-07", "SEC-02")
def test_what_was_sent_cannot_be_edited(anna):
    invoice = sent(by=anna)
    with pytest.raises(NotEditable):
        save(invoice, anna, remark="trop tard")


def test_a_draft_thrown_away_cannot_be_saved(anna):
    invoice = draft(by=anna)
    drafts.discard_draft(Invoice.objects.get(pk=invoice.pk), by=anna)
    with pytest.raises(NotEditable):
        save(invoice, anna, remark="x")


def test_the_lists_follow_the_chosen_beneficiary(anna):
    first, second = factories.beneficiary(by=anna), factories.beneficiary(by=anna)
    invoice = draft(by=anna, whom=first, attached=False)
    listed = []
    for chosen in (str(second.pk), "", str(second.pk).upper(), str(first.pk)):
        save(invoice, anna, beneficiary=chosen)
        listed.append(Invoice.objects.get(pk=invoice.pk).beneficiary)
    assert listed == [second, None, None, first]


def test_a_correction_keeps_its_beneficiary_until_it_is_sent(anna, desk):
    invoice = to_correct(by=anna, agent=desk.agent)
    before = invoice.beneficiary
    other = factories.beneficiary(by=anna)
    save(invoice, anna, beneficiary=str(other.pk))
    assert Invoice.objects.get(pk=invoice.pk).beneficiary == before
    factories.send(invoice, by=anna)
    assert invoice.beneficiary == other


@pytest.mark.proves("FRM-07")
def test_a_correction_may_change_everything_unless_the_office_locks_it(anna, desk):
    invoice = to_correct(by=anna, agent=desk.agent, pins={"period_to": "Dernier jour ?"})
    save(invoice, anna, period_from="02.05.2026", period_to="30.05.2026")
    assert (invoice.raw["period_from"], invoice.raw["period_to"]) == ("02.05.2026", "30.05.2026")


@pytest.mark.proves("FRM-07", "SEC-02")
def test_where_the_office_locks_only_what_was_flagged_may_change(anna, desk, vs):
    vs.configuration |= {"lock_unflagged": True}
    vs.save()
    invoice = to_correct(by=anna, agent=desk.agent, pins={"period_to": "?", "lines-0-price": "Tarif ?", "lines-1": "?"})
    before = invoice.raw
    lines = [
        {"description": "Autre", "price": "100.00", "quantity": "9"},
        {"description": "Rapport abrégé", "quantity": "1", "unit": "lump", "price": "40.00"},
        {"description": "De plus", "quantity": "1", "unit": "lump", "price": "1000.00"},
    ]
    hostile = {"beneficiary": "", "account": "x", "period_to": "30.05.2026", "remark": "corrigé", "lines": lines}
    drafts.save_draft(invoice, raw=hostile, draft_no=invoice.draft_no, by=anna)
    assert invoice.raw == before | {
        "period_to": "30.05.2026",
        "remark": "corrigé",
        "lines": [before["lines"][0] | {"price": "100.00"}, lines[1]],
    }


def test_locking_without_remarks_locks_nothing(anna, desk, vs):
    vs.configuration |= {"lock_unflagged": True}
    vs.save()
    invoice = to_correct(by=anna, agent=desk.agent)
    save(invoice, anna, period_from="02.05.2026")
    assert invoice.raw["period_from"] == "02.05.2026"


def test_a_discarded_draft_leaves_nothing_but_the_audit(anna, audited):
    invoice = draft(by=anna)
    [stored] = StoredObject.objects.filter(pk__in=invoice.attachments.values("stored"))
    drafts.discard_draft(invoice, by=anna)
    assert [model.objects.count() for model in (Invoice, InvoiceAttachment, InvoiceEvent)] == [0, 0, 0]
    assert StoredObject.objects.get(pk=stored.pk).destroyed_at is not None
    assert audited[-1]["action"] == "invoice.discarded"


@pytest.mark.proves("INV-07")
@pytest.mark.parametrize("state", ["sent", "to_correct", "withdrawn"])
def test_what_was_sent_cannot_be_discarded(anna, desk, state):
    agent = {"agent": desk.agent} if state == "to_correct" else {}
    invoice = getattr(factories, state)(by=anna, **agent)
    with pytest.raises(NotEditable):
        drafts.discard_draft(invoice, by=anna)


@pytest.mark.proves("FRM-02")
def test_the_office_never_sees_a_draft(anna, desk):
    invoice = draft(by=anna)
    assert list(Invoice.objects.visible_to(desk.agent)) == []
    assert list(Invoice.objects.visible_to(desk.administrator)) == []
    assert list(Invoice.objects.visible_to(anna)) == [invoice]


def test_an_auditor_sees_no_invoice_and_another_company_neither(anna, desk, vs):
    sent(by=anna)
    stranger = factories.partner(vs, "Autre foyer").manager
    assert [Invoice.objects.visible_to(who).count() for who in (desk.auditor, stranger, desk.agent)] == [0, 0, 1]
