"""Mandates in lists: keyset pages, a fixed number of statements, no counting of everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Prefetch, Q

from guichet.accounts.models import Affiliation, AffiliationKind
from guichet.kernel import cursors
from guichet.kernel.text import searchable
from guichet.recordings.models import Forwarding, Mandate, Recording, RedepositRequest, Waiver
from guichet.recordings.states import CLOSED, Status

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor

PAGE: Final = 50
_LONGEST: Final = 120


@dataclass(frozen=True)
class MandatePage:
    """One page of mandates, and where the next and the one before begin."""

    rows: list[Mandate]
    next: str = ""
    previous: str = ""


def mandates(
    actor: Actor, *, text: str = "", unconfirmed: bool = False, after: str = "", before: str = ""
) -> MandatePage:
    """What this person may see, the latest first; by number, name or AVS number; or the unconfirmed."""
    rows = Mandate.objects.visible_to(actor)
    if text:
        rows = rows.filter(search__contains=searchable(text[:_LONGEST].replace("\0", "").replace(".", "")))
    if unconfirmed:
        rows = rows.filter(confirmed_at=None)
    start, end = cursors.decode(after), cursors.decode(before)
    if end is not None:
        found = _fetch(rows.filter(_beyond("gt", end)), "created_at", "id")
        if len(found) >= PAGE:
            shown = found[:PAGE][::-1]
            return MandatePage(shown, _cursor(shown[-1]), _cursor(shown[0]) if len(found) > PAGE else "")
        start = None
    found = _fetch(rows.filter(_beyond("lt", start)) if start else rows, "-created_at", "-id")
    return MandatePage(
        found[:PAGE],
        _cursor(found[PAGE - 1]) if len(found) > PAGE else "",
        _cursor(found[0]) if start and found else "",
    )


def with_state(rows: QuerySet[Mandate]) -> QuerySet[Mandate]:
    """With the waiver in force and the recordings, the latest first: `waivers_in_force`, `latest`."""
    again = RedepositRequest.objects.filter(recording=OuterRef("pk"), answered_at=None)
    rows_of = Recording.objects.annotate(asked_again=Exists(again))
    recordings = rows_of.order_by("-started_at", "-id").defer("segments", "quality", "parts")
    return rows.select_related("affiliation__partner").prefetch_related(
        Prefetch("waivers", Waiver.objects.filter(revoked_on=None), to_attr="waivers_in_force"),
        Prefetch("recordings", recordings, to_attr="latest"),
    )


def for_recorder(actor: Actor, *, since: date, until: date) -> list[Mandate]:
    """Open mandates with an interview in these days, or without a date yet, with their waivers; at most a hundred."""
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    open_ones = Mandate.objects.visible_to(actor).filter(closed_at=None)
    due = open_ones.filter(Q(interview_dates__overlap=days) | Q(interview_dates=[]))
    return list(with_state(due).order_by("-created_at", "-id")[:100])


def unconfirmed_count(actor: Actor) -> int:
    """How many mandates wait for the office's confirmation, at most 1 000."""
    rows = Mandate.objects.visible_to(actor).filter(confirmed_at=None)
    return rows.order_by("created_at")[:1000].count()


def open_requests(mandate: Mandate) -> list[RedepositRequest]:
    """The office's requests for a new deposit that were not answered yet."""
    rows = RedepositRequest.objects.filter(recording__mandate=mandate, answered_at=None)
    rows = rows.exclude(recording__status__in={*CLOSED, Status.DESTRUCTION_ASKED})  # nothing is there to replace
    return list(rows.select_related("recording").order_by("asked_at", "id"))


def moved(mandate: Mandate) -> list[Forwarding]:
    """Recordings of a mandate that went on to another office, the latest first."""
    rows = Forwarding.objects.filter(recording__mandate=mandate).select_related("to", "recording")
    return list(rows.order_by("-at", "-id")[:20])


def experts(actor: Actor) -> list[Affiliation]:
    """The office's accepted experts and centres, by name; at most a thousand."""
    kinds = (AffiliationKind.EXPERT, AffiliationKind.CENTRE)
    rows = Affiliation.objects.filter(insurer=actor.insurer, status="accepted", kind__in=kinds)
    return list(rows.select_related("partner").order_by("partner__name", "id")[:1000])


def _fetch(rows: QuerySet[Mandate], *order: str) -> list[Mandate]:
    return list(with_state(rows).order_by(*order)[: PAGE + 1])


def _beyond(way: str, at: tuple[datetime, UUID]) -> Q:
    moment, row_id = at
    return Q(**{f"created_at__{way}e": moment}) & (Q(**{f"created_at__{way}": moment}) | Q(**{f"id__{way}": row_id}))


def _cursor(row: Mandate) -> str:
    return cursors.encode(row.created_at, row.pk)
