"""The nightly reading of the archive: every file to its last byte, all of them in some nights (REC-16)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from guichet import notify, storage
from guichet.recordings.actions.common import note
from guichet.recordings.holding import OFFICE
from guichet.recordings.models import IntegrityCheck, Recording
from guichet.recordings.states import HELD_BY_OFFICE

if TYPE_CHECKING:
    from datetime import datetime

    from guichet.storage.models import StoredObject
    from guichet.tenancy.models import Insurer

KINDS: Final = ("original", "copy", "peaks")
_PIECE: Final = 1024 * 1024
_AILING: Final = 200  # damaged files of a kind that are read again in a night


def verify_share(insurer: Insurer, *, now: datetime | None = None) -> int:
    """Read a share of the office's files, those unread for longest first; says how many were damaged.

    The share is so large that all are read within the office's `integrity_days`. What is damaged is read every night:
    once it was restored, it is whole again on the next morning.
    """
    now = now or timezone.now()
    nights = max(1, int(insurer.setting("integrity_days")))
    return sum(_verify_kind(insurer, what, nights, now) for what in KINDS)


def _verify_kind(insurer: Insurer, what: str, nights: int, now: datetime) -> int:
    held = Recording.objects.filter(insurer=insurer, status__in=HELD_BY_OFFICE, **{f"{what}__destroyed_at": None})
    held = held.exclude(**{what: None})
    share = -(-held.count() // nights)
    last = IntegrityCheck.objects.filter(stored_id=OuterRef(f"{what}_id")).values("checked_at")
    ailing = IntegrityCheck.objects.filter(insurer=insurer, what=what, damaged_at__isnull=False).exclude(damage="")
    known = list(ailing.order_by("damaged_at").values_list("stored_id", flat=True)[:_AILING])
    again = held.filter(**{f"{what}__in": known}).select_related("mandate", what).order_by("pk")
    damaged = sum(verify(recording, what=what, now=now) for recording in again)
    oldest = held.exclude(**{f"{what}__in": known}).annotate(read_at=Subquery(last))
    oldest = oldest.order_by(F("read_at").asc(nulls_first=True), "pk")[:share]
    for recording in oldest.select_related("mandate", what):
        damaged += verify(recording, what=what, now=now)
    return damaged


def verify(recording: Recording, *, what: str, now: datetime) -> bool:
    """Read one file to the end and compare its checksum; whether it is damaged. A new damage is told at once."""
    stored: StoredObject = getattr(recording, what)
    damage = _read(stored)
    if damage and not _is_kept(stored):
        return False  # destroyed or forwarded a moment ago, or the expert's
    with transaction.atomic():
        before = IntegrityCheck.objects.select_for_update(of=("self",)).filter(stored=stored).first()
        since = before.damaged_at if before and before.damage else None
        facts = {"checked_at": now, "damage": damage, "damaged_at": (since or now) if damage else None}
        IntegrityCheck.objects.update_or_create(
            stored=stored,
            defaults=facts,
            create_defaults=facts | {"insurer_id": recording.insurer_id, "recording": recording, "what": what},
        )
        if damage and since is None:
            note(recording, "damaged", by=None, text=what, detail={"file": what, "damage": damage})
            _tell(recording, stored, now)
    return bool(damage)


def _read(stored: StoredObject) -> str:
    digest = hashlib.sha256()
    try:
        with storage.open_object(stored) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except (storage.Corrupt, storage.Destroyed, storage.NotHolder, OSError):  # a key that is lost is one shredded
        return "unreadable"
    return "" if digest.hexdigest() == stored.sha256 else "differs"


def _is_kept(stored: StoredObject) -> bool:
    """Whether the office should be able to read it at this moment: keys and bytes go after their row says so."""
    return type(stored).objects.filter(pk=stored.pk, destroyed_at=None, holder=OFFICE).exists()


def _tell(recording: Recording, stored: StoredObject, now: datetime) -> None:
    insurer = recording.mandate.insurer
    notify.mail(
        "recordings/damaged",
        insurer=insurer,
        to=insurer.email,
        language=insurer.languages[0],
        context={"path": f"/{insurer.slug}/bureau/integrite/"},
        key=f"recording-damaged-{stored.pk}-{now:%Y%m%d}",
    )
