"""Mandates: announced by the office, or opened by the expert and confirmed; waiver and revocation (REC-05, 15)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import notify
from guichet.accounts.models import Affiliation, AffiliationKind, AffiliationStatus, Membership
from guichet.casework import uploads
from guichet.kernel.text import searchable
from guichet.recordings.actions.common import note_mandate
from guichet.recordings.errors import NotPossible, NumberTaken, TooLate
from guichet.recordings.models import Mandate, Origin, Recording, Waiver
from guichet.recordings.queries.insured import is_insured

if TYPE_CHECKING:
    from datetime import date

    from guichet.accounts.access import Actor
    from guichet.accounts.models import Person
    from guichet.casework.uploads import Checked

EXPERTS: Final = frozenset({AffiliationKind.EXPERT, AffiliationKind.CENTRE})
"""Affiliations that receive mandates."""
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LAW: Final = "OPGA 7k al. 3 let. a"
_BACK: Final = "OPGA 7k al. 4"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an expertise before the interview."""

    last_name: str
    first_name: str
    birth_date: date
    avs_number: str
    interview_dates: tuple[date, ...] = ()
    number: str = ""  # the office's reference; empty: the platform gives one
    language: str = "fr"
    mobile: str = ""
    email: str = ""
    expert_name: str = ""


@transaction.atomic
def announce(*, affiliation: Affiliation, facts: Facts, by: Actor) -> Mandate:
    """The office announces an expertise to an expert or a centre, which gets a mail without names.

    Raises `NumberTaken`, and `NotPossible` if the affiliation is not an accepted expert or centre of this office.
    """
    accepted = affiliation.status == "accepted" and affiliation.kind in EXPERTS
    if not accepted or affiliation.insurer_id != by.insurer.pk:
        raise NotPossible
    mandate = _create(affiliation, facts, origin=Origin.OFFICE, by=by)
    note_mandate(mandate, "announced", by=by)
    for person in people_of(affiliation):
        notify.mail(
            "recordings/announced",
            insurer=by.insurer,
            to=person.email,
            language=person.language,
            context={"path": f"/{by.insurer.slug}/mandats/", "reference": mandate.number},
            key=f"mandate-announced-{mandate.pk}-{person.pk}",
        )
    return mandate


@transaction.atomic
def open_mandate(*, facts: Facts, by: Actor) -> Mandate:
    """An expert opens a mandate the office has not announced; the office confirms it on receipt (REC-05)."""
    if by.affiliation is None or by.affiliation.kind not in EXPERTS:
        raise NotPossible
    mandate = _create(by.affiliation, facts, origin=Origin.EXPERT, by=by)
    note_mandate(mandate, "opened", by=by)
    return mandate


def _create(affiliation: Affiliation, facts: Facts, *, origin: Origin, by: Actor) -> Mandate:
    number = facts.number or f"M-{timezone.localdate():%Y}-{''.join(secrets.choice(_SIGNS) for _ in range(8))}"
    announced = origin == Origin.OFFICE
    try:
        with transaction.atomic():
            return Mandate.objects.create(
                insurer=by.insurer,
                affiliation=affiliation,
                number=number,
                origin=origin,
                last_name=facts.last_name,
                first_name=facts.first_name,
                birth_date=facts.birth_date,
                avs_number=facts.avs_number,
                language=facts.language,
                mobile=facts.mobile,
                email=facts.email,
                expert_name=facts.expert_name,
                interview_dates=sorted(set(facts.interview_dates)),
                search=_search(number, facts),
                created_by=by.person,
                confirmed_at=timezone.now() if announced else None,
                confirmed_by=by.person if announced else None,
            )
    except IntegrityError as error:
        if "mandate_number_once" not in str(error):
            raise
        raise NumberTaken(number) from None


def _search(number: str, facts: Facts) -> str:
    words = f"{number} {facts.last_name} {facts.first_name} {facts.last_name} {facts.avs_number}"
    return searchable(words)[:240]


