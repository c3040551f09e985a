"""A recording for a court, on a physical medium: asked, approved by a second person, made, handed over (REC-14).

Nothing of it is meant for the office's business application; the image is there for 24 hours and is destroyed then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from guichet import archives, audit, storage
from guichet.casework.jobs import defer
from guichet.kernel.text import clean_line
from guichet.recordings import rules
from guichet.recordings.actions.common import note
from guichet.recordings.actions.listening_errors import NotYours, UnknownGround
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.models import CourtPackage, CourtState, Recording

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.storage.models import StoredObject
    from guichet.tenancy.models import Insurer

LIFE: Final = timedelta(hours=24)
_LENGTHS: Final = {"court": 160, "court_reference": 60, "receiver": 120}
_SECRET_LIMIT: Final = 200  # bytes
_MOST: Final = 100


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """For which court, in which case, on which ground, into whose hands."""

    ground: str
    court: str
    court_reference: str
    receiver: str


@transaction.atomic
def ask(recording: Recording, *, wanted: Wanted, by: Actor) -> CourtPackage:
    """Ask for a package; a second person approves. Raises `NotYours`, `UnknownGround`, `Incomplete`, `NotPossible`."""
    _demand_right(by)
    if wanted.ground not in {ground.code for ground in rules.grounds_for("court")}:
        raise UnknownGround(wanted.ground)
    said = {name: clean_line(getattr(wanted, name)[:length], length) for name, length in _LENGTHS.items()}
    if missing := [name for name, value in said.items() if not value]:
        raise Incomplete(missing)
    held = Recording.objects.select_for_update(of=("self",)).filter(pk=recording.pk, insurer=by.insurer)
    if not held.filter(status__in=rules.LISTENABLE).exists():
        raise NotPossible
    package = CourtPackage.objects.create(
        insurer=by.insurer,
        recording=recording,
        ground=wanted.ground,
        asked_at=timezone.now(),
        asked_by=by.person,
        **said,
    )
    _note(package, "asked", by)
    return package


@transaction.atomic
def approve(package: CourtPackage, *, by: Actor) -> str:
    """The second person approves; the worker makes the package. Gives the passphrase, now and never again.

    Raises `NotYours` for who asked for it or has not the right, `NotPossible` if it was decided before, or the
    recording left the archive.
    """
    _decide(package, CourtState.MAKING, by)
    if package.recording.status not in rules.LISTENABLE:
        raise NotPossible
    passphrase = archives.new_passphrase()
    secret = storage.put(passphrase.encode(), insurer=by.insurer, limit=_SECRET_LIMIT)
    CourtPackage.objects.filter(pk=package.pk).update(secret=secret)
    _note(package, "approved", by)
    defer("recordings.court_package", queue="audio", insurer_id=by.insurer.pk, package_id=str(package.pk))
    return passphrase


@transaction.atomic
def refuse(package: CourtPackage, *, reason: str, by: Actor) -> None:
    """The second person says no, and why. Raises as `approve`, and `Incomplete` without a reason."""
    said = clean_line(reason[:300], 300)
    if not said:
        raise Incomplete(["reason"])
    _decide(package, CourtState.REFUSED, by, refusal=said)
    _note(package, "refused", by, text=said)


def _decide(package: CourtPackage, state: CourtState, by: Actor, **more: str) -> None:
    """One statement decides, and never for who asked; the table refuses it too."""
    _demand_right(by)
    if package.asked_by_id == by.person.pk:
        raise NotYours
    waiting = CourtPackage.objects.filter(pk=package.pk, insurer=by.insurer, state=CourtState.ASKED)
    changes = {"state": state, "decided_at": timezone.now(), "decided_by": by.person, **more}
    if not waiting.exclude(asked_by=by.person).update(**changes):
        raise NotPossible
    package.refresh_from_db()


@transaction.atomic
def fetch(package: CourtPackage, *, by: Actor) -> StoredObject:
    """The image, for who asked or approved, for 24 hours; every fetching is in the audit.

    Raises `NotYours`, and `NotPossible` before it is made, once it is over, and while a destruction is asked for.
    """
    _demand_right(by)
    if by.person.pk not in (package.asked_by_id, package.decided_by_id):
        raise NotYours
    held = CourtPackage.objects.filter(
        pk=package.pk,
        expires_at__gt=timezone.now(),
        state__in=(CourtState.READY, CourtState.HANDED),
        recording__status__in=rules.LISTENABLE,
    )
    found = held.select_related("image", "recording__mandate").first()
    if found is None or found.image is None or found.image.destroyed_at:
        raise NotPossible
    audit.record(
        "recording.court_fetched",
        insurer_id=by.insurer.pk,
        by=by.who,
        on="recording",
        object_id=str(found.recording_id),
        subject=found.recording.mandate.avs_number,
        recipient=found.court,
        legal_basis=rules.article(found.ground),
        detail={"package": str(found.pk)},
    )
    return found.image


@transaction.atomic
def hand(package: CourtPackage, *, medium: str, handed_to: str, handed_on: date, by: Actor) -> None:
    """« Remis le … à … »: the receipt, with what is written on the medium. Raises `NotYours`, `NotPossible`."""
    _demand_right(by)
    medium, handed_to = clean_line(medium[:60], 60), clean_line(handed_to[:120], 120)
    if not medium or not handed_to:
        raise Incomplete([name for name, value in (("medium", medium), ("handed_to", handed_to)) if not value])
    now = timezone.now()
    if handed_on > timezone.localdate() or (package.made_at and handed_on < timezone.localdate(package.made_at)):
        raise Incomplete(["handed_on"])
    made = CourtPackage.objects.filter(pk=package.pk, insurer=by.insurer, made_at__isnull=False, handed_at=None)
    receipt = {"medium": medium, "handed_to": handed_to, "handed_on": handed_on, "handed_at": now}
    if not made.update(state=CourtState.HANDED, handed_by=by.person, **receipt):
        raise NotPossible
    package.refresh_from_db()
    _note(package, "handed", by, text=f"{medium} · {handed_to}, {handed_on:%d.%m.%Y}")


def erase_over(insurer: Insurer, *, now: datetime | None = None) -> int:
    """Destroy the images whose 24 hours are over, and passphrases nobody needs any more; says how many images."""
    now = now or timezone.now()
    over = CourtPackage.objects.filter(insurer=insurer, expires_at__lte=now, image__destroyed_at=None)
    rows = over.exclude(image=None).select_related("image", "recording__mandate").order_by("expires_at", "id")[:_MOST]
    return sum(_erase(package) for package in rows)


@transaction.atomic
def _erase(package: CourtPackage) -> int:
    """The image goes; what was handed over stays handed over."""
    locked = CourtPackage.objects.select_for_update(of=("self",)).select_related("image").get(pk=package.pk)
    if locked.image is None or locked.image.destroyed_at:
        return 0
    storage.destroy(locked.image)
    CourtPackage.objects.filter(pk=locked.pk, state=CourtState.READY).update(state=CourtState.OVER)
    note(package.recording, "court_erased", by=None, detail={"package": str(package.pk)})
    return 1


def drop(recording: Recording) -> list[StoredObject]:
    """All that packages of a recording ever held; for the destruction. Those being made or ready are over.

    Their rows are locked first: the worker that is about to keep an image sees that it is over. What they name is read
    afterwards: a joined row is that of before the wait.
    """
    rows = CourtPackage.objects.filter(recording=recording).order_by("asked_at", "id")
    list(rows.select_for_update().values_list("pk"))
    held = [one for row in rows.select_related("secret", "image") for one in (row.secret, row.image) if one is not None]
    rows.filter(state__in=(CourtState.MAKING, CourtState.READY)).update(state=CourtState.OVER)
    return held


def stalled(insurer: Insurer, *, before: datetime) -> int:
    """Packages the worker never finished: failed, their passphrase destroyed. Says how many."""
    rows = CourtPackage.objects.filter(Q(state=CourtState.MAKING), insurer=insurer, decided_at__lt=before)
    return sum(fail(package.pk) for package in rows.order_by("decided_at", "id")[:_MOST])


@transaction.atomic
def fail(package_id: UUID) -> int:
    """No package came of it; somebody asks anew. The passphrase goes."""
    found = CourtPackage.objects.select_for_update(of=("self",)).select_related("secret", "image").get(pk=package_id)
    if found.state != CourtState.MAKING:
        return 0
    CourtPackage.objects.filter(pk=found.pk).update(state=CourtState.FAILED)
    for one in (found.secret, found.image):
        if one is not None:
            storage.destroy(one)
    return 1


def _demand_right(by: Actor) -> None:
    if not by.is_staff or not by.has("court"):
        raise NotYours


def _note(package: CourtPackage, act: str, by: Actor, *, text: str = "") -> None:
    note(
        package.recording,
        f"court_{act}",
        by=by,
        text=text or f"{package.court}, {package.court_reference}",
        recipient=package.court,
        legal_basis=rules.article(package.ground),
        detail={"package": str(package.pk)},
    )
