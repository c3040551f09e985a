"""Who heard what, when, on which ground, and which seconds (REC-21); what stands beside a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from guichet.kernel import dates
from guichet.recordings import rules
from guichet.recordings.grounds import GROUNDS
from guichet.recordings.models import DefectReport, EndReason, Listening, ListeningGrant, Marker

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from guichet.accounts.access import Actor
    from guichet.recordings.models import Mandate, Recording

_MOST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One listening, in words: « 00:00–00:08, 40:00–40:05 »."""

    at: datetime
    who: str
    role: str  # staff, listener, commission
    ground: str | _StrPromise
    article: str
    case_reference: str
    played: str  # what the browser played; empty if nothing
    served: str  # what was sent to it: an upper bound of what was heard
    throttled: int  # requests faster than hearing
    running: bool
    recording_id: UUID


def listenings(recording: Recording) -> list[Heard]:
    """Who listened to a recording, the latest first; at most 200."""
    return _in_words(Listening.objects.filter(recording=recording))


def listenings_of(mandate: Mandate) -> list[Heard]:
    """Who listened to any recording of a mandate, the latest first; for the person concerned (REC-22)."""
    return _in_words(Listening.objects.filter(recording__mandate=mandate))


def listenings_on(grant: ListeningGrant) -> list[Heard]:
    """What was heard on one access: all a listener without an account may see."""
    return _in_words(Listening.objects.filter(grant=grant))


def _in_words(rows: QuerySet[Listening]) -> list[Heard]:
    found = rows.select_related("person", "grant").order_by("-started_at", "-id")[:_MOST]
    return [_heard(row) for row in found]


def _heard(row: Listening) -> Heard:
    ground = GROUNDS.get(row.ground)
    return Heard(
        at=row.started_at,
        who=row.who_name,
        role=row.role,
        ground=ground.label if ground else row.ground,
        article=ground.law if ground else "",
        case_reference=row.case_reference,
        played=rules.in_words(row.played),
        served=rules.in_words(row.served),
        throttled=row.throttled,
        running=row.end_reason == EndReason.RUNNING and row.ended_at is None and timezone.now() < row.expires_at,
        recording_id=row.recording_id,
    )


@dataclass(frozen=True)
class GrantRow:
    """An access as the office sees it in a list."""

    grant: ListeningGrant
    ground: str | _StrPromise
    days_left: int
    state: str  # open, revoked, expired


def grants(actor: Actor, recording: Recording) -> list[GrantRow]:
    """The accesses of a recording, the latest first; at most 200."""
    today = dates.zurich_date(timezone.now())
    rows = ListeningGrant.objects.visible_to(actor).filter(recording=recording).select_related("granted_by")
    return [
        GrantRow(grant, GROUNDS[grant.ground].label, rules.days_left(grant.until, today), state_of(grant))
        for grant in rows.order_by("-granted_at", "-id")[:_MOST]
    ]


def state_of(grant: ListeningGrant) -> str:
    """open, revoked or expired."""
    if grant.revoked_at:
        return "revoked"
    return "open" if grant.is_alive else "expired"


def markers(actor: Actor, recording: Recording) -> list[Marker]:
    """Markers this person may see, in the order of the sound."""
    rows = Marker.objects.visible_to(actor).filter(recording=recording, removed_at=None)
    related = rows.select_related("author", "recording__original")
    return list(related.order_by("at_ms", "created_at", "id")[:500])


def defects(recording: Recording) -> list[DefectReport]:
    """What listeners reported, the latest first."""
    related = ("grant", "person", "settled_by", "recording__original")
    rows = DefectReport.objects.filter(recording=recording).select_related(*related)
    return list(rows.order_by("-reported_at", "-id")[:_MOST])