@transaction.atomic
def confirm(mandate: Mandate, *, number: str, by: Actor) -> None:
    """The office takes a mandate opened by an expert for its own; `number` is its own reference, or empty.

    Raises `NotPossible` if it was confirmed before, `NumberTaken`.
    """
    locked = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if locked.confirmed_at is not None:
        raise NotPossible
    locked.confirmed_at, locked.confirmed_by = timezone.now(), by.person
    if number:
        locked.search = locked.search.replace(searchable(locked.number), searchable(number))[:240]
        locked.number = number
    try:
        with transaction.atomic():
            locked.save(update_fields=["confirmed_at", "confirmed_by", "number", "search"])
    except IntegrityError:
        raise NumberTaken(number) from None
    note_mandate(locked, "confirmed", by=by)
    mandate.refresh_from_db()


@transaction.atomic
def enter_waiver(mandate: Mandate, *, declared_on: date, document: Checked | None, by: Actor) -> Waiver:
    """The insured person's written waiver, lodged with the office before the interview (OPGA 7k al. 3 let. a).

    Without a paper only by the person herself, in her own account (REC-22).

    Raises `TooLate` if an interview had taken place (then the recording may be destroyed on request, within ten days),
    `NotPossible` if a waiver is in force.
    """
    if document is None and not is_insured(by, mandate):
        raise NotPossible
    locked = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    first = _first_interview(locked)
    if declared_on > timezone.localdate() or (first and declared_on > first):
        raise TooLate
    if Waiver.objects.filter(mandate=locked, revoked_on=None).exists():
        raise NotPossible
    waiver = Waiver.objects.create(
        insurer=by.insurer,
        mandate=locked,
        declared_on=declared_on,
        document=uploads.keep(document, insurer=by.insurer) if document else None,
        entered_by=by.person,
    )
    note_mandate(locked, "waived", by=by, legal_basis=_LAW, detail={"declared_on": declared_on.isoformat()})
    _tell(locked, "waived", by=by, key=f"mandate-waived-{waiver.pk}")
    return waiver


@transaction.atomic
def revoke_waiver(waiver: Waiver, *, revoked_on: date, document: Checked | None, by: Actor) -> None:
    """The person wants the recording after all; only before the interview (OPGA 7k al. 4).

    Without a paper only by the person herself, in her own account. Raises `TooLate` after the interview, `NotPossible`
    if the waiver is not in force.
    """
    if document is None and not is_insured(by, waiver.mandate):
        raise NotPossible
    locked = Mandate.objects.select_for_update(of=("self",)).get(pk=waiver.mandate_id)
    first = _first_interview(locked)
    today = timezone.localdate()
    if revoked_on > today or revoked_on < waiver.declared_on or (first and revoked_on > first):
        raise TooLate
    in_force = Waiver.objects.filter(pk=waiver.pk, revoked_on=None)
    if not in_force.update(revoked_on=revoked_on, revoked_at=timezone.now(), revoked_by=by.person):
        raise NotPossible
    if document is not None:
        Waiver.objects.filter(pk=waiver.pk).update(revocation=uploads.keep(document, insurer=by.insurer))
    note_mandate(locked, "waiver_revoked", by=by, legal_basis=_BACK, detail={"revoked_on": revoked_on.isoformat()})
    _tell(locked, "waiver_revoked", by=by, key=f"mandate-waiver-revoked-{waiver.pk}")


def _first_interview(mandate: Mandate) -> date | None:
    """Planned or held, whichever came first; what only the expert has, or is still uploading, was held as well."""
    recordings = Recording.objects.filter(mandate=mandate).order_by("interview_on")
    held = recordings.values_list("interview_on", flat=True).first()
    return min((day for day in [*mandate.interview_dates, held] if day), default=None)


def _tell(mandate: Mandate, template: str, *, by: Actor, key: str) -> None:
    for person in people_of(mandate.affiliation):
        notify.mail(
            f"recordings/{template}",
            insurer=by.insurer,
            to=person.email,
            language=person.language,
            context={"path": page_of(mandate), "reference": mandate.number},
            key=f"{key}-{person.pk}",
        )


def page_of(mandate: Mandate) -> str:
    """The mandate's page for who deposits; empty while the office has not admitted them, and the page is closed."""
    if mandate.affiliation.status != AffiliationStatus.ACCEPTED:
        return ""
    return f"/{mandate.insurer.slug}/mandats/{mandate.pk}/"


def people_of(affiliation: Affiliation) -> list[Person]:
    """Who works for an expert or a centre: everybody there deposits, so everybody is told."""
    members = Membership.objects.filter(affiliation=affiliation, removed_at=None).select_related("person")
    return [member.person for member in members.order_by("created_at", "id")]
