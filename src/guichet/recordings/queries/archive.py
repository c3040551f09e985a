"""The office's archive: keyset pages, a fixed number of statements, no counting of everything (REC-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q

from guichet.accounts.models import Affiliation, AffiliationKind
from guichet.kernel import cursors
from guichet.kernel.text import searchable
from guichet.recordings.models import Mandate, Recording
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor

PAGE: Final = 50
SHOWN: Final = (
    Status.SENT,
    Status.ARCHIVED,
    Status.REPLACED,
    Status.FORWARDED,
    Status.DESTRUCTION_ASKED,
    Status.DESTROYED,
)
"""States of what the office has, or had."""
_MOST_MATCHES: Final = 500  # mandates or experts a search may name; more is not a search
_KINDS: Final = (AffiliationKind.EXPERT, AffiliationKind.CENTRE)


@dataclass(frozen=True)
class ArchivePage:
    """One page of the archive, and where the next and the one before begin."""

    rows: list[Recording]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Looked:
    """What the archive is narrowed to; all from the address of the page. Days are of the interview."""

    text: str = ""  # number of the mandate, name, AVS number
    expert: str = ""  # id of an affiliation
    status: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def any(self) -> bool:
        """Whether something is narrowed."""
        return bool(self.text or self.expert or self.status or self.since or self.until)


def archive(actor: Actor, looked: Looked, *, after: str = "", before: str = "") -> ArchivePage:
    """What was sent to the office, the latest first."""
    rows = _narrow(Recording.objects.visible_to(actor).filter(sent_at__isnull=False), actor, looked)
    start, end = cursors.decode(after), cursors.decode(before)
    if end is not None:
        found = _fetch(rows.filter(_beyond("gt", end)), "sent_at", "id")
        if len(found) >= PAGE:
            shown = found[:PAGE][::-1]
            return ArchivePage(shown, _cursor(shown[-1]), _cursor(shown[0]) if len(found) > PAGE else "")
        start = None
    found = _fetch(rows.filter(_beyond("lt", start)) if start else rows, "-sent_at", "-id")
    more = _cursor(found[PAGE - 1]) if len(found) > PAGE else ""
    return ArchivePage(found[:PAGE], more, _cursor(found[0]) if start and found else "")


def to_receive(actor: Actor) -> int:
    """How many recordings wait to be received, at most 1 000."""
    waiting = Recording.objects.visible_to(actor).filter(status=Status.SENT).order_by("sent_at", "id")
    return len(waiting.values("pk")[:1000])


def experts(actor: Actor) -> list[Affiliation]:
    """The office's experts and centres, by name; for the filter."""
    known = Affiliation.objects.filter(insurer=actor.insurer, kind__in=_KINDS, status="accepted")
    return list(known.select_related("partner").order_by("partner__name", "pk")[:_MOST_MATCHES])


def _narrow(rows: QuerySet[Recording], actor: Actor, looked: Looked) -> QuerySet[Recording]:
    if looked.status in SHOWN:
        rows = rows.filter(status=looked.status)
    if looked.expert:
        try:
            rows = rows.filter(affiliation_id=UUID(looked.expert))
        except ValueError:
            return rows.none()
    if looked.since:
        rows = rows.filter(interview_on__gte=looked.since)
    if looked.until:
        rows = rows.filter(interview_on__lte=looked.until)
    if looked.text:
        rows = rows.filter(mandate_id__in=_mandates(actor, looked.text))
    return rows


def _mandates(actor: Actor, text: str) -> list[UUID]:
    """Mandates by any part of number or name, without accents and case, or by digits of the AVS number."""
    text = text[:120].replace("\0", "")
    digits = "".join(sign for sign in text if sign.isdigit())
    wanted = Q(search__contains=searchable(text))
    if len(digits) >= 4 and not any(sign.isalpha() for sign in text):
        wanted |= Q(avs_number__contains=digits)
    known = Mandate.objects.filter(wanted, insurer=actor.insurer)
    return list(known.order_by("pk").values_list("pk", flat=True)[:_MOST_MATCHES])


def _fetch(rows: QuerySet[Recording], *order: str) -> list[Recording]:
    """The keys by the index first, then the rows with what belongs to them, in one statement."""
    keys = rows.order_by(*order).values("pk")[: PAGE + 1]
    related = Recording.objects.select_related("mandate", "affiliation__partner").defer("segments", "quality", "parts")
    return list(related.filter(pk__in=keys).order_by(*order))


def _beyond(way: str, at: tuple[datetime, UUID]) -> Q:
    moment, row_id = at
    return Q(**{f"sent_at__{way}e": moment}) & (Q(**{f"sent_at__{way}": moment}) | Q(**{f"id__{way}": row_id}))


def _cursor(row: Recording) -> str:
    return cursors.encode(row.sent_at, row.pk) if row.sent_at else ""
