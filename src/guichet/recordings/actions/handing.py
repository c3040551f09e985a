"""A request for a destruction follows its recording to the office that holds it now (REC-07, REC-15).

An office that is not competent hands on what it receives (LPGA 30), and what was filed in time there was filed in time
(LPGA 39 al. 2): the other office has a request of its own, with the day on which the first one received it. Each side
is written inside its own tenant. Only requests of OPGA 7k al. 3 let. b are handed on; on 7l al. 3 decides the office
that holds the recording. Whoever acts on a request holds the mandate of the first office first, so nobody waits in a
circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils import timezone

from guichet import storage
from guichet.recordings import certificates
from guichet.recordings.actions.common import note, note_mandate
from guichet.recordings.actions.reaching import TEN_DAYS, reached, stop, tell_office
from guichet.recordings.models import (
    Arrival,
    DestructionKind,
    DestructionRequest,
    Forwarding,
    Mandate,
    Recording,
    Waiver,
)
from guichet.tenancy.context import tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.storage.models import StoredObject
    from guichet.tenancy.models import Insurer

LAW: Final = "LPGA 30"
_SAID: Final = (
    "kind", "interview_on", "declared_on", "by_cockpit", "admission", "admission_note", "entered_by_id",
    "claimed_at", "claimed_by_id", "claim", "claim_note", "executed_at", "executed_by_id",
)  # fmt: skip
_WAIVED: Final = ("declared_on", "entered_by_id", "revoked_on", "revoked_at", "revoked_by_id")
Copies = tuple[list[tuple[DestructionRequest, bytes | None]], list[tuple[Waiver, bytes | None, bytes | None]]]


def locked(mandate_id: UUID) -> Mandate:
    """The mandate, locked after those of the offices its recording came from."""
    _lock_before(mandate_id)
    return Mandate.objects.select_for_update(of=("self",)).select_related("affiliation").get(pk=mandate_id)


def _lock_before(mandate_id: UUID) -> None:
    arrival = Arrival.objects.filter(recording__mandate=mandate_id).order_by("at", "id").first()
    if arrival is None:
        return
    with tenant(arrival.origin_id):
        came = Forwarding.objects.filter(arrived_as=arrival.recording_id).select_related("recording").first()
        if came is not None:
            _lock_before(came.recording.mandate_id)
            list(Mandate.objects.select_for_update().filter(pk=came.recording.mandate_id).values_list("pk"))


def elsewhere(request: DestructionRequest) -> QuerySet[Forwarding]:
    """What the request is about and went on to another office, and was not destroyed there yet."""
    return _went(request).filter(destroyed_at=None).select_related("to", "recording")


def _went(request: DestructionRequest) -> QuerySet[Forwarding]:
    rows = Forwarding.objects.filter(recording__mandate_id=request.mandate_id).order_by("at", "id")
    return rows.filter(recording__interview_on=request.interview_on) if request.interview_on else rows.none()


def hand_on(request: DestructionRequest, *, by: Actor) -> None:
    """Give it to the offices that hold what it is about."""
    if request.kind != DestructionKind.TEN_DAYS:
        return
    for went in elsewhere(request):
        paper, office = _bytes(request.document), went.to
        with tenant(office.pk):
            there = Recording.objects.get(pk=went.arrived_as)
            mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=there.mandate_id)
            mandate.insurer = office
            copy = _enter(request, paper, mandate, by)
            for recording in reached(copy):
                stop(recording, copy, by, TEN_DAYS)
            hand_on(copy, by=by)
        note_mandate(
            request.mandate,
            "destruction_handed_on",
            by=by,
            legal_basis=LAW,
            detail={"request": str(request.pk), "to": office.slug},
        )


def _bytes(obj: StoredObject | None) -> bytes | None:
    return storage.read(obj) if obj is not None else None


def _kept(data: bytes | None, office: Insurer) -> StoredObject | None:
    return storage.put(data, insurer=office, limit=settings.ATTACHMENT_MAX_BYTES) if data is not None else None


def _enter(request: DestructionRequest, paper: bytes | None, mandate: Mandate, by: Actor) -> DestructionRequest:
    """The request of the other office; inside its tenant."""
    said: dict[str, Any] = {name: getattr(request, name) for name in _SAID}
    copy = DestructionRequest.objects.create(
        insurer=mandate.insurer,
        mandate=mandate,
        document=_kept(paper, mandate.insurer),
        entered_at=timezone.now(),
        handed_from=request.insurer,
        handed_request=request.pk,
        **said,
    )
    detail = {"request": str(copy.pk), "from": request.insurer.slug}
    note_mandate(mandate, "destruction_handed", by=by, legal_basis=LAW, detail=detail)
    if copy.executed_at is None:
        tell_office(copy, "office_destruction_handed", office=request.insurer)
    return copy


def to_carry(mandate: Mandate) -> Copies:
    """What a forwarded recording takes along of its mandate, read at the office it leaves.

    Waivers, and requests on its other interviews: the other office's mandate would take a deposit they forbid. A
    recording whose own destruction was asked for is not forwarded.
    """
    rows = DestructionRequest.objects.filter(mandate=mandate, kind=DestructionKind.TEN_DAYS, withdrawn_at=None)
    asked = rows.select_related("document", "insurer").order_by("entered_at", "id")
    waived = Waiver.objects.filter(mandate=mandate).select_related("document", "revocation").order_by("entered_at")
    return (
        [(one, _bytes(one.document)) for one in asked],
        [(one, _bytes(one.document), _bytes(one.revocation)) for one in waived],
    )


def carry(copies: Copies, mandate: Mandate, *, by: Actor) -> None:
    """Put it into the other office's mandate; inside its tenant."""
    asked, waived = copies
    for request, paper in asked:
        _enter(request, paper, mandate, by)
    for waiver, paper, revocation in waived:
        said: dict[str, Any] = {name: getattr(waiver, name) for name in _WAIVED}
        kept, back = (_kept(data, mandate.insurer) for data in (paper, revocation))
        Waiver.objects.create(insurer=mandate.insurer, mandate=mandate, document=kept, revocation=back, **said)
        note_mandate(mandate, "waiver_handed", by=by, legal_basis=LAW)


