"""The office's packages for courts: keyset pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from guichet.kernel import cursors
from guichet.recordings.models import CourtPackage

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

PAGE: Final = 50


@dataclass(frozen=True)
class CourtPage:
    """One page, and where the next one begins."""

    rows: list[CourtPackage]
    next: str = ""
    previous: str = ""


def packages(actor: Actor, *, after: str = "") -> CourtPage:
    """The latest first."""
    rows = CourtPackage.objects.visible_to(actor)
    if start := cursors.decode(after):
        moment, row_id = start
        rows = rows.filter(Q(asked_at__lte=moment) & (Q(asked_at__lt=moment) | Q(id__lt=row_id)))
    related = rows.select_related("recording__mandate", "asked_by", "decided_by")
    found = list(related.order_by("-asked_at", "-id")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return CourtPage(found[:PAGE], cursors.encode(last.asked_at, last.pk) if last else "")
