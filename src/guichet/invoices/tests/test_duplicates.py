"""Duplicates: told across senders, revealing nothing of another one (INV-13)."""

from __future__ import annotations

import pytest

from guichet.casework.errors import Blocked
from guichet.formspec.findings import words
from guichet.invoices import checking, duplicates, flags
from guichet.invoices.actions import deciding, sending
from guichet.invoices.actions import duplicates as asking
from guichet.invoices.models import DuplicateLook, Invoice
from guichet.invoices.queries import around, sent_files
from guichet.invoices.queries.desk import ALL
from guichet.invoices.tests import factories
from guichet.invoices.tests.typed import posted
from guichet.kernel.findings import Level

pytestmark = [pytest.mark.django_db, pytest.mark.proves("INV-13")]

AVS = "7569999000017"
HERE, PAID = "est déjà en traitement.", "est déjà payée, le "


@pytest.fixture
def rival(vs):
    """A collaborator of another company of the same office."""
    return factories.partner(vs, "Autre foyer").collaborator


@pytest.fixture
def rows():
    """`rows("12.00")`: one line of that price."""

    def lines(price):
        return [{"description": "Logopédie", "quantity": "1", "unit": "hour", "price": price}]

    return lines


def whom(by, avs=AVS):
    return factories.beneficiary(by=by, avs_number=avs)


def found(invoice, by, *, ask=True):
    """Code, level and words of what the checks say of duplicates, as « Envoyer ma demande » asks for them."""
    facts = checking.known(invoice, by=by)
    if ask:
        asking.look(invoice, facts=facts, by=by)
    reading = checking.check(invoice, by=by)
    return [(one.code, one.level, words(one)) for one in reading.findings if one.code.startswith("duplicate.")]


def test_the_same_again_is_told_with_its_number(anna):
    first = factories.sent(by=anna, whom=(person := whom(anna)))
    again = factories.draft(by=anna, whom=person)
    said = f"Votre facture {first.number} pour cette personne, cette période et ce montant est déjà en traitement."
    assert found(again, anna) == [("duplicate.own", Level.WARNING, said)]


def test_a_warning_is_answered_counted_and_reaches_the_desk(anna, desk):
    factories.sent(by=anna, whom=(person := whom(anna)))
    again = factories.draft(by=anna, whom=person)
    with pytest.raises(Blocked):
        sending.send(again, key=factories.uuid4(), draft_no=again.draft_no, answered={}, by=anna)
    reason = "Deux séances le même jour."
    version = factories.send(again, by=anna, **{"duplicate.own@period_from": reason})
    assert [(one["code"], one["answer"]) for one in version.warnings] == [("duplicate.own", reason)]
    assert (again.answered, again.flags) == (1, ["duplicate"])
    shown = flags.flags_of(again, version, sent_files(version), duplicates.repetitions(again))
    assert reason in [flag.answer for flag in shown]


def test_another_senders_invoice_is_told_without_anything_of_it(anna, rival):
    theirs = factories.sent(by=rival, whom=whom(rival))
    mine = factories.draft(by=anna, whom=whom(anna))
    said = f"Une facture pour cette personne, cette période et ce montant {HERE}"
    assert found(mine, anna) == [("duplicate.other", Level.WARNING, said)]
    finding = checking.check(mine, by=anna).findings[-1]
    assert dict(finding.params) == {}
    assert theirs.number not in words(finding)


def test_what_was_paid_says_when(anna, rival):
    theirs = factories.sent(by=rival, whom=whom(rival))
    Invoice.objects.filter(pk=theirs.pk).update(
        status="paid", changed_at="2026-03-05T10:00:00Z", decided_by=rival.person
    )
    mine = factories.draft(by=anna, whom=whom(anna))
    text = "Une facture pour cette personne, cette période et ce montant est déjà payée, le 05.03.2026."
    assert [text for _code, _level, text in found(mine, anna)] == [text]


def test_nothing_is_told_of_another_sender_before_it_was_asked_for(anna, rival):
    """Neither the silent saving nor a look at the page may be used to try amounts."""
    factories.sent(by=rival, whom=whom(rival))
    mine = factories.draft(by=anna, whom=whom(anna))
    assert found(mine, anna, ask=False) == []
    assert DuplicateLook.objects.count() == 0


def test_another_amount_of_another_sender_is_not_told(anna, rival, rows):
    factories.sent(by=rival, whom=whom(rival), lines=rows("100.00"))
    mine = factories.draft(by=anna, whom=whom(anna), lines=rows("100.05"))
    assert found(mine, anna) == []


