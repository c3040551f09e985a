"""The demo's data: four insurers, their people, and cases in every state (demo.md is its contract)."""

from __future__ import annotations

import json
import multiprocessing
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections
from django.utils import timezone, translation

from guichet.accounts.access import Actor
from guichet.accounts.demo import seed_accounts
from guichet.accounts.models import AffiliationKind, BankAccount, Membership, StaffMember
from guichet.invoices import demo as invoices
from guichet.invoices import demo_desk, demo_ledger, demo_money, demo_persons, demo_repeated
from guichet.invoices.bulk import fill
from guichet.invoices.checking import COMPANY_ACCOUNT
from guichet.recordings import demo as recordings
from guichet.recordings import demo_custody, demo_listening
from guichet.storage.durable import synced_together
from guichet.tenancy.context import tenant
from guichet.tenancy.demo import seed_insurers
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_INVOICES = {"vs": 144, "be": 48}
_PEOPLE = {"vs": 24, "be": 12}
_WORKS_IN = {"be": "de"}  # what its invented people write; the pages begin in French everywhere


def seed(*, say: Callable[[str], object] = lambda _text: None) -> None:
    """Fill an empty database; writes `demo.json` into the data directory."""
    with synced_together():
        insurers = seed_insurers()
        accounts = seed_accounts(insurers)
        first, *others = [one for one in enumerate(insurers) if "invoices" in one[1].systems]
        with _beside(partial(_seed_invoices_of, *first)):  # by far the longest: on a core of its own
            for number, insurer in others:
                _seed_invoices_of(number, insurer)
            for number, insurer in enumerate(insurers):
                if "recordings" in insurer.systems:
                    with tenant(insurer.pk):
                        _seed_recordings(insurer, first=4100 + 100 * number)
        path = settings.VAR / "demo.json"
        path.write_text(json.dumps(accounts, ensure_ascii=False, indent=1))
        path.chmod(0o600)
    say(f"{len(accounts)} accounts in {path}")


@contextmanager
def _beside(work: Callable[[], None]) -> Iterator[None]:
    """Do this in a process of its own during the block, which waits for it. Raises `ChildProcessError`."""
    connections.close_all()  # a child shares no connection
    other = multiprocessing.get_context("fork").Process(target=work)
    other.start()
    try:
        yield
    finally:
        other.join()
    if other.exitcode:
        raise ChildProcessError(f"seeding ended with {other.exitcode}")


def bulk(*, invoices: int) -> None:
    """Many invoices more at the first insurer, for measurements."""
    insurer = Insurer.objects.get(slug="vs")
    with tenant(insurer.pk):
        fill(count=invoices)


def _seed_invoices_of(number: int, insurer: Insurer) -> None:
    with tenant(insurer.pk), translation.override(_WORKS_IN.get(insurer.slug, "fr")):
        _seed_invoices(insurer, first=1000 * (number + 1))


def _seed_invoices(insurer: Insurer, *, first: int) -> None:
    members = _members(insurer)
    agent = _staff(insurer, "agent")
    people = invoices.seed_beneficiaries(members[0], count=_PEOPLE[insurer.slug], first=first)
    account = BankAccount.objects.filter(affiliation=members[0].affiliation, archived_at=None).order_by("created_at")[0]
    now = timezone.now()
    demo_persons.seed_papers(members[0], people)
    invoices.seed_invoices(
        partner=members,
        agent=agent,
        people=people,
        count=_INVOICES[insurer.slug],
        account=f"{COMPANY_ACCOUNT}{account.pk}",
        until=now - timedelta(hours=3),
    )
    invoices.seed_batch(_staff(insurer, "administrator"), moment=now - timedelta(days=1))
    demo_money.seed_answers(_staff(insurer, "administrator"), moment=now - timedelta(hours=5))
    invoices.seed_drafts(members[-1], people)
    demo_repeated.seed_rates(_staff(insurer, "administrator"))
    demo_repeated.seed_repeated(members[-1], _other_company(insurer, members[0]))
    demo_ledger.seed_decisions(agent, sender=members[-1], account=f"{COMPANY_ACCOUNT}{account.pk}")
    demo_desk.seed_desk(agent, _staff(insurer, "administrator"))
    demo_desk.seed_rule(_staff(insurer, "administrator", number=1))
    demo_persons.seed_insured(members[-1], _insured(insurer), account=f"{COMPANY_ACCOUNT}{account.pk}")


