"""The office's decisions: each leaves its state, its words, its mail; of two at once one wins."""

from __future__ import annotations

from decimal import Decimal

import pytest

from guichet.accounts.models import Membership
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions import bills, deciding, sending
from guichet.invoices.models import Invoice, Transmission
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import accepted, opened, sent, to_correct
from guichet.notify.models import OutboxItem

pytestmark = pytest.mark.proves("INV-21")

SECRET = "La date du 03.05.2026 manque."


def mail_details(insurer, *, allowed):
    insurer.configuration |= {"mail_details": allowed}
    insurer.save()


@pytest.mark.proves("INV-28", "AUD-01")
def test_every_look_is_recorded_and_the_first_one_counts(anna, desk, audited):
    invoice = opened(by=anna, agent=desk.agent)
    first = invoice.opened_at
    assert deciding.open_for_review(invoice, by=desk.colleague)
    invoice.refresh_from_db()
    assert invoice.opened_at == first
    looks = [(entry["action"], entry["actor_id"]) for entry in audited[-2:]]
    assert looks == [
        ("invoice.opened_by_office", str(desk.agent.person.pk)),
        ("invoice.opened_by_office", str(desk.colleague.person.pk)),
    ]


@pytest.mark.proves("INV-28")
def test_what_was_withdrawn_is_not_opened(anna, desk):
    invoice = factories.withdrawn(by=anna)
    assert not deciding.open_for_review(invoice, by=desk.agent)
    invoice.refresh_from_db()
    assert (invoice.opened_at, invoice.events.filter(act="opened_by_office").count()) == (None, 0)


@pytest.mark.proves("INV-09", "INV-25")
def test_accepting_freezes_what_is_to_be_paid(anna, desk, audited):
    invoice = accepted(by=anna, agent=desk.agent)
    version = invoice.versions.get()
    record = Transmission.objects.get()
    assert (invoice.status, invoice.decided_by, invoice.message) == (Status.ACCEPTED, desk.agent.person, "")
    assert (record.invoice, record.version, record.amount, record.batch) == (invoice, version, Decimal("370.50"), None)
    assert record.record == {
        "number": invoice.number,
        "form": "318.632",
        "decision": "32320260001234",
        "account": version.snapshot["account"],
        "reference": "",
        "beneficiary": version.snapshot["beneficiary"],
        "supplier_number": "2026-0512",
        "content_hash": version.content_hash,
        "receipt_code": version.receipt_code,
        "bill": bills.facts(invoice, version, {}),
    }
    assert [entry["action"] for entry in audited[-2:]] == ["invoice.accept", "transmission.recorded"]


@pytest.mark.proves("INV-09", "MSG-01")
def test_the_sender_is_told_that_payment_is_under_way(anna, desk, mailbox):
    invoice = accepted(by=anna, agent=desk.agent)
    mail = mailbox()[-1]
    assert (mail.to, mail.subject) == (
        anna.person.email,
        f"Facture n° {invoice.number} : votre demande est acceptée",
    )
    assert "une dizaine de jours" in mail.text


@pytest.mark.proves("INV-08", "FRM-07")
def test_a_correction_comes_with_a_message_and_remarks(anna, desk):
    pins = {"period_to": " Dernier jour ? ", "lines-0": "Tarif", "lines-0-price": "", "remark": "\0\u202e "}
    invoice = to_correct(by=anna, agent=desk.agent, pins=pins)
    assert (invoice.status, invoice.message) == (Status.TO_CORRECT, "Corrigez la date, s'il vous plaît.")
    assert set(invoice.pins.values_list("version_no", "place", "text")) == {
        (1, "period_to", "Dernier jour ?"),
        (1, "lines-0", "Tarif"),
    }
    assert invoice.events.get(act="ask_correction").text == invoice.message


@pytest.mark.proves("SEC-02")
def test_hostile_messages_and_remarks_are_cleaned_not_refused(anna, desk):
    invoice = sent(by=anna)
    pins = {"lines-0": "a\0b\n\u202ec" + "x" * 900, "../../etc": "x", "<script>": "x", "lines-99999": "x"}
    deciding.ask_correction(invoice, version_no=1, message="\0a\u202eb" + "y" * 9000, pins=pins, by=desk.agent)
    invoice.refresh_from_db()
    assert (invoice.message[:2], len(invoice.message)) == ("ab", 3998)
    [pin] = invoice.pins.all()
    assert (pin.place, pin.text[:4], len(pin.text)) == ("lines-0", "ab c", 498)


@pytest.mark.proves("INV-09")
def test_a_refusal_keeps_its_reason(anna, desk):
    invoice = factories.refused(by=anna, agent=desk.agent)
    assert (invoice.status, invoice.message) == (Status.REFUSED, "Cette prestation n'est pas accordée.")
    assert Transmission.objects.count() == 0