def test_amounts_can_be_tried_a_few_times_a_day_only(anna, rival, rows, audited):
    factories.sent(by=rival, whom=whom(rival), lines=rows("106.00"))
    person = whom(anna)
    told = []
    for francs in range(100, 108):
        mine = factories.draft(by=anna, whom=person, lines=rows(f"{francs}.00"), attached=False)
        told.append(bool(found(mine, anna)))
    assert told == [False] * 8  # the right one was the seventh
    assert DuplicateLook.objects.count() == duplicates.MOST_LOOKS == 5
    asked = [entry["action"] for entry in audited if entry["action"].startswith("duplicate.")]
    assert asked == ["duplicate.asked"] * 5 + ["duplicate.refused"] * 3


def test_the_desk_is_told_when_the_sender_no_longer_is(anna, rival, rows, desk):
    theirs = factories.sent(by=rival, whom=whom(rival), lines=rows("106.00"))
    person = whom(anna)
    for francs in range(100, 105):
        found(factories.draft(by=anna, whom=person, lines=rows(f"{francs}.00"), attached=False), anna)
    mine = factories.sent(by=anna, whom=person, lines=rows("106.00"))
    assert (mine.answered, "duplicate" in mine.flags) == (0, True)
    links = [
        [number for number, _key in flag.links]
        for flag in flags.duplicates_among(around(desk.agent, mine, tab=ALL).repeated)
    ]
    assert links == [[theirs.number]]


def test_asking_is_limited_by_person_and_sender(vs, anna, rival, rows):
    factories.sent(by=rival, whom=whom(rival), lines=rows("106.00"))
    person = whom(anna)
    for francs in range(100, 108):
        found(factories.draft(by=anna, whom=person, lines=rows(f"{francs}.00"), attached=False), anna)
    third = factories.partner(vs, "Troisième foyer").collaborator
    assert len(found(factories.draft(by=third, whom=whom(third), lines=rows("106.00")), third)) == 1


def test_a_sender_asks_the_same_amount_as_often_as_it_likes(anna, rival):
    factories.sent(by=rival, whom=whom(rival))
    mine = factories.draft(by=anna, whom=whom(anna))
    assert [len(found(mine, anna)) for _time in range(7)] == [1] * 7
    assert DuplicateLook.objects.count() == 1


def test_own_invoices_of_other_amounts_in_these_days_are_only_mentioned(anna, rows):
    first = factories.sent(by=anna, whom=(person := whom(anna)), lines=rows("100.00"))
    mine = factories.draft(by=anna, whom=person, lines=rows("55.00"))
    said = f"La facture {first.number} couvre déjà une partie de cette période, pour un autre montant."
    assert found(mine, anna) == [("duplicate.overlap", Level.INFORMATION, said)]
    assert factories.send(mine, by=anna).warnings[0]["text"] == said
    assert mine.answered == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"period_from": "01.06.2026", "period_to": "30.06.2026"},
        {"service": "vocational"},
    ],
    ids=["other days", "another kind of service"],
)
def test_something_else_is_no_duplicate(anna, rival, changes):
    factories.sent(by=anna, whom=(person := whom(anna)))
    factories.sent(by=rival, whom=whom(rival))
    lines = [{"description": "Logopédie", "quantity": "1", "unit": "hour", "price": "370.50"}]
    assert found(factories.draft(by=anna, whom=person, lines=lines, **changes), anna) == []


def test_the_same_for_another_person_is_no_duplicate(anna):
    factories.sent(by=anna, whom=whom(anna))
    other = factories.draft(by=anna, whom=factories.beneficiary(by=anna))
    assert found(other, anna) == []


def test_one_common_day_is_enough(anna):
    factories.sent(by=anna, whom=(person := whom(anna)))
    lines = [{"description": "Logopédie", "quantity": "1", "unit": "hour", "price": "370.50"}]
    again = factories.draft(by=anna, whom=person, period_from="31.05.2026", period_to="30.06.2026", lines=lines)
    assert [code for code, _level, _text in found(again, anna)] == ["duplicate.own"]


def test_what_was_refused_or_withdrawn_does_not_count(anna, desk):
    person = whom(anna)
    factories.refused(by=anna, agent=desk.agent, whom=person)
    factories.withdrawn(by=anna, whom=person)
    assert found(factories.draft(by=anna, whom=person), anna) == []


def test_a_correction_does_not_warn_of_itself(anna, desk):
    invoice = factories.to_correct(by=anna, agent=desk.agent, whom=whom(anna))
    assert found(invoice, anna) == []


