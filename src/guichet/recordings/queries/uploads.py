"""The upload a part is for: asked once for each 8 MiB, so in one statement whose SQL is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guichet.recordings.models import Upload
from guichet.tenancy.prepared import Prepared

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor


def own(upload_id: UUID, *, recording_id: UUID, actor: Actor) -> Upload | None:
    """The upload of the expert's own recording, with recording, mandate and stored object; else there is none."""
    if actor.affiliation is None:
        return None
    found = _own(upload_id=upload_id, recording_id=recording_id, affiliation_id=actor.affiliation.pk)
    if not found:
        return None
    found[0].recording.insurer = found[0].recording.mandate.insurer = actor.insurer
    return found[0]


def _uploads(*, upload_id: UUID, recording_id: UUID, affiliation_id: UUID) -> QuerySet[Upload]:
    """As `Recording.objects.visible_to` has it for an expert or a centre."""
    mine = Upload.objects.filter(pk=upload_id, recording=recording_id, recording__affiliation=affiliation_id)
    return mine.select_related("stored", "recording__mandate")


_own: Final = Prepared(_uploads)
