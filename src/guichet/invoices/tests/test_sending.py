"""Sending an invoice: once, numbered, with a receipt, never to be edited afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.utils import translation

from guichet.casework.errors import Blocked, NotEditable, OtherContent, Overtaken, Stale
from guichet.casework.receipts import content_hash
from guichet.formspec.findings import words
from guichet.invoices.actions import beneficiaries, deciding, drafts, sending
from guichet.invoices.models import Decision, Invoice, InvoiceVersion
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import attachment, draft, send, sent
from guichet.notify.models import OutboxItem
from guichet.tenancy.context import tenant

NOVEMBER = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WARNED = {"decision": "30120260001234"}  # of another office: asks for « je sais, parce que… »
ANSWER = {"invoice.decision_office@decision": "Décision reprise d'un autre office"}

pytestmark = pytest.mark.proves("INV-07")


@time_machine.travel(NOVEMBER, tick=False)
def test_sending_says_everything_at_the_invoice_itself(anna, company):
    whom = factories.beneficiary(by=anna)
    invoice = draft(by=anna, whom=whom)
    version = send(invoice, by=anna)
    assert {
        "status": invoice.status,
        "number": invoice.number,
        "version_no": invoice.version_no,
        "sent_at": invoice.sent_at,
        "opened_at": invoice.opened_at,
        "beneficiary": invoice.beneficiary,
        "account": invoice.account,
        "decision_number": invoice.decision_number,
        "period": (str(invoice.period_from), str(invoice.period_to)),
        "total": invoice.total,
        "responsible": invoice.responsible,
    } == {
        "status": Status.IN_REVIEW,
        "number": "VS-2026-000001",
        "version_no": 1,
        "sent_at": NOVEMBER,
        "opened_at": None,
        "beneficiary": whom,
        "account": company.account,
        "decision_number": "32320260001234",
        "period": ("2026-05-01", "2026-05-31"),
        "total": Decimal("370.50"),
        "responsible": anna.person,
    }
    assert (version.no, version.sent_by, version.sent_at) == (1, anna.person, NOVEMBER)


def test_the_callers_invoice_is_what_the_database_says(anna):
    invoice = draft(by=anna)
    sending.send(invoice, key=uuid4(), draft_no=invoice.draft_no, answered={}, by=anna)
    stored = Invoice.objects.get(pk=invoice.pk)
    said = ("status", "number", "version_no", "sent_at", "beneficiary_id", "total", "period_from", "responsible_id")
    assert [getattr(invoice, name) for name in said] == [getattr(stored, name) for name in said]


@time_machine.travel(NOVEMBER, tick=False)
def test_numbers_count_by_insurer_and_may_have_gaps(anna, vs):
    first = sent(by=anna).number
    with pytest.raises(RuntimeError, match="lost"):
        _send_and_fail(draft(by=anna), anna)
    assert [first, sent(by=anna).number] == ["VS-2026-000001", "VS-2026-000002"]
    berne = factories.insurer("be")
    with tenant(berne.pk):
        assert sent(by=factories.partner(berne).collaborator).number == "BE-2026-000001"


def _send_and_fail(invoice, by):
    from django.db import transaction

    with transaction.atomic():
        send(invoice, by=by)
        raise RuntimeError("lost")


def test_numbers_begin_again_with_the_local_year(anna):
    """31.12., 23:30 UTC is already the new year in Sion."""
    with time_machine.travel(datetime(2026, 12, 31, 22, 30, tzinfo=UTC), tick=False):
        assert sent(by=anna).number == "VS-2026-000001"
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        assert sent(by=anna).number == "VS-2027-000001"


@pytest.mark.proves("FRM-06")
def test_the_snapshot_keeps_what_was_true(anna, company):
    whom = factories.beneficiary(by=anna, last_name="Avant")
    invoice = draft(by=anna, whom=whom)
    version = send(invoice, by=anna)
    beneficiaries.change_beneficiary(whom, facts={"last_name": "Après"}, by=anna)
    stored = InvoiceVersion.objects.get(pk=version.pk)
    [file] = invoice.attachments.all()
    assert stored.snapshot["beneficiary"]["last_name"] == "Avant"
    assert stored.snapshot["account"]["iban"] == company.account.iban
    assert stored.snapshot["company"] == "Foyer d'essai"
    assert stored.snapshot["sender"] == "Anna Exemple"
    assert stored.snapshot["raw"] == invoice.raw
    assert [(said["id"], said["sha256"]) for said in stored.snapshot["attachments"]] == [
        (str(file.pk), file.stored.sha256)
    ]


@pytest.mark.proves("FRM-06")
def test_the_content_hash_can_be_computed_again_from_the_version(anna):
    invoice = sent(by=anna)
    version = invoice.versions.get()
    covered = {name: value for name, value in version.snapshot.items() if name not in {"raw", "sender"}}
    content = {
        "form": {"code": invoice.form_code, "edition": invoice.edition},
        "answers": version.answers,
        "computed": version.computed,
        "snapshot": covered,
    }
    assert version.content_hash == content_hash(content)


@pytest.mark.proves("FRM-06")
def test_any_other_content_has_another_hash(anna):
    whom = factories.beneficiary(by=anna)
    hashes = {send(draft(by=anna, whom=whom, remark=remark), by=anna).content_hash for remark in ("", "a", "b")}
    assert len(hashes) == 3


def test_the_version_speaks_the_senders_language(anna):
    with translation.override("de"):
        assert send(draft(by=anna), by=anna).language == "de"


@pytest.mark.proves("AUD-02", "MSG-01", "FRM-05")
def test_sending_leaves_one_trace_each(anna, audited, mailbox, jobs):
    invoice = draft(by=anna)
    before = len(audited)
    version = send(invoice, by=anna)
    assert [(entry["action"], entry["object_id"]) for entry in audited[before:]] == [("invoice.sent", str(invoice.pk))]
    assert [event.act for event in invoice.events.order_by("at", "id")] == ["opened", "attached", "sent"]
    assert jobs("invoices.print_version") == [{"insurer_id": anna.insurer.pk, "version_id": str(version.pk)}]
    [mail] = mailbox()
    assert (mail.to, invoice.number in mail.subject) == (anna.person.email, True)


@pytest.mark.proves("FRM-05", "REL-01")
def test_the_same_key_gives_the_same_version_and_does_nothing_else(anna, audited, jobs):
    invoice, key = draft(by=anna), uuid4()
    first = send(invoice, by=anna, key=key)
    written = len(audited)
    again = sending.send(invoice, key=key, draft_no=first.draft_no, answered={}, by=anna)
    assert again == first
    mails = OutboxItem.objects.filter(template="invoices/sent").count()
    assert (len(audited), len(jobs("invoices.print_version")), mails) == (written, 1, 1)


@pytest.mark.proves("FRM-05")
def test_the_same_key_with_another_draft_is_other_content(anna):
    invoice, key = draft(by=anna), uuid4()
    send(invoice, by=anna, key=key)
    with pytest.raises(OtherContent):
        sending.send(invoice, key=key, draft_no=invoice.draft_no + 1, answered={}, by=anna)
    with pytest.raises(OtherContent):
        send(draft(by=anna), by=anna, key=key)


@pytest.mark.proves("FRM-05")
def test_another_key_finds_it_sent(anna):
    invoice = sent(by=anna)
    with pytest.raises(NotEditable):
        send(invoice, by=anna)


def test_a_draft_thrown_away_meanwhile_cannot_be_sent(anna):
    invoice = draft(by=anna)
    drafts.discard_draft(Invoice.objects.get(pk=invoice.pk), by=anna)
    with pytest.raises(NotEditable):
        send(invoice, by=anna)


def test_a_draft_saved_elsewhere_is_stale(anna):
    invoice = draft(by=anna)
    other_tab = Invoice.objects.get(pk=invoice.pk)
    drafts.save_draft(other_tab, raw=other_tab.raw | {"remark": "b"}, draft_no=other_tab.draft_no, by=anna)
    with pytest.raises(Stale):
        send(invoice, by=anna)


@pytest.mark.proves("FRM-04")
def test_a_blocked_sending_says_what_is_wrong_and_changes_nothing(anna, audited):
    invoice = draft(by=anna, attached=False, period_from="")
    written = len(audited)
    with pytest.raises(Blocked) as blocked:
        send(invoice, by=anna)
    assert [words(finding) for finding in blocked.value.reading.findings] == [
        "Le champ Date des prestations dispensées est obligatoire."
    ]
    stored = Invoice.objects.get(pk=invoice.pk)
    assert (stored.status, stored.number, len(audited)) == (Status.DRAFT, "", written)


@pytest.mark.proves("FRM-04")
def test_a_document_is_demanded(anna):
    with pytest.raises(Blocked) as blocked:
        send(draft(by=anna, attached=False), by=anna)
    assert [(finding.place, words(finding)) for finding in blocked.value.reading.findings] == [
        ("attachments", "Joignez la facture ou le justificatif (PDF, JPG ou PNG).")
    ]


@pytest.mark.proves("FRM-04")
@pytest.mark.parametrize("answered", [{}, {"invoice.decision_office@decision": "  \n"}, {"other@place": "oui"}])
def test_a_warning_wants_an_answer(anna, answered):
    with pytest.raises(Blocked):
        send(draft(by=anna, **WARNED), by=anna, **answered)


@pytest.mark.proves("FRM-04")
def test_the_answer_to_a_warning_goes_to_the_case_worker(anna):
    version = send(draft(by=anna, **WARNED), by=anna, **ANSWER)
    assert version.warnings == [
        {
            "code": "invoice.decision_office",
            "level": "warning",
            "place": "decision",
            "text": "Ce numéro de décision ne commence pas par 323, le code de cet office. Vérifiez-le.",
            "source": "",
            "answer": "Décision reprise d'un autre office",
        }
    ]


def test_an_answer_to_a_warning_is_one_clean_line(anna):
    hostile = {"invoice.decision_office@decision": "a\0b\u202e\nc" + "x" * 900}
    [warning] = send(draft(by=anna, **WARNED), by=anna, **hostile).warnings
    assert (warning["answer"][:4], len(warning["answer"])) == ("ab c", 498)


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("spelling", [str.upper, lambda key: key.replace("-", ""), lambda key: f"{{{key[:-2]}}}"])
def test_other_spellings_of_an_id_are_nobody(anna, spelling):
    invoice = draft(by=anna)
    raw = invoice.raw | {"beneficiary": spelling(invoice.raw["beneficiary"])}
    drafts.save_draft(invoice, raw=raw, draft_no=invoice.draft_no, by=anna)
    with pytest.raises(Blocked) as blocked:
        send(invoice, by=anna)
    assert words(blocked.value.reading.findings[0]) == "Choisissez un bénéficiaire de la liste."


@pytest.mark.proves("SEC-02")
def test_a_strangers_beneficiary_and_an_unknown_one_get_the_same_words(anna, vs):
    stranger = factories.partner(vs, "Autre foyer").collaborator
    theirs = factories.beneficiary(by=stranger)
    said = []
    for key in (str(theirs.pk), str(uuid4())):
        invoice = draft(by=anna)
        drafts.save_draft(invoice, raw=invoice.raw | {"beneficiary": key}, draft_no=invoice.draft_no, by=anna)
        with pytest.raises(Blocked) as blocked:
            send(invoice, by=anna)
        said.append([(finding.place, words(finding)) for finding in blocked.value.reading.findings])
    assert said == [[("beneficiary", "Choisissez un bénéficiaire de la liste.")]] * 2


@pytest.mark.proves("SEC-02")
def test_a_strangers_account_is_no_choice(anna, vs):
    theirs = factories.partner(vs, "Autre foyer").account
    with pytest.raises(Blocked) as blocked:
        send(draft(by=anna, account=theirs), by=anna)
    assert [words(finding) for finding in blocked.value.reading.findings] == ["Choisissez un compte de la liste."]


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize(
    ("quantity", "price", "text"),
    [
        ("100000", "9999999.99", "Le total dépasse CHF 9'999'999.99. Vérifiez les quantités et les tarifs."),
        ("1", "0.00", "Le total de la facture doit dépasser 0.00."),
        ("0.001", "0.01", "Le total de la facture doit dépasser 0.00."),
    ],
)
def test_an_absurd_total_is_refused_with_words(anna, quantity, price, text):
    lines = [{"description": "Logopédie", "quantity": quantity, "unit": "hour", "price": price}]
    with pytest.raises(Blocked) as blocked:
        send(draft(by=anna, lines=lines), by=anna)
    assert [(finding.place, words(finding)) for finding in blocked.value.reading.findings] == [("lines", text)]


def test_the_largest_total_can_be_sent_and_paid(anna, desk):
    lines = [{"description": "Logopédie", "quantity": "1", "unit": "hour", "price": "9999999.99"}]
    assert factories.accepted(by=anna, agent=desk.agent, lines=lines).total == Decimal("9999999.99")


@pytest.mark.proves("INV-04", "INV-06")
def test_a_decision_number_is_saved_at_the_profile_on_wish(anna):
    whom = factories.beneficiary(by=anna)
    sent(by=anna, whom=whom, save_decision="on", decision_description="Logopédie")
    sent(by=anna, whom=whom, save_decision="on")
    sent(by=anna, whom=whom, decision="32320260009999")
    found = Decision.objects.filter(beneficiary=whom).values_list("number", "description")
    assert list(found) == [("32320260001234", "Logopédie")]


@pytest.mark.proves("INV-06")
def test_the_beneficiarys_own_account_is_no_account_of_the_company(anna):
    whom = factories.beneficiary(by=anna, iban=factories.iban(), holder="Mère Exemple")
    invoice = sent(by=anna, whom=whom, account="beneficiary")
    account = invoice.versions.get().snapshot["account"]
    assert (invoice.account, account["iban"], account["holder"], account["is_company"]) == (
        None,
        whom.iban,
        "Mère Exemple",
        False,
    )


@pytest.mark.proves("INV-08", "FRM-07")
def test_a_correction_is_sent_again_under_its_number(anna, desk):
    invoice = factories.to_correct(by=anna, agent=desk.agent)
    first_sent = invoice.sent_at
    drafts.save_draft(invoice, raw=invoice.raw | {"remark": "corrigé"}, draft_no=invoice.draft_no, by=anna)
    second = attachment(invoice, by=anna, data=factories.PNG, name="quittance.png")
    version = send(invoice, by=anna)
    numbers = set(invoice.versions.values_list("case__number", flat=True))
    assert (invoice.status, invoice.version_no, invoice.sent_at) == (Status.IN_REVIEW, 2, first_sent)
    assert (numbers, second.first_version) == ({invoice.number}, 2)
    assert [old.answers["remark"] for old in invoice.versions.order_by("no")] == ["", "corrigé"]
    assert len(version.snapshot["attachments"]) == 2


@pytest.mark.proves("INV-28")
def test_an_invoice_can_be_withdrawn_until_somebody_looked(anna, desk, audited):
    invoice = sent(by=anna)
    number = invoice.number
    sending.withdraw(invoice, by=anna)
    assert (invoice.status, invoice.number) == (Status.WITHDRAWN, number)
    assert audited[-1]["action"] == "invoice.withdrawn"
    with pytest.raises(Overtaken):
        sending.withdraw(invoice, by=anna)


@pytest.mark.proves("INV-28")
def test_an_opened_invoice_cannot_be_withdrawn_but_its_correction_can(anna, desk):
    invoice = factories.opened(by=anna, agent=desk.agent)
    with pytest.raises(Overtaken):
        sending.withdraw(invoice, by=anna)
    deciding.ask_correction(invoice, version_no=1, message="Montant", pins={}, by=desk.agent)
    invoice.refresh_from_db()
    send(invoice, by=anna)
    sending.withdraw(invoice, by=anna)
    assert (invoice.status, invoice.version_no) == (Status.WITHDRAWN, 2)


@pytest.mark.proves("PERF-02", "PERF-03")
def test_a_sending_costs_at_most_twenty_statements(anna, django_assert_max_num_queries):
    """Savepoint, outbox and jobs included; however many documents there are."""
    invoice = draft(by=anna)
    for _ in range(3):
        attachment(invoice, by=anna)
    with django_assert_max_num_queries(20):
        send(invoice, by=anna)