@pytest.mark.proves("FRM-07")
@pytest.mark.parametrize("reason", ["", "  \n ", "\0\u202e"])
def test_a_correction_and_a_refusal_want_a_reason(anna, desk, reason):
    invoice = sent(by=anna)
    with pytest.raises(ReasonMissing):
        deciding.ask_correction(invoice, version_no=1, message=reason, pins={"remark": "x"}, by=desk.agent)
    with pytest.raises(ReasonMissing):
        deciding.refuse(invoice, version_no=1, message=reason, by=desk.agent)
    assert Invoice.objects.get(pk=invoice.pk).status == Status.IN_REVIEW


@pytest.mark.proves("MSG-01", "SEC-06")
@pytest.mark.parametrize("allowed", [True, False])
def test_a_mail_says_the_reason_only_where_the_office_allows_it(anna, desk, vs, mailbox, allowed):
    mail_details(vs, allowed=allowed)
    first, second = sent(by=anna), sent(by=anna)
    deciding.ask_correction(first, version_no=1, message=SECRET, pins={}, by=desk.agent)
    deciding.refuse(second, version_no=1, message=SECRET, by=desk.agent)
    said = [SECRET in mail.text + (mail.html or "") for mail in mailbox()[-2:]]
    assert said == [allowed, allowed]


@pytest.mark.proves("MSG-01")
def test_a_mail_leads_to_the_invoice_and_names_nobody(anna, desk, mailbox):
    whom = factories.beneficiary(by=anna, last_name="Zufferey-Secret")
    invoice = to_correct(by=anna, agent=desk.agent, whom=whom)
    mail = mailbox()[-1]
    assert f"http://testserver/vs/factures/{invoice.pk}/" in mail.text
    assert [secret in mail.text for secret in ("Zufferey", whom.avs_number, desk.agent.person.last_name)] == [False] * 3


@pytest.mark.proves("MSG-03")
def test_a_mail_speaks_the_senders_language(vs, company, desk, mailbox):
    by = factories.member(vs, company.affiliation, "collaborator", factories.person("Beat", language="de"))
    accepted(by=by, agent=desk.agent)
    found = OutboxItem.objects.filter(template="invoices/accepted").values_list("language", flat=True)
    assert list(found) == ["de"]


@pytest.mark.proves("ORG-01", "SEC-02")
def test_who_has_left_the_company_is_not_written_to(anna, company, desk, mailbox):
    from django.utils import timezone

    invoice = sent(by=anna)
    gone = Membership.objects.filter(person=anna.person)
    gone.update(removed_at=timezone.now(), removed_by=company.manager.person)
    deciding.refuse(invoice, version_no=1, message=SECRET, by=desk.agent)
    assert mailbox()[-1].to == company.manager.person.email


DECISIONS = {
    "accept": lambda invoice, by, no=1: deciding.accept(invoice, version_no=no, by=by),
    "ask_correction": lambda invoice, by, no=1: deciding.ask_correction(
        invoice, version_no=no, message=SECRET, pins={}, by=by
    ),
    "refuse": lambda invoice, by, no=1: deciding.refuse(invoice, version_no=no, message=SECRET, by=by),
}


@pytest.mark.proves("INV-23")
@pytest.mark.parametrize("second", DECISIONS)
@pytest.mark.parametrize("first", DECISIONS)
def test_a_second_decision_is_overtaken(anna, desk, first, second):
    invoice = sent(by=anna)
    DECISIONS[first](invoice, desk.agent)
    status, mails = Invoice.objects.get(pk=invoice.pk).status, OutboxItem.objects.count()
    with pytest.raises(Overtaken):
        DECISIONS[second](invoice, desk.colleague)
    assert (Invoice.objects.get(pk=invoice.pk).status, OutboxItem.objects.count()) == (status, mails)


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_on_an_older_version_is_overtaken(anna, desk, decision):
    """The agent's page shows version 1; meanwhile a colleague asked for a correction and it came."""
    invoice = to_correct(by=anna, agent=desk.colleague)
    factories.send(invoice, by=anna)
    with pytest.raises(Overtaken):
        DECISIONS[decision](invoice, desk.agent, 1)
    DECISIONS[decision](invoice, desk.agent, 2)


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_there_is_nothing_to_decide_before_sending_or_after_withdrawing(anna, desk, state, decision):
    invoice = getattr(factories, state)(by=anna)
    with pytest.raises(Overtaken):
        DECISIONS[decision](invoice, desk.agent, invoice.version_no)


@pytest.mark.proves("INV-28")
def test_a_decided_invoice_cannot_be_withdrawn(anna, desk):
    invoice = accepted(by=anna, agent=desk.agent)
    with pytest.raises(Overtaken):
        sending.withdraw(invoice, by=anna)


@pytest.mark.proves("PERF-02")
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_costs_at_most_twenty_statements(anna, desk, django_assert_max_num_queries, decision):
    invoice = opened(by=anna, agent=desk.agent)
    with django_assert_max_num_queries(20):
        DECISIONS[decision](invoice, desk.agent)
