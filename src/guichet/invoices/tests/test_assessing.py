"""Part acceptance per line, reasons in four languages, the second agent (INV-23, INV-24)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices import queries
from guichet.invoices.actions import assessing, deciding, reasons
from guichet.invoices.actions.assessing import Cut
from guichet.invoices.models import Invoice, LineDecision, Transmission
from guichet.invoices.reasons import Said, catalogue_of, said
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import opened, sent

CHF = Decimal


def lines(invoice):
    return assessing.asked_lines(invoice.versions.get(no=invoice.version_no))


def less(invoice, amount="100.00", text="Le tarif convenu est inférieur."):
    return {lines(invoice)[0].key: Cut(CHF(amount), Said(text=text))}


def four_eyes(insurer, **settings):
    insurer.configuration |= settings
    insurer.save()


@pytest.mark.proves("INV-23")
def test_a_part_is_accepted_with_its_reason_and_that_part_is_paid(anna, desk):
    invoice = opened(by=anna, agent=desk.agent)
    line = lines(invoice)[0]
    decided = deciding.accept(invoice, version_no=1, cuts=less(invoice), by=desk.agent)
    left = invoice.total - line.amount + CHF("100.00")
    assert (decided.status, decided.accepted_total) == (Status.ACCEPTED, left)
    assert Transmission.objects.get().amount == left
    kept = queries.line_decisions(decided)
    assert sum(one.accepted for one in kept) == left
    assert (kept[0].asked, kept[0].accepted, kept[0].why) == (
        line.amount,
        CHF("100.00"),
        "Le tarif convenu est inférieur.",
    )


@pytest.mark.proves("INV-23")
@pytest.mark.parametrize("amount", ["-0.01", "370.51", "99999"])
def test_no_line_is_accepted_for_more_than_was_asked_or_less_than_nothing(anna, desk, amount):
    invoice = opened(by=anna, agent=desk.agent)
    with pytest.raises(assessing.NotThatMuch):
        deciding.accept(invoice, version_no=1, cuts=less(invoice, amount), by=desk.agent)
    assert Invoice.objects.get(pk=invoice.pk).status == Status.IN_REVIEW


@pytest.mark.proves("INV-23")
def test_nothing_at_all_is_a_refusal_and_less_wants_a_reason(anna, desk):
    invoice = opened(by=anna, agent=desk.agent)
    nothing = {line.key: Cut(CHF(0), Said(text="Non.")) for line in lines(invoice)}
    with pytest.raises(assessing.NotThatMuch):
        deciding.accept(invoice, version_no=1, cuts=nothing, by=desk.agent)
    with pytest.raises(assessing.LineReasonMissing):
        deciding.accept(invoice, version_no=1, cuts=less(invoice, text=""), by=desk.agent)


@pytest.mark.proves("INV-23")
def test_a_line_decision_never_changes(anna, desk):
    invoice = factories.accepted(by=anna, agent=desk.agent)
    with pytest.raises(DatabaseError), transaction.atomic():
        LineDecision.objects.filter(case=invoice).update(accepted=1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM invoices_linedecision WHERE case_id = %s", [invoice.pk])


@pytest.mark.proves("INV-23")
def test_a_reason_of_the_catalogue_is_read_in_everybodys_language(anna, desk, vs):
    invoice = opened(by=anna, agent=desk.agent)
    why = said(catalogue_of(vs), codes=["not-covered", "nonsense"], text="Voir décision.", kind="refusal")
    deciding.refuse(invoice, version_no=1, message=why, by=desk.agent)
    invoice.refresh_from_db()
    assert invoice.message == "La prestation n'est pas couverte par la décision indiquée.\nVoir décision."
    with translation.override("de"):
        assert invoice.said == "Die Leistung ist durch die angegebene Verfügung nicht gedeckt.\nVoir décision."
    reasons.archive_reason(next(one for one in catalogue_of(vs) if one.code == "not-covered"), by=desk.administrator)
    with translation.override("en"):
        assert invoice.said == "The service is not covered by the decision named.\nVoir décision."


@pytest.mark.proves("INV-23")
def test_an_office_has_its_own_reasons_beside_the_delivered_ones(desk, vs):
    texts = {"fr": "Rapport ?", "de": "Bericht?", "it": "Rapporto?", "en": "Report?"}
    before = len(catalogue_of(vs))
    reasons.keep_reason(code="rapport", kind="correction", texts=texts, by=desk.administrator)
    [own] = [one for one in catalogue_of(vs) if one.code == "rapport"]
    assert (len(catalogue_of(vs)), own.texts, own.is_delivered) == (before + 1, texts, False)
    reasons.archive_reason(own, by=desk.administrator)
    assert not said(catalogue_of(vs), codes=["rapport"], text="", kind="correction")
    reasons.restore_reason(own, by=desk.administrator)
    assert said(catalogue_of(vs), codes=["rapport"], text="", kind="correction")
    with pytest.raises(reasons.ReasonRefused) as refused:
        reasons.keep_reason(code="Mauvais code", kind="x", texts=texts | {"it": " "}, by=desk.administrator)
    assert refused.value.places == ("kind", "code", "it")


@pytest.mark.proves("FRM-07")
def test_a_page_of_a_document_gets_its_remark_and_others_do_not(anna, desk):
    invoice = opened(by=anna, agent=desk.agent)
    [file] = queries.sent_files(invoice.versions.get())
    stranger = factories.sent(by=anna)
    [other] = queries.sent_files(stranger.versions.get())
    pins = {f"page-{file.pk}-1": "Illisible", f"page-{file.pk}-2": "x", f"page-{other.pk}-1": "x", "page-1-1": "x"}
    deciding.ask_correction(invoice, version_no=1, message="Page 1", pins=pins, by=desk.agent)
    invoice.refresh_from_db()
    assert [(pin.place, pin.text) for pin in invoice.pins.all()] == [(f"page-{file.pk}-1", "Illisible")]
    [shown] = invoice.attachments.order_by("id")
    assert shown.page_notes == [(1, "Illisible")]


@pytest.mark.proves("INV-24")
def test_above_the_amount_a_second_agent_confirms(anna, desk, vs, mailbox, audited):
    four_eyes(vs, four_eyes_above=300)
    invoice = sent(by=anna)
    first = deciding.accept(invoice, version_no=1, by=desk.agent)
    assert (first.status, first.get_status_display(), Transmission.objects.count()) == (
        Status.AWAITING_SECOND,
        "En traitement",
        0,
    )
    with pytest.raises(deciding.SameAgent):
        deciding.confirm(first, version_no=1, by=desk.agent)
    done = deciding.confirm(first, version_no=1, by=desk.colleague)
    assert (done.status, done.decided_by, done.second_by) == (
        Status.ACCEPTED,
        desk.agent.person,
        desk.colleague.person,
    )
    assert Transmission.objects.get().amount == invoice.total
    assert [mail.subject for mail in mailbox()][-1] == f"Facture n° {invoice.number} : votre demande est acceptée"
    acts = [(entry["action"], entry["actor_id"]) for entry in audited if entry["action"].startswith("invoice.accept")]
    assert acts == [
        ("invoice.accept_first", str(desk.agent.person.pk)),
        ("invoice.accept", str(desk.colleague.person.pk)),
    ]


@pytest.mark.proves("INV-24")
def test_the_second_agent_sends_back_with_a_note_and_the_first_decides_again(anna, desk, vs):
    four_eyes(vs, four_eyes_above=300)
    invoice = sent(by=anna)
    deciding.accept(invoice, version_no=1, by=desk.agent)
    with pytest.raises(ReasonMissing):
        deciding.send_back(invoice, version_no=1, text=" ", by=desk.colleague)
    back = deciding.send_back(invoice, version_no=1, text="Le tarif ?", by=desk.colleague)
    assert (back.status, back.assigned_to_id, back.accepted_total) == (Status.IN_REVIEW, desk.agent.person.pk, None)
    assert [note.text for note in queries.happened(back).notes] == ["Le tarif ?"]
    again = deciding.accept(back, version_no=1, cuts=less(back), by=desk.agent)
    assert (again.status, {one.no for one in queries.line_decisions(again)}) == (Status.ACCEPTED, {2})
    with pytest.raises(Overtaken):
        deciding.confirm(again, version_no=1, by=desk.colleague)


@pytest.mark.proves("INV-24")
def test_a_changed_iban_wants_a_second_agent_only_where_it_is_configured(anna, desk, vs):
    one, two = sent(by=anna), sent(by=anna)
    Invoice.objects.filter(pk__in=[one.pk, two.pk]).update(flags=["new_iban"])
    one.refresh_from_db()
    two.refresh_from_db()
    assert deciding.accept(one, version_no=1, by=desk.agent).status == Status.ACCEPTED
    four_eyes(vs, four_eyes_new_iban=True)
    desk.agent.insurer.refresh_from_db()
    assert deciding.accept(two, version_no=1, by=desk.agent).status == Status.AWAITING_SECOND


@pytest.mark.proves("INV-24")
def test_the_database_knows_that_two_are_two(anna, desk, vs):
    invoice = factories.accepted(by=anna, agent=desk.agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(second_by=desk.agent.person)


@pytest.mark.proves("INV-23")
def test_the_sender_sees_what_was_accepted_and_fetches_the_decision(anna, desk, browser):
    invoice = opened(by=anna, agent=desk.agent)
    client = browser(anna)
    assert client.get(f"/vs/factures/{invoice.pk}/decision.pdf").status_code == 404
    deciding.accept(invoice, version_no=1, cuts=less(invoice), by=desk.agent)
    page = client.get(f"/vs/factures/{invoice.pk}/").content.decode()
    assert "Ce qui est accepté" in page
    assert "Le tarif convenu est inférieur." in page
    paper = client.get(f"/vs/factures/{invoice.pk}/decision.pdf")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
