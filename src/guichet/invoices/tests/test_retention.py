"""Retention: rules per state, dry run, legal hold, and nobody left in what was erased (INV-27)."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from guichet import storage
from guichet.casework.errors import ReasonMissing
from guichet.invoices.actions import beneficiaries, deciding, notes, payment, printing, retention
from guichet.invoices.demo import at
from guichet.invoices.models import Beneficiary, Invoice, InvoiceVersion, OfficeDecision, Transmission
from guichet.invoices.queries import retention as queries
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import draft, granted, refused, sent
from guichet.storage.models import StoredObject

pytestmark = [pytest.mark.django_db, pytest.mark.proves("INV-27")]
LISTING = Path(__file__).resolve().parents[4] / "docs" / "personal-data.toml"
CANARY = "Zqwitness"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
YEARS_AGO = NOW - timedelta(days=6 * 366)


def old_refusal(anna, agent, **asked):
    return aged(refused(by=anna, agent=agent, **asked))


def aged(invoice, **changes):
    """As if nothing had happened to it for years."""
    Invoice.objects.filter(pk=invoice.pk).update(changed_at=YEARS_AGO, **changes)
    return invoice


def left(invoice):
    return Invoice.objects.get(pk=invoice.pk)


def everything():
    """Every text of every row this tenant may read, by table."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if model.__module__.startswith("guichet."):
                cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")  # noqa: S608
                found[table] = cursor.fetchone()[0]
    return found


def bytes_left():
    living = StoredObject.objects.filter(destroyed_at=None).order_by("created_at")
    return [storage.read(one) for one in living]


def test_a_calendar_month_ends_where_the_shorter_one_does():
    day = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert timezone.localtime(queries.months_before(day, 1)).date().isoformat() == "2026-02-28"
    assert timezone.localtime(queries.months_before(day, 15)).date().isoformat() == "2024-12-31"


def test_only_what_has_reached_its_time_is_erased(anna, desk, vs):
    old, young = old_refusal(anna, desk.agent), refused(by=anna, agent=desk.agent)
    waiting = aged(sent(by=anna))
    assert [(one.rule.status, one.due) for one in queries.counts(vs, timezone.now())] == [
        ("draft", 0), ("withdrawn", 0), ("refused", 1), ("paid", 0),
    ]  # fmt: skip
    done = retention.run(vs, by=desk.administrator)
    assert done.erased == {"draft": 0, "withdrawn": 0, "refused": 1, "paid": 0}
    assert [left(one).erased_at is not None for one in (old, young, waiting)] == [True, False, False]


def test_number_form_dates_and_amounts_stay(anna, desk, vs, audited):
    old = old_refusal(anna, desk.agent)
    kept = ("number", "form_code", "period_from", "period_to", "total", "sent_at", "changed_at", "status")
    before = Invoice.objects.values(*kept).get(pk=old.pk)
    retention.run(vs)
    assert Invoice.objects.values(*kept).get(pk=old.pk) == before
    erased = [entry for entry in audited if entry["action"] == "invoice.erased"]
    assert [(one["object_id"], one["reason"], one["role"]) for one in erased] == [
        (str(old.pk), "refused: 60 months", "platform")
    ]


def test_nobody_is_left_in_database_and_store(anna, desk, vs):
    whom = factories.beneficiary(by=anna, last_name=CANARY, first_name=CANARY, town=CANARY)
    granted(whom, ("amount", "year", "9000"), by=desk.agent, valid_to=date(2026, 6, 1), description=CANARY)
    invoice = draft(by=anna, whom=whom, remark=CANARY, attached=False)
    factories.attachment(invoice, by=anna, name=f"{CANARY}.pdf")
    factories.send(invoice, by=anna)
    notes.add_note(invoice, text=CANARY, by=desk.agent)
    deciding.ask_correction(invoice, version_no=1, message=CANARY, pins={"remark": CANARY}, by=desk.agent)
    invoice.refresh_from_db()
    factories.send(invoice, by=anna)
    printing.store_pdf(str(invoice.versions.get(no=2).pk))
    deciding.refuse(invoice, version_no=2, message=CANARY, by=desk.agent)
    beneficiaries.remove_beneficiary(whom, by=anna)
    aged(invoice)
    assert {table for table, text in everything().items() if CANARY in text} >= {
        "invoices_beneficiary", "invoices_invoice", "invoices_invoiceversion", "invoices_officedecision",
    }  # fmt: skip
    retention.run(vs)
    assert {table for table, text in everything().items() if CANARY in text or whom.avs_number in text} == set()
    assert [data for data in bytes_left() if CANARY.encode() in data] == []
    assert list(StoredObject.objects.filter(destroyed_at=None)) == []


def test_paid_invoices_lose_their_record_and_the_file_of_their_batch(anna, desk, vs):
    paid = factories.accepted(by=anna, agent=desk.agent)
    batch = payment.make_batch(vs)
    Invoice.objects.filter(pk=paid.pk).update(status=Status.PAID, changed_at=YEARS_AGO - timedelta(days=5 * 366))
    retention.run(vs)
    batch.file.refresh_from_db()
    record = Transmission.objects.get()
    assert (record.record, record.amount, batch.file.destroyed_at is not None) == ({}, paid.total, True)


def test_a_person_with_another_invoice_stays(anna, desk, vs):
    whom = factories.beneficiary(by=anna)
    old_refusal(anna, desk.agent, whom=whom)
    sent(by=anna, whom=whom)
    retention.run(vs)
    assert Beneficiary.objects.get(pk=whom.pk).last_name == "Exemple"


