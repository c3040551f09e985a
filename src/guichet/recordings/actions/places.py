"""How much may be under way or unsent at once: of one expert or centre, and of one office.

Nothing is counted beside the rows: what is sent, abandoned, refused or forgotten is free at once, and no number drifts.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Q, Sum

from guichet.recordings.errors import Limit, TooManyOpen
from guichet.recordings.models import Upload
from guichet.recordings.states import HELD_BY_EXPERT

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guichet.recordings.models import Recording

logger = logging.getLogger(__name__)

_GIB: Final = 1024**3


def take(recording: Recording, length: int) -> None:
    """A place for `length` bytes, in the transaction that makes its row. Raises `TooManyOpen`.

    One upload of an office begins after the other: whoever has the lock sees the rows of all who had it before. What
    this recording had is let go of by then and does not count.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"guichet.deposits.{recording.insurer_id}"]
        )
    own = Q(recording__affiliation=recording.affiliation_id)
    found = _open(recording.insurer_id).aggregate(
        number=Count("pk"), size=Sum("length"), own_number=Count("pk", filter=own), own_size=Sum("length", filter=own)
    )
    _refuse_beyond(_limit(of_office=False), found["own_number"], found["own_size"] or 0, length)
    _refuse_beyond(_limit(of_office=True), found["number"], found["size"] or 0, length)


def _open(insurer_id: int) -> QuerySet[Upload]:
    """Uploads whose bytes are kept for a recording that was not sent: on their way, or its original."""
    kept = Q(done_at=None) | Q(recording__original_id=F("stored_id"))
    held = Q(recording__insurer=insurer_id, recording__status__in=sorted(HELD_BY_EXPERT))
    return Upload.objects.filter(held, kept, failure="")


def _limit(*, of_office: bool) -> Limit:
    number, gibibytes = settings.DEPOSITS_OF_OFFICE if of_office else settings.DEPOSITS_OF_ACCOUNT
    return Limit(of_office, number, gibibytes * _GIB)


def _refuse_beyond(limit: Limit, number: int, size: int, length: int) -> None:
    if number < limit.number and size + length <= limit.size:
        return
    if limit.of_office:
        logger.warning("An office is full: %s deposits under way or unsent, %s bytes", number, size)
    raise TooManyOpen(limit, number, size)
