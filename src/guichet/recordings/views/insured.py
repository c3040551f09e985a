"""« Mes enregistrements »: the insured person's own page (REC-22)."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.accounts.access import partner
from guichet.recordings import queries, rules
from guichet.recordings.actions import destruction, listening_marks, mandates, withdrawal
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.actions.listening_marks import NothingSaid, TooMany
from guichet.recordings.actions.news import is_wanted
from guichet.recordings.errors import Incomplete, NotPossible, TooLate
from guichet.recordings.forms_insured import OwnDefectForm
from guichet.recordings.models import DefectReport, DestructionRequest, Recording, Waiver, Withdrawal
from guichet.recordings.queries.insured import avs_of, my_mandate, my_mandates, own_access, went_on
from guichet.recordings.states import Status
from guichet.recordings.views import sures
from guichet.recordings.views.common import state_of
from guichet.ui import sure
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.recordings.models import Mandate


_GONE: Final = frozenset({Status.DESTRUCTION_ASKED, Status.DESTROYED, Status.FORWARDED})


def _insured_only(request: SpaceRequest) -> None:
    if not avs_of(request.actor):
        raise PermissionDenied


def _mandate(request: SpaceRequest, mandate_id: UUID) -> Mandate:
    found = my_mandate(request.actor, mandate_id)
    if found is None:
        raise Http404
    found.insurer = request.insurer
    return found


@partner
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """Her expertises at this office."""
    del slug
    _insured_only(request)
    rows = my_mandates(request.actor)
    for row in rows:
        row.insurer = request.insurer
        row.state, row.until = state_of(row), _until(row)  # type: ignore[attr-defined]
    return render(request, "recordings/insured/list.html", {"rows": rows, "news": is_wanted(request.actor)})


def _until(mandate: Mandate) -> date | None:
    """The last day on which a destruction may still be asked for; None if there is nothing left to ask."""
    if mandate.waivers_in_force:  # type: ignore[attr-defined]
        return None
    now = timezone.now()
    gone = {one.interview_on for one in mandate.latest if one.status in _GONE}  # type: ignore[attr-defined]
    recorded = {one.interview_on for one in mandate.latest}  # type: ignore[attr-defined]
    over = {day for day in mandate.interview_dates if day <= timezone.localdate()}
    terms = [rules.destruction_term(day, mandate.insurer.canton) for day in (recorded | over) - gone]
    return max((term.last for term in terms if now < term.end), default=None)


@partner
@require_safe
def one(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """Her rights in this expertise, with their clocks, and who listened."""
    del slug
    return _page(request, _mandate(request, mandate_id), OwnDefectForm())


def _page(request: SpaceRequest, mandate: Mandate, form: OwnDefectForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    reports = DefectReport.objects.filter(recording__mandate=mandate, person=request.actor.person)
    recordings = list(Recording.objects.filter(mandate=mandate).order_by("interview_on", "id")[:20])
    waiver = Waiver.objects.filter(mandate=mandate, revoked_on=None).first()
    before = _before_interview(mandate)
    context = {
        "mandate": mandate,
        "recordings": [row for row in recordings if row.sent_at],
        "clocks": _clocks(mandate),
        "waiver": waiver,
        "may_waive": before and waiver is None,
        "sure": sures.waive(mandate),
        "may_revoke": before and waiver is not None,
        "heard": queries.listenings_of(mandate),
        "defects": reports.select_related("recording__original").order_by("-reported_at", "-id")[:20],
        "access": own_access(mandate),
        "may_report": any(row.status in rules.LISTENABLE for row in recordings),
        "form": form,
        "errors": form.summary,
        "destroyed": Status.DESTROYED,
    }
    return render(request, "recordings/insured/mandate.html", context, status=status)


def _clocks(mandate: Mandate) -> list[dict[str, Any]]:
    """Of each interview: until when she may ask for the destruction, and what she, or the office for her, asked."""
    now, today = timezone.now(), timezone.localdate()
    requests = list(DestructionRequest.objects.filter(mandate=mandate).order_by("entered_at", "id"))
    gone = went_on(mandate)
    clocks = []
    for day in destruction.interviews(mandate):
        term = rules.destruction_term(day, mandate.insurer.canton)
        mine = [one for one in requests if one.interview_on in {day, None}]
        clocks.append(
            {
                "day": day,
                "sure": sures.ask_destruction(day),
                "moved": gone.get(day),
                "term": term,
                "left": term.days_left(today),
                "open": now < term.end,
                "asked": next((one for one in reversed(mine) if one.withdrawn_at is None), None),
                "withdrawn": [one for one in mine if one.withdrawn_at],
            }
        )
    return clocks


def _before_interview(mandate: Mandate) -> bool:
    """Nothing was deposited, and no interview was planned for a day that is over."""
    today = timezone.localdate()
    deposited = Recording.objects.filter(mandate=mandate).exists()
    return not deposited and all(day >= today for day in mandate.interview_dates)


def _back(request: SpaceRequest, mandate: Mandate) -> HttpResponse:
    return HttpResponseRedirect(reverse("recordings:my_recording", args=[request.insurer.slug, mandate.pk]), status=303)


@partner
@require_POST
def waive(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """She does without the recording, before the interview."""
    mandate = _mandate(request, mandate_id)
    if not _before_interview(mandate):
        return error_page(request, HTTPStatus.CONFLICT)
    if not sure.answered(request):
        return sure.ask(request, sures.waive(mandate), back=reverse("recordings:my_recording", args=[slug, mandate_id]))
    try:
        mandates.enter_waiver(mandate, declared_on=timezone.localdate(), document=None, by=request.actor)
    except (NotPossible, TooLate):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Votre renonciation est inscrite ; l'expert·e en est averti·e."))
    return _back(request, mandate)


@partner
@require_POST
def revoke(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """She wants the recording after all, before the interview."""
    del slug
    mandate = _mandate(request, mandate_id)
    waiver = Waiver.objects.filter(mandate=mandate, revoked_on=None).first()
    if waiver is None:
        return error_page(request, HTTPStatus.CONFLICT)
    try:
        mandates.revoke_waiver(waiver, revoked_on=timezone.localdate(), document=None, by=request.actor)
    except (NotPossible, TooLate):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Votre renonciation est révoquée ; l'expert·e en est averti·e."))
    return _back(request, mandate)


@partner
@require_POST
def destroy(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """She asks for the destruction within the ten days; it goes to the office that has the recording now."""
    mandate = _mandate(request, mandate_id)
    try:
        day = date.fromisoformat(request.POST.get("interview_on", "")[:10])
        if not sure.answered(request):
            back = reverse("recordings:my_recording", args=[slug, mandate_id])
            return sure.ask(request, sures.ask_destruction(day), back=back)
        said = destruction.Declaration(declared_on=timezone.localdate(), document=None, interview_on=day)
        destruction.ask(mandate, said=said, by=request.actor)
    except ValueError:
        return error_page(request, HTTPStatus.UNPROCESSABLE_ENTITY)
    except (NotPossible, TooLate, Incomplete, NotYours):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Votre demande de destruction est inscrite. L'office l'exécute et vous en informe."))
    return _back(request, mandate)


@partner
@require_POST
def withdraw(request: SpaceRequest, slug: str, mandate_id: UUID, request_id: UUID) -> HttpResponse:
    """She takes back what she asked for here, before it is executed."""
    del slug
    mandate = _mandate(request, mandate_id)
    asked = DestructionRequest.objects.filter(pk=request_id, mandate=mandate, insurer=request.insurer).first()
    if asked is None:
        raise Http404
    try:
        withdrawal.withdraw(asked, said=withdrawal.TakenBack(reason=Withdrawal.OWN), by=request.actor)
    except (NotPossible, NotYours):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Votre demande de destruction est retirée ; l'office et l'expert·e en sont avertis."))
    return _back(request, mandate)


@partner
@require_POST
def report(request: SpaceRequest, slug: str, mandate_id: UUID, recording_id: UUID) -> HttpResponse:
    """A technical defect, with its second (7k al. 8)."""
    del slug
    mandate = _mandate(request, mandate_id)
    recording = Recording.objects.filter(pk=recording_id, mandate=mandate, sent_at__isnull=False).first()
    if recording is None:
        raise Http404
    form = OwnDefectForm(request.POST)
    if not form.is_valid():
        return _page(request, mandate, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    recording.mandate = mandate
    try:
        listening_marks.report_own_defect(
            recording, at_ms=form.cleaned_data["place"], text=form.cleaned_data["text"], by=request.actor
        )
    except NothingSaid:
        form.refuse({"text": _("Écrivez ce qui ne va pas à cet endroit.")})
        return _page(request, mandate, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (TooMany, NotYours):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Le défaut est signalé à l'office."))
    return _back(request, mandate)
