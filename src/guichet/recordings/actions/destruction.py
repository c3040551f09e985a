"""Destruction on the insured person's wish: asked in writing, done by a second person, for ever (REC-15).

OPGA 7k al. 3 let. b: within ten days of the interview. OPGA 7l al. 3: once the decision is in force, in agreement. It
reaches what was sent, what only the expert holds, what is on its way, and the expert's device.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import storage
from guichet.casework import uploads
from guichet.kernel.text import clean_line
from guichet.recordings import certificates, rules
from guichet.recordings.actions import court, handing
from guichet.recordings.actions.common import note, note_mandate
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.actions.reaching import FINAL, TEN_DAYS, reached, stop, tell, tell_office
from guichet.recordings.errors import Incomplete, NotPossible, OnHold, TooLate
from guichet.recordings.models import (
    Admission,
    Arrival,
    DefectReport,
    DestructionKind,
    DestructionRequest,
    EndReason,
    Listening,
    ListeningGrant,
    Mandate,
    Marker,
    Recording,
    Upload,
)
from guichet.recordings.queries.insured import is_insured
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from guichet.accounts.access import Actor
    from guichet.casework.uploads import Checked
    from guichet.storage.models import StoredObject
    from guichet.tenancy.models import Insurer


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What the insured person declared, and the paper; none from her own account."""

    declared_on: date
    document: Checked | None
    interview_on: date | None = None  # None: all interviews, 7l al. 3 only
    final_on: date | None = None  # the decision came into force: 7l al. 3
    offered_on: date | None = None  # to the archives
    admission: str = ""  # code of `Admission`: why the office takes a late one
    admission_note: str = ""

    @property
    def kind(self) -> DestructionKind:
        return DestructionKind.FINAL if self.final_on else DestructionKind.TEN_DAYS


@transaction.atomic
def ask(mandate: Mandate, *, said: Declaration, by: Actor) -> DestructionRequest:
    """Enter the declaration; from now on nobody hears, sends or deposits. Another person destroys.

    Where a recording went on to another office, the request goes there too (`handing`).

    Raises `TooLate` after the term (`rules.destruction_term`) unless the office admits it and says on which ground,
    `Incomplete` where something must be said first, `NotPossible` if it was asked before, `NotYours` for who is neither
    of the office nor this person.
    """
    mine = by.affiliation is not None
    _demand_asker(mandate, by)
    locked = handing.locked(mandate.pk)
    _check(locked, said, mine=mine)
    request = _enter(locked, said, by, mine=mine)
    basis = TEN_DAYS if said.kind == DestructionKind.TEN_DAYS else FINAL
    admitted = {"admission": said.admission} if said.admission else {}
    asked = {"request": str(request.pk)} | admitted
    note_mandate(locked, "destruction_asked", by=by, legal_basis=basis, detail=asked)
    for recording in reached(request):
        stop(recording, request, by, basis)
    handing.hand_on(request, by=by)
    if said.final_on:
        Mandate.objects.filter(pk=locked.pk).update(decision_final_on=said.final_on)
    tell(request, "destruction_asked")
    if mine:
        tell_office(request, "office_destruction_asked")
    return request


def _enter(mandate: Mandate, said: Declaration, by: Actor, *, mine: bool) -> DestructionRequest:
    try:
        with transaction.atomic():
            return DestructionRequest.objects.create(
                insurer=by.insurer,
                mandate=mandate,
                kind=said.kind,
                interview_on=said.interview_on,
                declared_on=said.declared_on,
                document=uploads.keep(said.document, insurer=by.insurer) if said.document else None,
                by_cockpit=mine,
                final_on=said.final_on,
                offered_on=said.offered_on,
                admission=said.admission,
                admission_note=clean_line(said.admission_note[:300], 300),
                entered_at=timezone.now(),
                entered_by=by.person,
            )
    except IntegrityError:
        raise NotPossible from None


