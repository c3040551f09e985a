"""An interview recorded on a device arrives: announced by the device's own id, as often as it needs (REC-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet.recordings import partlog
from guichet.recordings.actions import deposits
from guichet.recordings.actions.common import note
from guichet.recordings.errors import Destroyed, NotPossible
from guichet.recordings.models import Recording, Source
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.recordings.models import Mandate


@transaction.atomic
def announce(
    mandate: Mandate,
    *,
    recording_id: UUID,
    stretches: Sequence[partlog.Stretch],
    device_now: datetime,
    by: Actor,
) -> Recording:
    """The recording of this id, begun if the server has none yet; said again, its log is brought up to date.

    Raises `partlog.WrongLog`, `NotPossible` for a mandate that is somebody else's or closed or an id of another one,
    `WaiverInForce`, and `Destroyed` where the destruction was asked for meanwhile.
    """
    now = timezone.now()
    right = partlog.checked(stretches, device_now=device_now, now=now)
    parts = [stretch.as_json for stretch in right]
    there = _there(recording_id)
    if there is None:
        begun = _begin(mandate, recording_id, right, parts, by=by)
        if begun is not None:
            return begun
        there = _there(recording_id)  # begun at this moment by a request whose answer the device never got
    if there is None or (there.mandate_id, there.source) != (mandate.pk, Source.RECORDER):
        raise NotPossible
    if there.status in {Status.DESTROYED, Status.DESTRUCTION_ASKED}:
        raise Destroyed
    if there.status == Status.UPLOADING and there.parts != parts:
        there.parts, there.changed_at = parts, now
        there.save(update_fields=["parts", "changed_at"])
        note(there, "parts_noted", by=by, detail={"parts": len(parts)})
    return there


def _there(recording_id: UUID) -> Recording | None:
    return Recording.objects.select_for_update(of=("self",)).filter(pk=recording_id).first()


def _begin(
    mandate: Mandate,
    recording_id: UUID,
    right: Sequence[partlog.Stretch],
    parts: Sequence[dict[str, str]],
    *,
    by: Actor,
) -> Recording | None:
    """The new recording; None for an id that is taken: by this very device, or at another office."""
    day = partlog.day_of(right)
    try:
        with transaction.atomic():
            return deposits.begin(
                mandate, interview_on=day, by=by, source=Source.RECORDER, recording_id=recording_id, parts=parts
            )
    except IntegrityError:
        return None
