"""A request for a destruction is taken back before anything was destroyed (REC-15).

By the insured person: in her own account what she asked for there, otherwise in writing to the office. By the office:
what it entered by mistake, and only that; what the person asked for in her account is hers. What a device or a
dictaphone has erased meanwhile does not come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from guichet.casework import uploads
from guichet.kernel.text import clean_line
from guichet.recordings.actions.common import note, note_mandate
from guichet.recordings.actions.deposits import move_of
from guichet.recordings.actions.destruction import reached, tell, tell_office
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.models import DestructionRequest, Mandate, Recording, Withdrawal
from guichet.recordings.queries.insured import is_insured
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from datetime import date

    from guichet.accounts.access import Actor
    from guichet.casework.uploads import Checked

LAW: Final = "OPGA 7k al. 3 let. b"
MISTAKES: Final = frozenset({Withdrawal.WRONG_PERSON, Withdrawal.TYPING})
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
    """Take it back; what it stopped is again where it was, unless another request reaches it too.

    Raises `NotYours` for whose it is not, `Incomplete` where something must be said, `NotPossible` if it was executed
    or taken back before.
    """
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("affiliation").get(pk=request.mandate_id)
    _check(request, mandate, said, by)
    now = timezone.now()
    open_ones = DestructionRequest.objects.filter(pk=request.pk, insurer=by.insurer).filter(
        executed_at=None, withdrawn_at=None
    )
    facts = {
        "withdrawn_at": now,
        "withdrawn_by": by.person,
        "withdrawal": said.reason,
        "withdrawal_note": clean_line(said.note[:_LONGEST_NOTE], _LONGEST_NOTE),
        "withdrawal_on": said.declared_on,
        "withdrawal_document": uploads.keep(said.document, insurer=by.insurer) if said.document else None,
    }
    if not open_ones.update(**facts):
        raise NotPossible
    request.refresh_from_db()
    request.mandate = mandate
    detail = {"request": str(request.pk), "reason": said.reason}
    note_mandate(mandate, "destruction_withdrawn", by=by, legal_basis=LAW, detail=detail)
    for recording in reached(request):
        _give_back(recording, request, by)
    if request.final_on:
        _forget_final(mandate)
    tell(request, "destruction_withdrawn")
    if said.reason == Withdrawal.OWN:
        tell_office(request, "office_destruction_withdrawn")
    return request


def _check(request: DestructionRequest, mandate: Mandate, said: TakenBack, by: Actor) -> None:
    if said.reason == Withdrawal.OWN:
        if not request.by_cockpit or by.affiliation is None or not is_insured(by, mandate):
            raise NotYours
        return
    if not by.is_staff or not by.has("records"):
        raise NotYours
    if said.reason == Withdrawal.PERSON:
        if said.document is None:
            raise Incomplete(["document"])
        if said.declared_on is None or not request.declared_on <= said.declared_on <= timezone.localdate():
            raise Incomplete(["declared_on"])
        return
    if said.reason not in MISTAKES or request.by_cockpit:
        raise Incomplete(["reason"])
    if said.document is not None or said.declared_on is not None:
        raise Incomplete(["reason"])
    if not clean_line(said.note[:_LONGEST_NOTE], _LONGEST_NOTE):
        raise Incomplete(["note"])


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