def everywhere(request: DestructionRequest, act: Callable[[DestructionRequest], None]) -> None:
    """Do this to the request of the first office and to all that came of it, each inside its own tenant."""
    if request.handed_from_id is not None and request.handed_request is not None:
        with tenant(request.handed_from_id):
            before = DestructionRequest.objects.filter(pk=request.handed_request).select_related(*_NAMED).first()
            if before is not None:
                everywhere(before, act)
                return
    _down(request, act)


_NAMED: Final = ("insurer", "mandate__affiliation", "mandate__insurer")


def _down(request: DestructionRequest, act: Callable[[DestructionRequest], None]) -> None:
    act(request)
    went = Forwarding.objects.filter(recording__mandate_id=request.mandate_id).order_by("to_id")
    for office in list(went.values_list("to_id", flat=True).distinct()):
        with tenant(office):
            copies = DestructionRequest.objects.filter(handed_request=request.pk).select_related(*_NAMED)
            for copy in copies.order_by("entered_at", "id"):
                _down(copy, act)


def report(recording: Recording, *, by: Actor | None, at: datetime) -> None:
    """Tell the office a destroyed recording came from, and the one before that; its requests end where nothing is left.

    `by` is nobody while a destruction is replayed after a restore: the requests are for people to close.
    """
    arrival = Arrival.objects.filter(recording=recording).first()
    if arrival is None:
        return
    office = recording.insurer
    with tenant(arrival.origin_id):
        rows = Forwarding.objects.filter(arrived_as=recording.pk, destroyed_at=None)
        came = rows.select_related("recording__mandate__insurer", "recording__insurer").first()
        if came is None:
            return
        Forwarding.objects.filter(pk=came.pk).update(destroyed_at=at)
        note(came.recording, "destroyed_there", by=by, text=office.name_fr, legal_basis=LAW)
        if by is not None:
            _close(came.recording, office, by=by, at=at)
        report(came.recording, by=by, at=at)


def _close(recording: Recording, office: Insurer, *, by: Actor, at: datetime) -> None:
    """End the requests here that were about this recording and reach nothing any more."""
    rows = DestructionRequest.objects.filter(mandate=recording.mandate, interview_on=recording.interview_on)
    rows = rows.waiting().exclude(entered_by=by.person)
    for request in rows.select_related("entered_by").order_by("entered_at", "id"):
        if reached(request) or elsewhere(request).exists():
            continue
        if not rows.filter(pk=request.pk).update(executed_at=at, executed_by=by.person):
            continue
        request.insurer, request.mandate = recording.insurer, recording.mandate
        request.executed_at = at
        paper = certificates.certificate(request, _gone(request), by=by, office=office)
        kept = storage.put(paper, insurer=recording.insurer, limit=certificates.LIMIT)
        DestructionRequest.objects.filter(pk=request.pk).update(certificate=kept)
        detail = {"request": str(request.pk), "at": office.slug}
        note_mandate(recording.mandate, "destruction_executed", by=by, legal_basis=TEN_DAYS, detail=detail)
        tell_office(request, "office_destroyed_there", office=office)


def _gone(request: DestructionRequest) -> Sequence[Recording]:
    return [one.recording for one in _went(request).select_related("recording__original")]