def test_a_hold_keeps_an_invoice_until_it_is_lifted(anna, desk, vs):
    old = old_refusal(anna, desk.agent)
    with pytest.raises(ReasonMissing):
        retention.place_hold(old, reason="  ", by=desk.agent)
    retention.place_hold(old, reason="Recours S1 26 12", by=desk.agent)
    with pytest.raises(retention.AlreadyHeld):
        retention.place_hold(old, reason="Encore", by=desk.colleague)
    counted = next(one for one in queries.counts(vs, timezone.now()) if one.rule.status == "refused")
    assert (counted.due, counted.held, retention.run(vs).erased["refused"]) == (0, 1, 0)
    retention.lift_hold(old, by=desk.agent)
    assert retention.run(vs).erased["refused"] == 1


def test_a_draft_goes_thirty_days_after_its_sender_was_told(anna, desk, vs, mailbox):
    with at(NOW - timedelta(days=400)):
        old, touched = draft(by=anna, whom=factories.beneficiary(by=anna)), draft(by=anna)
    told = retention.run(vs, now=NOW)
    assert (told.warned, told.erased["draft"], retention.run(vs, now=NOW).warned) == (2, 0, 0)
    assert len([mail for mail in mailbox() if "va être supprimé" in mail.subject]) == 2
    Invoice.objects.filter(pk=touched.pk).update(modified_at=NOW)
    done = retention.run(vs, now=NOW + timedelta(days=31))
    assert (done.erased["draft"], left(touched).status) == (1, "draft")
    assert not Invoice.objects.filter(pk=old.pk).exists()


def test_rows_may_be_emptied_but_not_rewritten(anna, desk, vs):
    old_refusal(anna, desk.agent)
    for changed in ({"answers": {"remark": "autre"}}, {"snapshot": {}}, {"no": 7}):
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            InvoiceVersion.objects.update(**changed)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        InvoiceVersion.objects.all().delete()


def test_the_dry_run_shows_lists_and_changes_nothing(anna, desk, vs, browser, django_assert_max_num_queries):
    old = old_refusal(anna, desk.agent)
    client = browser(desk.administrator)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("invoices:retention", args=["vs"]))
    assert [row["invoice"] for row in page.context["rows"]] == [old]
    listed = browser(desk.administrator).get(reverse("invoices:retention_export", args=["vs"])).content.decode()
    assert old.number in listed
    assert "Exemple" not in listed
    run = reverse("invoices:retention_run", args=["vs"])
    browser(desk.administrator).post(run, {"word": ""})
    assert left(old).erased_at is None
    browser(desk.administrator).post(run, {"word": "Effacer"})
    assert left(old).erased_at is not None
    assert browser(desk.agent).post(run, {"word": "effacer"}).status_code == 403


def test_what_is_erased_says_so(anna, desk, vs, browser):
    old = old_refusal(anna, desk.agent)
    retention.run(vs)
    for who, name in ((anna, "case"), (desk.agent, "review")):
        page = browser(who).get(reverse(f"invoices:{name}", args=["vs", old.pk]))
        assert (page.status_code, "Données effacées" in page.content.decode()) == (410, True)
    assert browser(anna).get(reverse("invoices:pdf", args=["vs", old.pk])).status_code == 404
    assert browser(anna).get(reverse("invoices:counter", args=["vs"])).status_code == 200
    assert browser(desk.agent).get(f"{reverse('invoices:desk_queue', args=['vs'])}?statut=refused").status_code == 200


def test_a_hold_is_placed_and_lifted_by_page(anna, desk, browser):
    old = old_refusal(anna, desk.agent)
    there = reverse("invoices:hold", args=["vs", old.pk])
    agent = browser(desk.agent)
    assert agent.post(there, {"reason": ""}).status_code == 422
    assert agent.post(there, {"reason": "Recours"}).status_code == 303
    assert agent.post(there, {"reason": "Recours"}).status_code == 409
    assert "Recours" in agent.get(there).content.decode()
    assert agent.post(there, {"do": "lift"}).status_code == 303
    assert queries.hold_of(old) is None


def test_every_personal_column_is_emptied_or_its_row_deleted():
    """`docs/personal-data.toml` against what erasing does, for every table that belongs to an invoice or a person."""
    listing = tomllib.loads(LISTING.read_text())
    scrubbed = {
        table: {name for name, state in fields.items() if state == "scrubbed"} for table, fields in listing.items()
    }
    emptied = {model._meta.db_table: set(values) for model, values in retention.EMPTIED.items()}
    deleted = {model._meta.db_table for model in retention.DELETED} | {"invoices_invoiceattachment"}
    not_of_a_case = {"invoices_apitoken", "invoices_settingchange"}  # the sender's own; the office's own
    for table, fields in scrubbed.items():
        if table.startswith("invoices_") and fields and table not in deleted | not_of_a_case:
            number = {"number"} if table == "invoices_officedecision" else set()  # unique: replaced, not emptied
            assert emptied.get(table, set()) | number == fields, table


def test_an_ended_decision_forgets_its_person(anna, desk, vs):
    whom = factories.beneficiary(by=anna)
    decision = granted(whom, by=desk.agent, valid_to=date(2026, 6, 1))
    old_refusal(anna, desk.agent, whom=whom)
    retention.run(vs)
    kept = OfficeDecision.objects.get(pk=decision.pk)
    assert (kept.last_name, kept.avs_number, kept.number[0]) == ("—", "", "#")
