"""A request for a destruction is taken back before anything was destroyed (REC-15).

By the insured person: in her own account what she asked for there, otherwise in writing to the office. By the office
that entered it: what it entered by mistake, and only that, by two people: one says so, which stops the execution, and
another agrees; what the person asked for in her account is hers. What a device or a dictaphone has erased meanwhile
does not come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from guichet.casework import uploads
from guichet.kernel.text import clean_line
from guichet.recordings.actions import handing
from guichet.recordings.actions.common import note, note_mandate
from guichet.recordings.actions.deposits import move_of
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.actions.reaching import reached, tell, tell_office
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.models import DestructionRequest, Mandate, Recording, Withdrawal
from guichet.recordings.queries.insured import is_insured
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.casework.uploads import Checked

LAW: Final = "OPGA 7k al. 3 let. b"
MISTAKES: Final = frozenset({Withdrawal.WRONG_PERSON, Withdrawal.TYPING})
NO_CLAIM: Final = {"claimed_at": None, "claimed_by": None, "claim": "", "claim_note": ""}
_LONGEST_NOTE: Final = 300


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """Why, and the paper where the person says so in writing."""

    reason: str  # a code of `Withdrawal`
    note: str = ""
    declared_on: date | None = None
    document: Checked | None = None


@transaction.atomic
def withdraw(request: DestructionRequest, *, said: TakenBack, by: Actor) -> DestructionRequest:
    """The person takes it back, at every office it was handed on to; what it stopped is again where it was.

    Unless another request reaches it too. Raises `NotYours` for whose it is not, `Incomplete` where something must be
    said, `NotPossible` if it was executed or taken back before.
    """
    mandate = handing.locked(request.mandate_id)
    _check(request, mandate, said, by)
    return _take_back(request, said, by)


@transaction.atomic
def claim(request: DestructionRequest, *, reason: str, note: str, by: Actor) -> None:
    """Somebody of the office says that it was entered by mistake: nothing is destroyed until a second person looks.

    Raises `NotYours` without the right, `Incomplete` for what is no mistake of this office or without a word, and
    `NotPossible` if it is over or claimed before.
    """
    _demand_right(by)
    said = clean_line(note[:_LONGEST_NOTE], _LONGEST_NOTE)
    if reason not in MISTAKES or request.by_cockpit or request.handed_from_id is not None:
        raise Incomplete(["reason"])
    if not said:
        raise Incomplete(["note"])
    mandate = handing.locked(request.mandate_id)
    facts = {"claimed_at": timezone.now(), "claimed_by": by.person, "claim": reason, "claim_note": said}
    if not _open(request, by).filter(claimed_at=None).update(**facts):
        raise NotPossible
    detail = {"request": str(request.pk), "reason": reason}
    note_mandate(mandate, "destruction_mistake_claimed", by=by, legal_basis=LAW, detail=detail)
    _along(request, facts)


@transaction.atomic
def confirm_claim(request: DestructionRequest, *, by: Actor) -> DestructionRequest:
    """A second person agrees: the request is taken back. Raises `NotYours` for the first one, `NotPossible`."""
    _demand_right(by)
    handing.locked(request.mandate_id)
    claimed = _open(request, by).filter(claimed_at__isnull=False).first()
    if claimed is None or claimed.handed_from_id is not None:
        raise NotPossible
    if claimed.claimed_by_id == by.person.pk:
        raise NotYours
    return _take_back(claimed, TakenBack(reason=claimed.claim, note=claimed.claim_note), by)


@transaction.atomic
def dismiss_claim(request: DestructionRequest, *, by: Actor) -> None:
    """It was no mistake: the request waits for its execution again. Raises `NotYours`, `NotPossible`."""
    _demand_right(by)
    mandate = handing.locked(request.mandate_id)
    claimed = _open(request, by).filter(claimed_at__isnull=False, handed_from=None)
    if not claimed.update(**NO_CLAIM):
        raise NotPossible
    detail = {"request": str(request.pk)}
    note_mandate(mandate, "destruction_mistake_dismissed", by=by, legal_basis=LAW, detail=detail)
    _along(request, NO_CLAIM)


def _open(request: DestructionRequest, by: Actor) -> QuerySet[DestructionRequest]:
    return DestructionRequest.objects.filter(pk=request.pk, insurer=by.insurer).waiting()


def _along(request: DestructionRequest, facts: dict[str, Any]) -> None:
    """The same where it was handed on to: nothing is destroyed there either."""

    def write(one: DestructionRequest) -> None:
        DestructionRequest.objects.filter(pk=one.pk).waiting().update(**facts)

    handing.everywhere(request, write)


def _take_back(request: DestructionRequest, said: TakenBack, by: Actor) -> DestructionRequest:
    back: list[object] = []

    def take(one: DestructionRequest) -> None:
        if _taken(one, said, by):
            back.append(one.pk)
            _tell(one, said, by)

    handing.everywhere(request, take)
    if request.pk not in back:
        raise NotPossible
    request.refresh_from_db()
    return request


def _taken(one: DestructionRequest, said: TakenBack, by: Actor) -> bool:
    """Whether it was open until now; inside the tenant of its office."""
    facts: dict[str, Any] = {
        "withdrawn_at": timezone.now(),
        "withdrawn_by": by.person,
        "withdrawal": said.reason,
        "withdrawal_note": clean_line(said.note[:_LONGEST_NOTE], _LONGEST_NOTE),
        "withdrawal_on": said.declared_on,
        "withdrawal_document": uploads.keep(said.document, insurer=one.insurer) if said.document else None,
    }
    if said.reason not in MISTAKES:
        facts |= NO_CLAIM  # it was no mistake, but her wish
    if not DestructionRequest.objects.filter(pk=one.pk).waiting().update(**facts):
        return False
    detail = {"request": str(one.pk), "reason": said.reason}
    note_mandate(one.mandate, "destruction_withdrawn", by=by, legal_basis=LAW, detail=detail)
    for recording in reached(one):
        _give_back(recording, one, by)
    if one.final_on:
        _forget_final(one.mandate)
    return True


def _tell(one: DestructionRequest, said: TakenBack, by: Actor) -> None:
    """The expert once, by the first office; every office that did not do it itself."""
    if one.handed_from_id is None:
        tell(one, "destruction_withdrawn")
    if one.insurer_id != by.insurer.pk:
        tell_office(one, "office_destruction_taken_back", office=by.insurer)
    elif said.reason == Withdrawal.OWN:
        tell_office(one, "office_destruction_withdrawn")


def _demand_right(by: Actor) -> None:
    if not by.is_staff or not by.has("records"):
        raise NotYours


def _check(request: DestructionRequest, mandate: Mandate, said: TakenBack, by: Actor) -> None:
    if said.reason == Withdrawal.OWN:
        if not request.by_cockpit or by.affiliation is None or not is_insured(by, mandate):
            raise NotYours
        return
    _demand_right(by)
    if said.reason != Withdrawal.PERSON:
        raise Incomplete(["reason"])
    if said.document is None:
        raise Incomplete(["document"])
    if said.declared_on is None or not request.declared_on <= said.declared_on <= timezone.localdate():
        raise Incomplete(["declared_on"])


def _give_back(recording: Recording, request: DestructionRequest, by: Actor) -> None:
    """To its state before; an upload that was stopped is begun anew by the expert."""
    if recording.status != Status.DESTRUCTION_ASKED:
        return
    reaching = Q(interview_on=recording.interview_on) | Q(interview_on=None)
    if DestructionRequest.objects.filter(reaching, mandate_id=request.mandate_id).waiting().exists():
        return
    move = move_of(f"back_to_{recording.asked_from}", recording, side="staff")
    Recording.objects.filter(pk=recording.pk).update(status=move.target, asked_from="", changed_at=timezone.now())
    note(recording, "destruction_withdrawn", by=by, legal_basis=LAW, detail={"request": str(request.pk)})


def _forget_final(mandate: Mandate) -> None:
    """The day the decision came into force is what the other requests say, if any."""
    others = DestructionRequest.objects.filter(mandate=mandate, withdrawn_at=None, final_on__isnull=False)
    last = others.order_by("-entered_at", "-id").values_list("final_on", flat=True).first()
    Mandate.objects.filter(pk=mandate.pk).update(decision_final_on=last)