def _demand_asker(mandate: Mandate, by: Actor) -> None:
    if by.affiliation is None:
        if not by.has("records"):
            raise NotYours
    elif not is_insured(by, mandate):
        raise NotYours


def _check(mandate: Mandate, said: Declaration, *, mine: bool) -> None:
    today = timezone.localdate()
    if said.declared_on > today:
        raise Incomplete(["declared_on"])
    if said.document is None and not mine:
        raise Incomplete(["document"])
    if said.kind == DestructionKind.TEN_DAYS:
        if said.interview_on is None or said.interview_on not in interviews(mandate):
            raise Incomplete(["interview_on"])
        if said.declared_on < said.interview_on:
            raise TooLate
        _check_term(said, said.interview_on, mandate.insurer.canton, mine=mine)
        return
    if mine:
        raise NotYours
    if said.admission or said.admission_note:
        raise Incomplete(["admission"])
    if said.final_on is None or said.final_on > today or said.declared_on < said.final_on:
        raise Incomplete(["final_on"])
    if said.offered_on is None and mandate.insurer.setting("offer_to_archives"):
        raise Incomplete(["offered_on"])


def _check_term(said: Declaration, interview_on: date, canton: str, *, mine: bool) -> None:
    """In time, or admitted by the office on a ground of the closed list, with a note."""
    late = said.declared_on > rules.destruction_term(interview_on, canton).last
    if late and (mine or not said.admission):
        raise TooLate
    if not late and (said.admission or said.admission_note):
        raise Incomplete(["admission"])
    if late and said.admission not in Admission.values:
        raise Incomplete(["admission"])
    if late and not clean_line(said.admission_note[:300], 300):
        raise Incomplete(["admission_note"])


def interviews(mandate: Mandate) -> list[date]:
    """The days of interviews up to today: planned, or deposited."""
    held = Recording.objects.filter(mandate=mandate).values_list("interview_on", flat=True)
    today = timezone.localdate()
    return sorted({day for day in [*mandate.interview_dates, *held] if day <= today})


@transaction.atomic
def execute(request: DestructionRequest, *, by: Actor) -> DestructionRequest:
    """The second person destroys: keys and bytes with the commit, and again after every restore.

    Raises `NotYours` for who entered the request or has not the right, `OnHold` under a legal hold, `NotPossible` if it
    is done already or was taken back, while somebody says it was entered by mistake, and where another office has all
    there is to destroy: that office reports it.
    """
    if not by.is_staff or not by.has("records") or request.entered_by_id == by.person.pk:
        raise NotYours
    mandate = handing.locked(request.mandate_id)
    if mandate.legal_hold:
        raise OnHold(mandate.legal_hold)
    gone = reached(request)
    if not gone and handing.elsewhere(request).exists():
        raise NotPossible
    open_ones = DestructionRequest.objects.filter(pk=request.pk, insurer=by.insurer, claimed_at=None).waiting()
    if not open_ones.exclude(entered_by=by.person).update(executed_at=timezone.now(), executed_by=by.person):
        raise NotPossible
    request.refresh_from_db()
    request.mandate = mandate
    basis = TEN_DAYS if request.kind == DestructionKind.TEN_DAYS else FINAL
    for recording in gone:
        destroy_recording(recording, by=by, basis=basis)
    paper = certificates.certificate(request, gone, by=by)
    request.certificate = storage.put(paper, insurer=by.insurer, limit=certificates.LIMIT)
    request.save(update_fields=["certificate"])
    note_mandate(mandate, "destruction_executed", by=by, legal_basis=basis, detail={"request": str(request.pk)})
    tell(request, "destroyed")
    return request


def destroy_recording(recording: Recording, *, by: Actor, basis: str) -> None:
    """Every byte of it, wherever it lies; what stands about who heard it stays."""
    _shred(recording)
    empty(recording, by_person=by.person.pk)
    note(recording, "destroyed", by=by, legal_basis=basis)
    handing.report(recording, by=by, at=timezone.now())


