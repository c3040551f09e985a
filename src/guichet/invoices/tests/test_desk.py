"""The queue: marks set at sending, views and filters, taking, assigning, substitutes, bulk (INV-22)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from guichet.casework.errors import ReasonMissing
from guichet.invoices import queries
from guichet.invoices.actions import desk as acts
from guichet.invoices.actions import notes, substitutes
from guichet.invoices.marks import Mark
from guichet.invoices.models import Invoice
from guichet.invoices.models.cases import MARKS
from guichet.invoices.queries import Wanted
from guichet.invoices.queries.desk import ALL, FREE, MINE
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import TRAVEL, beneficiary, opened, sent
from guichet.kernel.dates import format_date

pytestmark = pytest.mark.proves("INV-22")


@pytest.fixture
def settled(anna, company, desk):
    """Somebody with an earlier invoice, and an account that is not new any more: no mark is left."""
    company.account.changed_at = None
    company.account.save()
    whom = beneficiary(by=anna)
    factories.accepted(by=anna, agent=desk.agent, whom=whom)
    return whom


def month(first, last, **more):
    """The answers of another month, with no trace of the example's."""
    line = {"on": first, "description": "Ergothérapie", "quantity": "1", "unit": "lump", "price": "200.00"}
    return {"period_from": first, "period_to": last, "lines": [line], "supplier_number": "2026-9", **more}


APRIL = month("01.04.2026", "30.04.2026")


def numbers(actor, **wanted):
    return [row.number for row in queries.desk_queue(actor, Wanted(**wanted)).rows]


def test_the_first_invoice_of_a_person_is_marked_and_the_next_is_not(anna, settled):
    assert sent(by=anna, whom=settled, **APRIL).flags == []
    assert sent(by=anna).flags == [Mark.FIRST]


def test_another_account_than_last_time_is_marked(anna, company, settled):
    other = factories.bank_account(by=company.manager)
    other.changed_at = None
    other.save()
    invoice = sent(by=anna, whom=settled, account=other, **APRIL)
    assert invoice.flags == [Mark.NEW_IBAN]


def test_an_account_that_just_changed_is_marked(anna, company, settled):
    company.account.changed_at = timezone.now()
    company.account.save()
    assert Mark.NEW_IBAN in sent(by=anna, whom=settled, **APRIL).flags


def test_a_claim_near_its_end_is_marked(anna):
    day = timezone.localdate() - timedelta(days=5 * 366 - 60)
    invoice = sent(by=anna, **month(format_date(day), format_date(day)))
    assert Mark.DEADLINE in invoice.flags


def test_the_views_of_the_queue_are_mine_unassigned_and_all(anna, desk):
    mine, free, other = sent(by=anna), sent(by=anna), sent(by=anna)
    acts.assign([mine.pk], to=desk.agent.person.pk, by=desk.agent)
    acts.assign([other.pk], to=desk.colleague.person.pk, by=desk.agent)
    assert numbers(desk.agent, tab=MINE) == [mine.number]
    assert numbers(desk.agent, tab=FREE) == [free.number]
    assert numbers(desk.agent, tab=ALL) == [mine.number, free.number, other.number]
    counts = queries.desk_counts(desk.agent)
    assert (counts[MINE], counts[FREE], counts[ALL]) == (1, 1, 3)


def test_every_filter_narrows(anna, desk, vs):
    paper, trip = (
        sent(by=anna),
        sent(by=anna, code=TRAVEL, account="beneficiary", whom=beneficiary(by=anna, iban="CH9300762011623852957")),
    )
    stranger = factories.partner(vs, "Zirkel AG").collaborator
    elsewhere = sent(by=stranger)
    everything = [paper.number, trip.number, elsewhere.number]
    assert numbers(desk.agent, form=TRAVEL) == [trip.number]
    assert numbers(desk.agent, flag=Mark.FIRST) == everything
    assert numbers(desk.agent, flag=Mark.DEADLINE) == []
    assert numbers(desk.agent, sender="zirkel") == [elsewhere.number]
    assert numbers(desk.agent, least=paper.total, most=paper.total) == [paper.number, elsewhere.number]
    assert numbers(desk.agent, least=paper.total + 1) == [one.number for one in (trip,) if one.total > paper.total]
    assert numbers(desk.agent, before=timezone.now() - timedelta(days=1)) == []
    assert numbers(desk.agent, text=trip.number) == [trip.number]
    assert numbers(desk.agent, status=Status.ACCEPTED) == []


def test_taking_the_next_gives_the_oldest_once(anna, desk, audited):
    first, second = sent(by=anna), sent(by=anna)
    taken = [acts.take_next(by=actor) for actor in (desk.agent, desk.colleague, desk.agent)]
    assert [one and one.number for one in taken] == [first.number, second.number, None]
    first.refresh_from_db()
    assert (first.assigned_to, first.opened_at) == (desk.agent.person, first.assigned_at)
    assert [entry["action"] for entry in audited[-2:]] == ["invoice.opened_by_office"] * 2


