"""Staff at the player: ground, listening, markers and notes (REC-10, 12)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts.access import staff
from guichet.casework.errors import Overtaken
from guichet.recordings import queries, rules
from guichet.recordings.actions import listening as acts
from guichet.recordings.actions import listening_marks
from guichet.recordings.actions.listening_errors import NotListenable, NotYours, Over
from guichet.recordings.forms_listening import GroundForm, MarkerForm
from guichet.recordings.models import Listening, Marker, Recording
from guichet.recordings.views.stream import authorised, cookie_name, put_strict
from guichet.tenancy.rows import one_or_none
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest

SPEEDS: Final = ("0.75", "1", "1.25", "1.5", "1.75", "2")


def visible(request: SpaceRequest, recording_id: UUID) -> Recording:
    """The recording if this person may see it; otherwise it does not exist (404)."""
    rows = Recording.objects.visible_to(request.actor).filter(pk=recording_id)
    found = one_or_none(rows.select_related("mandate", "affiliation__partner", "copy", "original"))
    if found is None:
        raise Http404
    return found


@staff(right="listen")
@require_http_methods(["GET", "HEAD", "POST"])
def listen(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """Before the first second: on which ground of OPGA 7l, and in which case."""
    recording = visible(request, recording_id)
    form = GroundForm(request.POST or None, grounds=rules.grounds_for(rules.listening_role(request.actor)))
    if request.method != "POST":
        return _ground_page(request, recording, form)
    if not form.is_valid():
        return _ground_page(request, recording, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        listening, token = acts.begin(recording, by=request.actor, visitor=request.visitor, **form.cleaned_data)
    except NotListenable:
        return _ground_page(request, recording, form, closed=True, status=HTTPStatus.CONFLICT)
    except NotYours:
        raise Http404 from None
    response = redirect("recordings:player", slug, listening.pk)
    put_strict(response, cookie_name(listening.pk), token, age=acts.LIFE)
    return response


def _ground_page(
    request: SpaceRequest, recording: Recording, form: GroundForm, *, closed: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "recording": recording,
        "form": form,
        "errors": form.summary,
        "closed": closed or recording.status not in rules.LISTENABLE,
    }
    return render(request, "recordings/player/ground.html", context, status=status)


@staff(right="listen")
@require_safe
def player(request: SpaceRequest, slug: str, listening_id: UUID) -> HttpResponse:
    """The player, with the markers this person may see."""
    listening = _mine(request, listening_id)
    try:
        authorised(request, listening_id)
    except (Over, NotYours):
        again = reverse("recordings:listen", args=[slug, listening.recording_id])
        return render(request, "recordings/player/over.html", {"again": again}, status=HTTPStatus.GONE)
    return player_page(request, listening)


def player_page(
    request: SpaceRequest, listening: Listening, *, form: MarkerForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page itself."""
    recording = listening.recording
    markers = queries.markers(request.actor, recording)
    form = form or MarkerForm()
    context = player_context(listening, markers=markers) | {
        "markers": markers,
        "form": form,
        "errors": form.summary,
        "ground": rules.ground_of(listening.ground),
        "mandate": recording.mandate,
    }
    response = render(request, "recordings/player/staff.html", context, status=status)
    response.plays = True  # type: ignore[attr-defined]
    return response


def player_context(listening: Listening, *, markers: list[Marker]) -> dict[str, Any]:
    """What the controls need, for staff and for listeners."""
    recording = listening.recording
    return {
        "listening": listening,
        "recording": recording,
        "who": listening.who_name,
        "speeds": SPEEDS,
        "duration_ms": recording.duration_ms or 0,
        "total": rules.clock(recording.duration_ms or 0),
        "marks": json.dumps(_marks(recording, markers)),
        "parts": recording.parts,
    }


def _marks(recording: Recording, markers: list[Marker]) -> list[dict[str, Any]]:
    """What is drawn on the picture: the spoken start and end (OPGA 7k al. 6), markers."""
    spoken = (("start", recording.spoken_start_ms), ("end", recording.spoken_end_ms))
    return [{"kind": kind, "at": at} for kind, at in spoken if at is not None] + [
        {"kind": "marker", "at": marker.at_ms} for marker in markers
    ]


@staff(right="listen")
@require_POST
def set_marker(request: SpaceRequest, slug: str, listening_id: UUID) -> HttpResponse:
    """A marker at a place, with a note, for oneself or shared with colleagues."""
    listening = _mine(request, listening_id)
    form = MarkerForm(request.POST)
    if not form.is_valid():
        return player_page(request, listening, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        authorised(request, listening_id)
        listening_marks.set_marker(listening, by=request.actor, **form.cleaned_data)
    except (Over, NotYours):
        return error_page(request, HTTPStatus.GONE)
    except listening_marks.TooMany:
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Le repère est posé."))
    return HttpResponseRedirect(reverse("recordings:player", args=[slug, listening_id]) + "#reperes", status=303)


@staff(right="listen")
@require_POST
def remove_marker(request: SpaceRequest, slug: str, marker_id: UUID) -> HttpResponse:
    """Take one's own marker away."""
    marker = one_or_none(
        Marker.objects.visible_to(request.actor)
        .filter(pk=marker_id, author=request.actor.person)
        .select_related("recording__mandate")
    )
    if marker is None:
        raise Http404
    try:
        listening_marks.remove_marker(marker, by=request.actor)
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    try:
        return redirect("recordings:player", slug, UUID(request.POST.get("listening", "")))
    except ValueError:
        return redirect("recordings:recording", slug, marker.recording_id)


def _mine(request: SpaceRequest, listening_id: UUID) -> Listening:
    """A listening of this very person; nobody else's (404)."""
    try:
        listening = acts.find(listening_id, insurer=request.insurer)
    except NotYours:
        raise Http404 from None
    if listening.person_id != request.actor.person.pk:
        raise Http404
    return listening