def _shred(recording: Recording) -> None:
    arrival = Arrival.objects.filter(recording=recording).first()
    former = [(int(insurer), uuid.UUID(obj)) for insurer, obj in arrival.former] if arrival else []
    storage.destroy_for_ever(_bytes_of(recording), about=f"recording:{recording.pk}", former=former)


def finish(insurer: Insurer, *, since: datetime) -> int:
    """Shred once more what was destroyed since then: a process may have died between its commit and the shredding.

    Says how many recordings. Whatever was done before is not done again.
    """
    related = Recording.objects.select_related("original", "copy", "peaks")
    lately = related.filter(insurer=insurer, status=Status.DESTROYED, destroyed_at__gte=since).order_by("pk")
    for recording in lately:
        with transaction.atomic():
            _shred(recording)
    return len(lately)


def _bytes_of(recording: Recording) -> list[StoredObject]:
    """Original, copy, waveform, uploads however far they came, what packages for courts held.

    Also what was destroyed before: an old backup knows its key, and the list must name it.
    """
    held = [one for one in (recording.original, recording.copy, recording.peaks) if one is not None]
    held += [upload.stored for upload in Upload.objects.filter(recording=recording).select_related("stored")]
    held += court.drop(recording)
    return list({one.pk: one for one in held}.values())


def empty(recording: Recording, *, by_person: uuid.UUID | None, at: object = None) -> None:
    """The rows forget what was said: markers, notes, file name, waveform. Accesses end."""
    now = timezone.now()
    Marker.objects.filter(recording=recording).update(text="", removed_at=now)
    DefectReport.objects.filter(recording=recording).update(text="", outcome="")
    Upload.objects.filter(recording=recording, done_at=None).update(done_at=now, failure="given_up")
    Listening.objects.filter(recording=recording, ended_at=None).update(ended_at=now, end_reason=EndReason.WITHDRAWN)
    alive = ListeningGrant.objects.filter(recording=recording, revoked_at=None)
    if by_person is not None:
        alive.update(revoked_at=now, revoked_by=by_person)
    else:
        alive.filter(expires_at__gt=now).update(expires_at=now)
    Recording.objects.filter(pk=recording.pk).update(
        status=Status.DESTROYED, destroyed_at=at or now, changed_at=now, name="", segments=[], quality={}, parts=[],
        asked_from="",
    )  # fmt: skip


def replayed(insurer_id: int, recording_id: str, at: str) -> bool:
    """After a restore: a destroyed recording loses again whatever the restored rows know of it.

    Objects that only the backup knows (a former listening copy) are shredded and listed with the others.
    """
    alive = Recording.objects.filter(pk=recording_id, insurer_id=insurer_id).exclude(status=Status.DESTROYED)
    recording = alive.select_related("mandate", "original", "copy", "peaks").first()
    if recording is None:
        return False
    _shred(recording)
    empty(recording, by_person=None, at=at)
    note(recording, "destroyed", by=None, detail={"replayed": True})
    handing.report(recording, by=None, at=timezone.now())
    return True


def standing(insurer_id: int, recording_ids: Sequence[str]) -> int:
    """How many of these destroyed recordings a restored database shows as if nothing had happened."""
    known = Recording.objects.filter(pk__in=recording_ids, insurer_id=insurer_id)
    return known.exclude(status=Status.DESTROYED).count()


@transaction.atomic
def hold(mandate: Mandate, *, reason: str, by: Actor) -> None:
    """A legal hold: nothing of this mandate is destroyed until it is lifted; an empty reason lifts it."""
    if not by.is_staff or not by.has("records"):
        raise NotYours
    said = clean_line(reason[:200], 200)
    locked = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if locked.legal_hold == said:
        return
    locked.legal_hold = said
    locked.save(update_fields=["legal_hold"])
    note_mandate(locked, "hold_set" if said else "hold_lifted", by=by, detail={"reason": said})
    mandate.legal_hold = said