def test_invoices_of_another_office_are_not_seen(vs, anna):
    from guichet.tenancy.context import tenant

    be = factories.insurer("be", office_code="302", canton="BE")
    with tenant(be.pk):
        stranger = factories.partner(be).collaborator
        factories.sent(by=stranger, whom=whom(stranger), decision="30220260001234")
    assert found(factories.draft(by=anna, whom=whom(anna)), anna) == []


def test_the_sending_keeps_person_and_tags_beside_the_invoice(anna):
    invoice = factories.sent(by=anna, whom=whom(anna))
    assert (invoice.avs_number, invoice.tags) == (AVS, ["service:medical"])


@pytest.mark.proves("PERF-02")
def test_a_persons_invoices_cost_one_statement_and_are_fifty_at_most(vs, anna, django_assert_num_queries):
    first = factories.sent(by=anna, whom=whom(anna))
    copy = Invoice.objects.get(pk=first.pk)
    rows = [Invoice(**_like(copy, number)) for number in range(60)]
    Invoice.objects.bulk_create(rows)
    with django_assert_num_queries(1):
        seen = duplicates.of_person(vs, AVS, form_code="318.632", affiliation_id=anna.affiliation.pk, but=first.pk)
    assert (len(seen), {one.facts.own for one in seen}) == (50, {True})


def _like(invoice, number):
    facts = {field.attname: getattr(invoice, field.attname) for field in Invoice._meta.concrete_fields}
    return facts | {"id": factories.uuid4(), "number": f"VS-2025-{number:06d}"}


@pytest.mark.proves("PERF-01")
def test_a_persons_invoices_are_found_by_their_index(vs, anna):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")  # with hardly a row in the table every index costs the same
        query = Invoice.objects.filter(insurer=vs, avs_number=AVS, sent_at__isnull=False).exclude(avs_number="")
        assert "invoice_of_person" in query.order_by("-period_from").explain()


def test_the_confirmation_links_an_own_invoice_and_asks_why(anna, browser):
    first = factories.sent(by=anna, whom=(person := whom(anna)))
    again = factories.draft(by=anna, whom=person)
    page = browser(anna).get(f"/vs/factures/{again.pk}/confirmer/").content.decode()
    assert f"/vs/factures/{first.pk}/" in page
    assert 'name="answer:duplicate.own@period_from"' in page


def test_the_confirmation_names_nothing_of_another_sender(anna, rival, browser):
    theirs = factories.sent(by=rival, whom=whom(rival))
    mine = factories.draft(by=anna, whom=whom(anna))
    pages, here = browser(anna), f"/vs/factures/{mine.pk}"
    assert pages.post(f"{here}/saisie/", posted(mine, do="check")).status_code == 303
    page = pages.get(f"{here}/confirmer/").content.decode()
    assert "Une facture pour cette personne, cette période et ce montant est déjà en traitement." in page
    assert [word for word in (theirs.number, str(theirs.pk), "Autre foyer") if word in page] == []


def test_the_desk_sees_both_invoices(anna, rival, desk, browser):
    theirs = factories.sent(by=rival, whom=whom(rival))
    mine = factories.sent(by=anna, whom=whom(anna))
    deciding.open_for_review(mine, by=desk.agent)
    (flag,) = flags.duplicates_among(around(desk.agent, mine, tab=ALL).repeated)
    assert (flag.tone, flag.links) == ("attention", ((theirs.number, str(theirs.pk)),))
    assert (
        f"/vs/bureau/factures/{theirs.pk}/"
        in browser(desk.agent).get(f"/vs/bureau/factures/{mine.pk}/").content.decode()
    )


def test_equal_is_equal_to_the_rappen(anna, rows):
    factories.sent(by=anna, whom=(person := whom(anna)), lines=rows("100.10"))
    again = factories.draft(by=anna, whom=person, lines=rows("100.1"))
    assert [code for code, _level, _text in found(again, anna)] == ["duplicate.own"]


def test_invoices_of_before_are_told_apart_by_their_version(anna):
    """What the migration fills in for invoices sent before the column was there."""
    from importlib import import_module

    from django.db import connection

    invoice = factories.sent(by=anna, whom=whom(anna))
    Invoice.objects.filter(pk=invoice.pk).update(avs_number="")
    with connection.cursor() as cursor:
        cursor.execute(import_module("guichet.invoices.migrations.0007_rates_and_duplicates")._FILL)
    invoice.refresh_from_db()
    assert invoice.avs_number == AVS
