"""Sent to the wrong office: the receiving office forwards a recording to the right one (REC-07).

Each side is written inside its own tenant. The key is wrapped by the other office's key and shredded here, so links,
accesses and listenings of the first office die with the commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import notify, storage
from guichet.accounts.models import AffiliationStatus, Membership
from guichet.kernel.text import clean_line
from guichet.recordings.actions import court, experts, handing
from guichet.recordings.actions.common import locked_row, note
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.actions.mandates import people_of
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.models import (
    Arrival,
    DefectReport,
    EndReason,
    Forwarding,
    Listening,
    ListeningGrant,
    Mandate,
    Marker,
    Origin,
    Recording,
)
from guichet.recordings.states import WORKFLOW, Status
from guichet.tenancy.context import tenant
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.accounts.models import Affiliation
    from guichet.storage.models import StoredObject

_CARRIED = [
    "status",
    "source",
    "name",
    "ingest",
    "media",
    "duration_ms",
    "quality",
    "segments",
    "interview_on",
    "spoken_start_ms",
    "spoken_end_ms",
    "parts",
    "report_reference",
    "report_date",
    "confirmed",
    "deposited_at",
    "deposited_by",
    "sent_at",
    "sent_by",
]
_HISTORY = ("deposited", "sent", "archived", "arrived")


def offices(insurer: Insurer) -> list[Insurer]:
    """Where a recording of this office can be forwarded to."""
    others = Insurer.objects.filter(kind="ai_office", systems__contains=["recordings"]).exclude(pk=insurer.pk)
    return list(others.order_by("name_fr", "pk")[:50])


@transaction.atomic
def forward(recording: Recording, *, to: Insurer, reason: str, by: Actor) -> Forwarding:
    """Give it to the other office, as « Envoyé », with the waivers and requests of its mandate and its legal hold.

    Raises `NotYours`, `Incomplete` without a reason, `NotPossible`: also where its destruction was asked for, which is
    executed, or taken back first, by the office that has it.
    """
    said = _checked(to, reason, by)
    list(Mandate.objects.select_for_update().filter(pk=recording.mandate_id).values_list("pk"))  # as asking does
    locked = _locked(recording, by)
    copies = handing.to_carry(locked.mandate)
    past = _past(locked, by.insurer)
    moved = {name: _moved(getattr(locked, name), to) for name in ("original", "copy", "peaks")}
    members = list(
        Membership.objects.filter(affiliation=locked.affiliation_id, removed_at=None).select_related("person")
    )
    with tenant(to.pk):
        arrived = _arrive(locked, moved, members, to, by)
        Arrival.objects.create(insurer=to, recording=arrived, origin=by.insurer, reason=said, at=timezone.now(), **past)
        handing.carry(copies, arrived.mandate, by=by)
        _greet(arrived, to, by)
    _leave(locked, by)
    forwarding = Forwarding.objects.create(
        insurer=by.insurer, recording=locked, to=to, arrived_as=arrived.pk, reason=said, at=timezone.now(), by=by.person
    )
    note(
        locked,
        "forwarded",
        by=by,
        text=f"{_name(to, by.insurer.languages[0])} : {said}",
        recipient=str(to.pk),
        legal_basis="LPGA 30",
    )
    _tell_expert(locked, to, forwarding.pk, admitted=_admitted(arrived))
    recording.refresh_from_db()
    return forwarding


def _checked(to: Insurer, reason: str, by: Actor) -> str:
    """The reason, as it is kept."""
    if not by.is_staff or not by.has("records"):
        raise NotYours
    said = clean_line(reason[:500], 500)
    if not said:
        raise Incomplete(["reason"])
    if to.pk == by.insurer.pk or "recordings" not in to.systems:
        raise NotPossible
    return said


def _past(recording: Recording, office: Insurer) -> dict[str, Any]:
    """What it takes along of all offices so far: its history, and the places where its bytes once lay."""
    before = Arrival.objects.filter(recording=recording).first()
    history = [*(before.history if before else []), *_history(recording, office)]
    return {"history": history, "former": [*(before.former if before else []), *_places(recording)]}


def _locked(recording: Recording, by: Actor) -> Recording:
    rows = Recording.objects.filter(pk=recording.pk, insurer=by.insurer, status__in=WORKFLOW["forward"].sources)
    locked = locked_row(rows, "mandate", "affiliation__partner", "original", "copy", "peaks")
    if locked is None or locked.original is None:
        raise NotPossible
    return locked


def _history(recording: Recording, office: Insurer) -> list[list[str]]:
    rows = recording.events.filter(act__in=_HISTORY).order_by("at", "id")
    return [[row.at.isoformat(), row.act, office.name_fr] for row in rows]


def _places(recording: Recording) -> list[list[object]]:
    held = (recording.original, recording.copy, recording.peaks)
    return [[one.insurer_id, str(one.pk)] for one in held if one is not None]


def _moved(obj: StoredObject | None, to: Insurer) -> StoredObject | None:
    return storage.move(obj, to=to) if obj is not None and not obj.destroyed_at else None


def _arrive(
    recording: Recording,
    moved: dict[str, StoredObject | None],
    members: list[Membership],
    to: Insurer,
    by: Actor,
) -> Recording:
    """Mandate and recording at the other office; it confirms the mandate on receipt, as one that an expert opened."""
    carried = {name: getattr(recording, name) for name in _CARRIED} | {"status": Status.SENT}
    affiliation = experts.known_at(to, of=recording.affiliation, members=members, by=by)
    mandate = _mandate_at(recording.mandate, to, affiliation)
    arrived = Recording.objects.create(
        insurer=to, affiliation=affiliation, mandate=mandate, changed_at=timezone.now(), **carried, **moved
    )
    note(arrived, "arrived", by=by, text=_name(by.insurer, to.languages[0]), legal_basis="LPGA 30")
    return arrived


def _name(office: Insurer, language: str) -> str:
    return str(getattr(office, f"name_{language}", office.name_fr))


def _admitted(recording: Recording) -> bool:
    """Whether the expert of a recording may log in where it is now."""
    return recording.affiliation.status == AffiliationStatus.ACCEPTED


def _mandate_at(mandate: Mandate, to: Insurer, affiliation: Affiliation) -> Mandate:
    names = [
        "last_name",
        "first_name",
        "birth_date",
        "avs_number",
        "language",
        "mobile",
        "email",
        "expert_name",
        "interview_dates",
        "search",
        "legal_hold",
    ]
    known = {name: getattr(mandate, name) for name in names}
    for number in (
        mandate.number,
        f"{mandate.number}-{mandate.insurer.number_prefix}"[:30],
        f"T-{mandate.pk.hex[:20]}",
    ):
        try:
            with transaction.atomic():
                return Mandate.objects.create(
                    insurer=to, affiliation=affiliation, number=number, origin=Origin.EXPERT, **known
                )
        except IntegrityError:
            continue
    raise NotPossible


def _greet(arrived: Recording, to: Insurer, by: Actor) -> None:
    notify.mail(
        "recordings/arrived",
        insurer=to,
        to=to.email,
        language=to.languages[0],
        context={
            "reference": arrived.mandate.number,
            "office": _name(by.insurer, to.languages[0]),
            "path": f"/{to.slug}/bureau/enregistrements/{arrived.pk}/",
            "vetting": "" if _admitted(arrived) else f"/{to.slug}/bureau/inscriptions/{arrived.affiliation_id}/",
        },
        key=f"recording-arrived-{arrived.pk}",
    )


def _leave(recording: Recording, by: Actor) -> None:
    """A row without content stays here."""
    now = timezone.now()
    for obj in court.drop(recording):
        storage.destroy(obj)
    Marker.objects.filter(recording=recording).update(text="", removed_at=now)
    DefectReport.objects.filter(recording=recording).update(text="", outcome="")
    Listening.objects.filter(recording=recording, ended_at=None).update(ended_at=now, end_reason=EndReason.REVOKED)
    alive = ListeningGrant.objects.filter(recording=recording, revoked_at=None)
    alive.update(revoked_at=now, revoked_by=by.person)
    Recording.objects.filter(pk=recording.pk).update(
        status=Status.FORWARDED, changed_at=now, name="", segments=[], quality={}, parts=[]
    )


def _tell_expert(recording: Recording, to: Insurer, forwarding_id: UUID, *, admitted: bool) -> None:
    insurer = recording.mandate.insurer
    for person in people_of(recording.affiliation):
        notify.mail(
            "recordings/forwarded",
            insurer=insurer,
            to=person.email,
            language=person.language,
            context={
                "reference": recording.mandate.number,
                "office": _name(to, person.language),
                "admitted": admitted,
                "path": f"/{insurer.slug}/mandats/{recording.mandate_id}/",
            },
            key=f"recording-forwarded-{forwarding_id}-{person.pk}",
        )