def _seed_recordings(insurer: Insurer, *, first: int) -> None:
    """For the experts and centres of the office; an office without any has no recordings."""
    kinds = (AffiliationKind.EXPERT, AffiliationKind.CENTRE)
    rows = Membership.objects.filter(removed_at=None, affiliation__kind__in=kinds, affiliation__status="accepted")
    experts = [
        Actor(person=row.person, insurer=insurer, role=row.role, affiliation=row.affiliation)
        for row in rows.select_related("person", "affiliation__partner").order_by("created_at", "id")
    ]
    if not experts:
        return
    office = _staff(insurer, "administrator")
    insured = demo_custody.insured_of(office)
    made = recordings.seed_recordings(experts=experts, office=office, first=first, insured=insured)
    hearer = (
        StaffMember.objects.select_related("person")
        .filter(rights__contains=["listen"], removed_at=None)
        .order_by("created_at")
        .first()
    )
    commission = (
        StaffMember.objects.select_related("person")
        .filter(role="commission", removed_at=None)
        .order_by("created_at")
        .first()
    )
    if hearer is not None:
        demo_listening.seed_listening(
            [recording for recording in made if recording.status == "archived"],
            manager=office,
            hearer=_actor_of(hearer, insurer),
            commission=_actor_of(commission, insurer) if commission else None,
        )
    rows_of_staff = StaffMember.objects.select_related("person").filter(removed_at=None)
    second = rows_of_staff.filter(rights__contains=["records", "court"]).order_by("created_at").first()
    demo_custody.seed_custody(
        made, office=office, second=_actor_of(second, insurer) if second else None, paper=recordings.PAPER
    )


def _members(insurer: Insurer) -> list[Actor]:
    """The manager and collaborators of the company with the demo's accounts: the one that has both."""
    rows = (
        Membership.objects.filter(
            removed_at=None, affiliation__kind=AffiliationKind.INSTITUTION, affiliation__status="accepted"
        )
        .select_related("person", "affiliation__partner")
        .order_by("created_at")
    )
    by_company: dict[object, list[Actor]] = {}
    for row in rows:
        actor = Actor(person=row.person, insurer=insurer, role=row.role, affiliation=row.affiliation)
        by_company.setdefault(row.affiliation_id, []).append(actor)
    return max(by_company.values(), key=len)


def _insured(insurer: Insurer) -> Actor | None:
    """The insured person with an account, if the insurer has one."""
    rows = Membership.objects.filter(affiliation__kind=AffiliationKind.INSURED, affiliation__status="accepted")
    row = rows.select_related("person", "affiliation__partner").order_by("created_at", "id").first()
    return Actor(person=row.person, insurer=insurer, role=row.role, affiliation=row.affiliation) if row else None


def _other_company(insurer: Insurer, known: Actor) -> Actor | None:
    """Somebody of another institution, if the insurer has one."""
    rows = Membership.objects.filter(
        removed_at=None, affiliation__kind=AffiliationKind.INSTITUTION, affiliation__status="accepted"
    ).exclude(affiliation=known.affiliation)
    row = rows.select_related("person", "affiliation__partner").order_by("created_at", "id").first()
    return Actor(person=row.person, insurer=insurer, role=row.role, affiliation=row.affiliation) if row else None


def _staff(insurer: Insurer, role: str, *, number: int = 0) -> Actor:
    rows = StaffMember.objects.select_related("person").filter(role=role, removed_at=None).order_by("created_at")
    row = rows[number]
    return _actor_of(row, insurer)


def _actor_of(row: StaffMember, insurer: Insurer) -> Actor:
    return Actor(person=row.person, insurer=insurer, role=row.role, rights=frozenset(row.rights))
