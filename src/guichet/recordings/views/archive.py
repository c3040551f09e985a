"""The office's archive: what was sent, what it is, who heard it and on which ground (REC-10, REC-21)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guichet import audio, audit
from guichet.accounts.access import staff
from guichet.accounts.models import StaffRole
from guichet.casework.errors import Overtaken
from guichet.kernel import dates
from guichet.kernel.findings import Invalid
from guichet.recordings import partlog, queries, rules
from guichet.recordings.actions import listening_marks, mandates, receiving, redecoding
from guichet.recordings.errors import NotPossible, NumberTaken
from guichet.recordings.forms_listening import SettleForm
from guichet.recordings.forms_mandates import ConfirmForm
from guichet.recordings.models import DefectReport, Origin, Recording
from guichet.recordings.queries.archive import SHOWN, Looked, experts, to_receive
from guichet.recordings.queries.custody import ACTS
from guichet.recordings.states import Status
from guichet.recordings.views.custody_parts import parts
from guichet.recordings.views.player import visible
from guichet.tenancy.rows import one_or_none
from guichet.ui.forms import Choice, FieldView, form_errors
from guichet.ui.parts import Event
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest

HEAR_OR_MANAGE: Final = frozenset({"records", "listen", "court"})
_LONGEST_TEXT: Final = 120
_HOW: Final = {
    "blocks-11000": gettext_lazy("Lecteur par blocs, 11 000 Hz"),
    "blocks-11025": gettext_lazy("Lecteur par blocs, 11 025 Hz (0,23 % plus rapide)"),
    "stream-11000": gettext_lazy("Lecteur général, 11 000 Hz"),
    "stream-11025": gettext_lazy("Lecteur général, 11 025 Hz"),
}


@staff(any_right=HEAR_OR_MANAGE)
@require_safe
def archive(request: SpaceRequest, slug: str) -> HttpResponse:
    """Search by mandate, person, expert, day and state; the latest first."""
    del slug
    actor, asked = request.actor, request.GET
    looked = Looked(
        text=asked.get("recherche", "")[:_LONGEST_TEXT],
        expert=asked.get("expert", "")[:36],
        status=asked.get("statut", ""),
        since=_day(asked.get("du", "")),
        until=_day(asked.get("au", "")),
    )
    commission = actor.role == StaffRole.COMMISSION
    page = queries.archive(actor, looked, after=asked.get("after", ""), before=asked.get("before", ""))
    context = {
        "rows": page.rows,
        "page": page,
        "filtered": looked.any,
        "commission": commission,
        "keeps": actor.has("records") and not commission,
        "hands": actor.has("court") and not commission,
        "waiting": 0 if commission else to_receive(actor),
        "filter_fields": [] if commission else _filters(request, looked),
    }
    return render(request, "recordings/archive/list.html", context)


def _filters(request: SpaceRequest, looked: Looked) -> list[FieldView]:
    known = tuple(Choice(str(one.pk), one.partner.name) for one in experts(request.actor))
    states = tuple(Choice(status.value, status.label) for status in SHOWN)
    asked = request.GET
    return [
        FieldView(
            name="recherche", label=_("Mandat, personne ou n° AVS"), kind="search", value=looked.text, required=False
        ),
        FieldView(
            name="expert", label=_("Expert·e ou centre"), kind="select", value=looked.expert, required=False,
            choices=(Choice("", _("Tous")), *known),
        ),
        FieldView(
            name="statut", label=_("Statut"), kind="select", value=looked.status, required=False,
            choices=(Choice("", _("Tous")), *states),
        ),
        FieldView(
            name="du", label=_("Entretien du"), kind="date", value=asked.get("du", "")[:20], required=False
        ),
        FieldView(name="au", label=_("au"), kind="date", value=asked.get("au", "")[:20], required=False),
    ]  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return dates.parse_date(text[:20], today=timezone.localdate()) if text else None
    except Invalid:
        return None


@staff(any_right=HEAR_OR_MANAGE)
@require_safe
def recording(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """Everything about one recording but its sound. Looking at it is recorded."""
    del slug
    found = visible(request, recording_id)
    with transaction.atomic():
        audit.record(
            "recording.read",
            insurer_id=found.insurer_id,
            by=request.actor.who,
            on="recording",
            object_id=str(found.pk),
            subject=found.mandate.avs_number,
        )
    return recording_page(request, found)


def recording_page(
    request: SpaceRequest, found: Recording, *, errors: list[Any] | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page of a recording; the commission sees what it may hear and who heard it for the commission only."""
    actor = request.actor
    commission = actor.role == StaffRole.COMMISSION
    manages = actor.has("records") and not commission
    heard = queries.listenings(found)
    context = {
        "recording": found,
        "mandate": found.mandate,
        "parts": partlog.lines(found.parts),
        "missing": -(-partlog.missing_ms(found.parts, found.duration_ms) // 1000),
        "errors": errors or [],
        "quality": audio.quality_words(found.quality),
        "duration": rules.clock(found.duration_ms) if found.duration_ms is not None else "",
        "events": [] if commission else _timeline(found),
        "heard": [one for one in heard if one.role == "commission"] if commission else heard,
        "grants": queries.grants(actor, found) if manages else [],
        "defects": queries.defects(found) if not commission else [],
        "settle": SettleForm(),
        "manages": manages,
        "may_vet": actor.has("vet"),
        "may_listen": rules.may_listen(actor) and found.status in rules.LISTENABLE,
        "may_grant": manages and found.status in rules.LISTENABLE,
        "custody": parts(request, found),
        "to_receive": manages and found.status == Status.SENT,
        "to_confirm": found.mandate.confirmed_at is None and found.mandate.origin == Origin.EXPERT,
        "hows": [Choice(*how) for how in _HOW.items()] if manages and found.media.startswith("dss") else [],
    }
    return render(request, "recordings/archive/recording.html", context, status=status)


def _timeline(found: Recording) -> list[Event]:
    """States and what the office did; the steps of an upload are the expert's business."""
    events = found.events.filter(act__in=ACTS).select_related("person").order_by("-at", "-id")[:100]
    return [Event(at=one.at, title=str(ACTS[one.act]), who=str(one.person or ""), text=one.text) for one in events]


@staff(right="records")
@require_POST
def receive(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """Confirm the receipt; with it the mandate, if the expert opened it (REC-05)."""
    found, form = visible(request, recording_id), ConfirmForm(request.POST)
    if not form.is_valid():
        return recording_page(request, found, errors=form_errors(form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with transaction.atomic():
            if found.mandate.confirmed_at is None:
                number = form.cleaned_data["number"] or found.mandate.number
                mandates.confirm(found.mandate, number=number, by=request.actor)
            receiving.archive(found, by=request.actor)
    except (NotPossible, NumberTaken):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("L'enregistrement est archivé."))
    return _back(slug, found)


@staff(right="records")
@require_POST
def redecode(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """« Décoder à nouveau »: another reader, another rate; the worker does it (REC-12)."""
    found = visible(request, recording_id)
    try:
        redecoding.ask(found, how=request.POST.get("how", ""), by=request.actor)
    except NotPossible:
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Le fichier est décodé à nouveau. La nouvelle copie d'écoute remplace l'ancienne."))
    return _back(slug, found)


@staff(right="records")
@require_POST
def settle(request: SpaceRequest, slug: str, report_id: UUID) -> HttpResponse:
    """What was agreed about a defect (OPGA 7k al. 8)."""
    report = one_or_none(
        DefectReport.objects.filter(pk=report_id, insurer=request.insurer).select_related("recording__mandate")
    )
    found = visible(request, report.recording_id if report else report_id)
    form = SettleForm(request.POST)
    if report is None or not form.is_valid():
        return recording_page(request, found, errors=form.summary, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        listening_marks.settle_defect(report, outcome=form.cleaned_data["outcome"], by=request.actor)
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    return _back(slug, found)


def _back(slug: str, found: Recording) -> HttpResponse:
    return HttpResponseRedirect(reverse("recordings:recording", args=[slug, found.pk]), status=303)