def test_only_who_reviews_can_be_given_an_invoice(anna, desk):
    invoice = sent(by=anna)
    for person in (desk.auditor.person, anna.person):
        with pytest.raises(acts.NotAReviewer):
            acts.assign([invoice.pk], to=person.pk, by=desk.agent)
    assert acts.assign([invoice.pk], to=desk.administrator.person.pk, by=desk.agent) == 1
    assert acts.assign([invoice.pk], to=None, by=desk.agent) == 1
    invoice.refresh_from_db()
    assert (invoice.assigned_to, invoice.assigned_at) == (None, None)


def test_what_is_decided_is_assigned_to_nobody_any_more(anna, desk):
    invoice = factories.refused(by=anna, agent=desk.agent)
    assert acts.assign([invoice.pk], to=desk.agent.person.pk, by=desk.agent) == 0


def test_a_substitute_finds_the_invoices_of_who_is_away(anna, desk):
    invoice, today = sent(by=anna), timezone.localdate()
    acts.assign([invoice.pk], to=desk.agent.person.pk, by=desk.agent)
    assert numbers(desk.colleague, tab=MINE) == []
    away = substitutes.substitute(
        absent=desk.agent.person.pk,
        by_whom=desk.colleague.person.pk,
        first_day=today,
        last_day=today + timedelta(days=5),
        by=desk.agent,
    )
    assert numbers(desk.colleague, tab=MINE) == [invoice.number]
    substitutes.end(away, by=desk.agent)
    assert numbers(desk.colleague, tab=MINE) == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"by_whom": "agent"}, substitutes.NobodyElse),
        ({"by_whom": "auditor"}, acts.NotAReviewer),
        ({"absent": "administrator"}, acts.NotAReviewer),
        ({"last_day": timezone.localdate() - timedelta(days=1)}, substitutes.WrongDays),
    ],
)
def test_a_substitution_that_makes_no_sense_is_refused(desk, change, error):
    today = timezone.localdate()
    asked = {"absent": "agent", "by_whom": "colleague", "first_day": today, "last_day": today} | change
    people = {name: getattr(desk, asked[name]).person.pk for name in ("absent", "by_whom")}
    with pytest.raises(error):
        substitutes.substitute(**(asked | people), by=desk.agent)


def test_bulk_accepts_only_what_has_no_mark_and_no_open_check(anna, desk, settled):
    plain = sent(by=anna, whom=settled, **APRIL)
    marked, decided = sent(by=anna), factories.refused(by=anna, agent=desk.agent)
    outcomes = acts.accept_unflagged([(one, 1) for one in (plain, marked, decided)], by=desk.agent)
    assert [outcome.is_done for outcome in outcomes] == [True, False, False]
    states = {one.pk: one.status for one in Invoice.objects.order_by("sent_at")}
    assert [states[one.pk] for one in (plain, marked, decided)] == [
        Status.ACCEPTED,
        Status.IN_REVIEW,
        Status.REFUSED,
    ]


def test_a_note_is_kept_among_colleagues_and_audited(anna, desk, audited, browser):
    invoice = opened(by=anna, agent=desk.agent)
    notes.add_note(invoice, text=" Rappeler le foyer. ", by=desk.agent)
    assert [(note.text, note.person) for note in queries.happened(invoice).notes] == [
        ("Rappeler le foyer.", str(desk.agent.person))
    ]
    assert audited[-1]["action"] == "invoice.note_added"
    with pytest.raises(ReasonMissing):
        notes.add_note(invoice, text=" \0", by=desk.agent)
    page = browser(anna).get(f"/vs/factures/{invoice.pk}/").content.decode()
    assert "Rappeler" not in page
    assert "Rappeler" in browser(desk.colleague).get(f"/vs/bureau/factures/{invoice.pk}/").content.decode()


@pytest.mark.proves("PERF-02")
def test_the_queue_costs_six_statements_with_every_filter(anna, desk, browser, django_assert_max_num_queries):
    sent(by=anna)
    client = browser(desk.agent)
    client.get("/vs/bureau/")
    filters = "?onglet=miennes&formulaire=318.632&signe=first&de=1&a=100000&age=5"
    for path in ("/vs/bureau/", f"/vs/bureau/{filters}"):
        with django_assert_max_num_queries(6):
            assert client.get(path).status_code == 200


def test_the_neighbours_are_the_older_and_the_newer_one(anna, desk):
    first, second, third = (sent(by=anna) for _ in range(3))
    beside = queries.neighbours(desk.agent, second, tab=ALL)
    assert queries.around(desk.agent, second, tab=ALL).neighbours == beside
    assert (beside.previous, beside.next) == (first.pk, third.pk)
    assert queries.neighbours(desk.agent, first, tab=ALL).previous is None
    assert queries.neighbours(desk.agent, third, tab=MINE) == queries.Neighbours()


@pytest.mark.proves("PERF-01")
def test_every_mark_has_its_index():
    assert tuple(Mark.values) == MARKS


@pytest.mark.proves("PERF-01")
@pytest.mark.parametrize("mark", MARKS)
def test_the_index_of_a_mark_is_used(desk, mark):
    rows = Invoice.objects.filter(insurer=desk.agent.insurer, status=Status.PAID, flags__contains=[mark])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")  # with no row in the table every index costs the same
    plan = rows.order_by("-changed_at", "-id").values("pk")[:51].explain()
    assert f"invoice_mark_{mark}" in plan
