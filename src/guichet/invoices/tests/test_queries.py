"""Lists: every row once, the same number of statements, nothing of anybody else."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from guichet.invoices import queries
from guichet.invoices.models import Beneficiary, Invoice
from guichet.invoices.queries import PAGE, Filters, Wanted
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import beneficiary, draft, sent, to_correct
from guichet.tenancy.context import tenant

TABS = ("miennes", "libres", "toutes", "awaiting_second", "to_correct", "accepted")

pytestmark = pytest.mark.proves("INV-01", "PERF-01")


def numbers(rows):
    """What a list shows, in its order."""
    return [row.number for row in rows]


def many(example, number, *, year=2025):
    """More rows like a real one; each three of them share their moment."""
    start = timezone.now() - timedelta(days=400 * (2026 - year))
    own = {"id", "number", "sent_at", "changed_at"}
    same = {field.attname: getattr(example, field.attname) for field in Invoice._meta.concrete_fields}
    Invoice.objects.bulk_create(
        Invoice(
            **{name: value for name, value in same.items() if name not in own},
            number=f"VS-{year}-{n:06d}",
            sent_at=start + timedelta(hours=n // 3),
            changed_at=start + timedelta(hours=n // 3),
        )
        for n in range(number)
    )


def everything(fetch):
    """All rows by « next », and the pages on the way back by « previous »."""
    forward, after = [], ""
    while True:
        page = fetch(after=after, before="")
        forward.append(page.rows)
        if not page.next:
            break
        after = page.next
    backward, before = [page.rows], page.previous
    while before:
        page = fetch(after="", before=before)
        backward.append(page.rows)
        before = page.previous
    return forward, backward[::-1]


LISTS = {
    "history": (lambda actor, **at: queries.history(actor, Filters(), **at), "sent_at", True),
    "queue": (lambda actor, **at: queries.desk_queue(actor, Wanted(), **at), "changed_at", False),
    "accepted": (
        lambda actor, **at: queries.desk_queue(actor, Wanted(status=Status.ACCEPTED), **at),
        "changed_at",
        True,
    ),
}


@pytest.fixture
def crowd(anna, desk):
    """120 invoices in review and 120 accepted ones."""
    many(sent(by=anna), 119)
    many(factories.accepted(by=anna, agent=desk.agent), 119, year=2024)


@pytest.mark.parametrize("name", LISTS)
def test_pages_show_each_row_once_there_and_back(anna, desk, crowd, name):
    fetch, key, newest_first = LISTS[name]
    actor = anna if name == "history" else desk.agent
    forward, backward = everything(lambda **at: fetch(actor, **at))
    rows = [row for page in forward for row in page]
    expected = sorted(rows, key=lambda row: (getattr(row, key), row.pk), reverse=newest_first)
    size = 240 if name == "history" else 120
    assert (len(rows), len({row.pk for row in rows}), rows == expected) == (size, size, True)
    assert [len(page) for page in forward] == [PAGE] * (size // PAGE) + [size % PAGE]
    assert backward == forward


NONSENSE = [
    "x",
    "é",
    "=" * 5,
    "A" * 5000,
    base64.urlsafe_b64encode(b"[1, 2]").decode(),
    base64.urlsafe_b64encode(b"[" * 200).decode(),
    base64.urlsafe_b64encode(b"\xff\x00").decode(),
    base64.urlsafe_b64encode(json.dumps(["2026-01-01", "11111111-2222-4333-8444-555555555555"]).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps(["2026-01-01T00:00:00+00:00", "x"]).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps({"a": 1, "b": 2}).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps("ab").encode()).decode(),
]
FAR = [
    base64.urlsafe_b64encode(json.dumps([moment, "11111111-2222-4333-8444-555555555555"]).encode()).decode()
    for moment in ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00")
]


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("way", ["after", "before"])
@pytest.mark.parametrize("cursor", [*NONSENSE, *FAR])
def test_a_place_that_is_nonsense_or_beyond_the_end_gives_the_first_page(anna, desk, cursor, way):
    invoice = sent(by=anna)
    for fetch, actor in ((LISTS["history"][0], anna), (LISTS["queue"][0], desk.agent)):
        page = fetch(actor, **{way: cursor})
        assert (numbers(page.rows), page.next) == ([invoice.number], "")


def test_an_empty_list_has_one_empty_page(anna):
    assert queries.history(anna, Filters()) == queries.Page([])


@pytest.mark.proves("PERF-02")
def test_a_list_costs_the_same_with_one_row_and_with_a_hundred(anna, desk, django_assert_num_queries):
    def costs():
        with django_assert_num_queries(1):
            for row in queries.history(anna, Filters()).rows:
                assert (row.person, row.responsible, row.status, row.total) != ()
        with django_assert_num_queries(1):
            for row in queries.desk_queue(desk.agent, Wanted()).rows:
                assert (row.person, row.sender, row.assigned) != ()
        with django_assert_num_queries(1):
            queries.to_correct_and_drafts(anna, Filters())
        with django_assert_num_queries(2):
            queries.history(anna, Filters(beneficiary="exemple"))
        with django_assert_num_queries(1):
            queries.desk_counts(desk.agent)
        with django_assert_num_queries(1):
            queries.beneficiaries(anna)

    example = sent(by=anna)
    costs()
    many(example, 100)
    for _ in range(5):
        beneficiary(by=anna)
        draft(by=anna, attached=False)
    costs()


def test_drafts_and_corrections_wait_on_top_the_latest_first(anna, desk, vs):
    first, second = draft(by=anna, attached=False), to_correct(by=anna, agent=desk.agent)
    third = draft(by=anna, attached=False)
    sent(by=anna)
    assert queries.to_correct_and_drafts(anna, Filters()) == [third, second, first]


def test_the_history_is_narrowed(anna, company, desk):
    whom = beneficiary(by=anna, last_name="Dupont-Müller", first_name="Zoé")
    mine = sent(by=anna, whom=whom)
    other = factories.accepted(by=company.manager, agent=desk.agent)
    found = {
        "responsible": queries.history(anna, Filters(responsible=str(company.manager.person.pk))).rows,
        "name": queries.history(anna, Filters(beneficiary="MULLER zo")).rows,
        "number": queries.history(
            anna, Filters(beneficiary=f"756.9999.{whom.avs_number[7:11]}.{whom.avs_number[11:]}")
        ).rows,
        "status": queries.history(anna, Filters(status="accepted")).rows,
        "together": queries.history(anna, Filters(status="accepted", beneficiary="muller")).rows,
        "nonsense status": queries.history(anna, Filters(status="payed")).rows,
        "nonsense person": queries.history(anna, Filters(responsible="1 OR 1=1")).rows,
        "unknown person": queries.history(anna, Filters(responsible=str(uuid4()))).rows,
        "unknown name": queries.history(anna, Filters(beneficiary="inconnu")).rows,
    }
    assert {what: numbers(rows) for what, rows in found.items()} == {
        "responsible": [other.number],
        "name": [mine.number],
        "number": [mine.number],
        "status": [other.number],
        "together": [],
        "nonsense status": [other.number, mine.number],
        "nonsense person": [],
        "unknown person": [],
        "unknown name": [],
    }
    assert [Filters().any, Filters(status="x").any] == [False, True]


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("wildcard", ["%", "_", "%_", "\\", "e%e", "\0%\0"])
def test_wildcards_are_letters(anna, wildcard):
    sent(by=anna, whom=beneficiary(by=anna, last_name="Exemple"))
    odd = sent(by=anna, whom=beneficiary(by=anna, last_name="Cent%_\\e%e"))
    assert numbers(queries.history(anna, Filters(beneficiary=wildcard)).rows) == [odd.number]


@pytest.mark.proves("SEC-02", "SEC-03")
def test_nothing_of_another_company_or_insurer_is_listed(anna, desk, vs):
    sent(by=anna, whom=beneficiary(by=anna, last_name="Visible"))
    stranger = factories.partner(vs, "Autre foyer").manager
    theirs = beneficiary(by=stranger, last_name="Secret")
    hidden = sent(by=stranger, whom=theirs)
    draft(by=stranger, attached=False)
    berne = factories.insurer("be")
    with tenant(berne.pk):
        sent(by=factories.partner(berne).manager)
    assert len(queries.history(anna, Filters()).rows) == 1
    assert queries.history(anna, Filters(beneficiary="secret")).rows == []
    assert queries.history(anna, Filters(responsible=str(stranger.person.pk))).rows == []
    assert queries.to_correct_and_drafts(anna, Filters()) == []
    assert queries.beneficiaries(anna, name="secret") == ([], "")
    assert queries.beneficiaries(anna, after=str(theirs.pk))[0] == queries.beneficiaries(anna)[0]
    assert len(queries.desk_queue(desk.agent, Wanted()).rows) == 2
    assert queries.around(anna, hidden, tab="toutes").earlier == ()
    assert queries.desk_counts(desk.auditor) == dict.fromkeys(TABS, 0)


@pytest.mark.proves("INV-03")
def test_beneficiaries_are_listed_by_name_fifty_at_a_time(anna):
    names = [("Aubry", "Zoé"), ("Aubry", "Anne"), ("Blanc", "Anne"), ("Aubry", "Anne")] * 30
    example = beneficiary(by=anna)
    Beneficiary.objects.bulk_create(
        Beneficiary(
            **{
                field.attname: getattr(example, field.attname)
                for field in Beneficiary._meta.concrete_fields
                if field.attname not in {"id", "last_name", "first_name", "avs_number", "search"}
            },
            last_name=last,
            first_name=first,
            avs_number=factories.avs_number(),
            search=f"{last} {first} {last}".lower(),
        )
        for last, first in names
    )
    rows, after, sizes = [], "", []
    while True:
        found, after = queries.beneficiaries(anna, after=after)
        rows += found
        sizes.append(len(found))
        if not after:
            break
    assert sizes == [50, 50, 21]
    assert rows == sorted(rows, key=lambda row: (row.last_name, row.first_name, row.pk))
    assert len({row.pk for row in rows}) == 121


@pytest.mark.proves("INV-03")
def test_beneficiaries_are_found_by_name_and_number(anna):
    whom = beneficiary(by=anna, last_name="Çelik", first_name="Éloïse")
    beneficiary(by=anna, last_name="Autre")
    wanted = ([whom], "")
    assert queries.beneficiaries(anna, name="celik elo") == wanted
    assert queries.beneficiaries(anna, number=f"756.9999.{whom.avs_number[7:11]}.{whom.avs_number[11:]}") == wanted
    assert queries.beneficiaries(anna, name="celik", number=whom.avs_number[:11]) == wanted
    assert queries.beneficiaries(anna, name="celik", number="7560000000000") == ([], "")
    assert queries.beneficiaries(anna, name="\0celik\0") == wanted
    assert queries.beneficiaries(anna, after="nonsense") == queries.beneficiaries(anna)


@pytest.mark.proves("INV-21")
def test_the_office_finds_by_number_name_and_avs_number(anna, desk):
    whom = beneficiary(by=anna, last_name="Zufferey")
    invoice = sent(by=anna, whom=whom)
    sent(by=anna)

    def find(text):
        return numbers(queries.desk_queue(desk.agent, Wanted(text=text)).rows)

    assert find(invoice.number) == find(f" {invoice.number.lower()} ") == [invoice.number]
    assert find("zufferey") == find(whom.avs_number) == [invoice.number]
    assert find("VS-2026-%") == find(f"{invoice.number}\0x") == find("personne") == []


@pytest.mark.proves("PERF-01")
def test_counting_stops_at_a_thousand(anna, desk, monkeypatch):
    monkeypatch.setattr(queries.desk, "_COUNTED_TO", 3)
    many(sent(by=anna), 9)
    to_correct(by=anna, agent=desk.agent)
    assert queries.desk_counts(desk.agent) == dict.fromkeys(TABS, 0) | {"libres": 4, "toutes": 4, "to_correct": 1}


@pytest.mark.proves("INV-23")
def test_the_office_sees_earlier_invoices_of_a_person_of_every_sender(anna, desk, vs):
    whom = beneficiary(by=anna)
    first, second = sent(by=anna, whom=whom), sent(by=anna, whom=whom)
    other = factories.partner(vs).collaborator
    elsewhere = sent(by=other, whom=beneficiary(by=other, avs_number=whom.avs_number))
    draft(by=anna, whom=whom)
    sent(by=anna)
    assert numbers(queries.around(desk.agent, second, tab="toutes").earlier) == [elsewhere.number, first.number]
    assert numbers(queries.around(anna, second, tab="toutes").earlier) == [first.number]
    assert queries.around(desk.agent, draft(by=anna, attached=False), tab="toutes").earlier == ()
