"""What all acts on a recording share: a line of history and an entry of the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from guichet import audit
from guichet.recordings.models import Recording, RecordingEvent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.audit import Who
    from guichet.recordings.models import Mandate


def locked_row(rows: QuerySet[Recording], *related: str) -> Recording | None:
    """The one of these rows, locked, with what it names; None if there is none.

    What it names is read once the lock is held: PostgreSQL gives the locked row anew after a wait, but what was joined
    to it as it was before. A copy that was kept meanwhile would be overlooked, and stay.
    """
    found = rows.select_for_update(of=("self",)).values_list("pk", flat=True).first()
    return rows.select_related(*related).filter(pk=found).first() if found else None


def hold(recording_id: UUID) -> None:
    """Lock a recording's row before its uploads are changed: everybody in this order, or two wait for each other."""
    Recording.objects.select_for_update(no_key=True).filter(pk=recording_id).values_list("pk").first()


def note(
    recording: Recording,
    act: str,
    *,
    by: Actor | None,
    who: Who | None = None,
    text: str = "",
    recipient: str = "",
    legal_basis: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """History for those concerned, audit for the auditors; both in the transaction of the act."""
    RecordingEvent.objects.create(
        insurer_id=recording.insurer_id,
        recording=recording,
        at=timezone.now(),
        act=act,
        person=by.person if by else None,
        side="platform" if by is None else ("staff" if by.is_staff else "partner"),
        text=text,
    )
    audit.record(
        f"recording.{act}",
        insurer_id=recording.insurer_id,
        by=by.who if by else (who or audit.Who(role="platform")),
        on="recording",
        object_id=str(recording.pk),
        subject=recording.mandate.avs_number,
        recipient=recipient,
        legal_basis=legal_basis,
        detail=detail,
    )


def note_mandate(
    mandate: Mandate, act: str, *, by: Actor, legal_basis: str = "", detail: Mapping[str, object] | None = None
) -> None:
    """The audit's entry of an act on a mandate, in its transaction."""
    audit.record(
        f"mandate.{act}",
        insurer_id=mandate.insurer_id,
        by=by.who,
        on="mandate",
        object_id=str(mandate.pk),
        subject=mandate.avs_number,
        legal_basis=legal_basis,
        detail=detail,
    )
