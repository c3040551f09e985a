"""The recorder: a page that works without a connection, what it asks of the server, its installation (REC-01, 09).

Nothing personal is in the page itself, which the browser keeps: the mandates come as data, and the page seals them.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from guichet import audio
from guichet.accounts.access import partner, public
from guichet.accounts.models import AffiliationKind
from guichet.recordings import partlog, shell
from guichet.recordings.actions import recorder as acts
from guichet.recordings.errors import Destroyed, NotPossible, WaiverInForce
from guichet.recordings.queries import mandates as queries
from guichet.recordings.views.common import deposits, expert_only, mandate_of
from guichet.recordings.views.recorder_words import words
from guichet.storage.cipher import PART_SIZE
from guichet.ui.context import page as page_context

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest
    from guichet.recordings.models import Mandate

_AHEAD: Final = timedelta(days=14)  # what a device keeps for days without a connection
_INK: Final = "#16191d"
_PAPER: Final = "#ffffff"


@partner
@require_safe
def page(request: SpaceRequest, slug: str) -> HttpResponse:
    """The recorder; a centre is told why it has none, and taken to where it uploads."""
    expert_only(request)
    if not is_expert(request):
        text = _(
            "L'enregistreur est réservé aux experts individuels. Un centre dépose les fichiers de ses dictaphones ici."
        )
        messages.info(request, text)
        return HttpResponseRedirect(reverse("recordings:mandates", args=[slug]))
    version = _version(request)
    context = {
        "config": _config(slug),
        "words": words(),
        "keepalive_url": "",  # an interview is longer than a session: the page lives without one
        "icon": shell.ICONS[192],
        "lines": partlog.REASONS,
    }
    response = render(request, shell.PAGE, context)
    response.records = True  # type: ignore[attr-defined]
    response["Recorder-Version"] = version
    return response


def is_expert(request: SpaceRequest) -> bool:
    """Individual experts only (REC-01)."""
    actor = request.actor
    return deposits(actor) and actor.affiliation is not None and actor.affiliation.kind == AffiliationKind.EXPERT


def _config(slug: str) -> dict[str, Any]:
    named = ("recorder_data", "recorder_begin", "recorder_login", "recorder_worker", "mandates")
    places = {name.removeprefix("recorder_"): reverse(f"recordings:{name}", args=[slug]) for name in named}
    return places | {
        "scope": reverse("recordings:recorder", args=[slug]),
        "vault": static("recordings/recorder/vault-worker.js"),
        "partSize": PART_SIZE,
        "longest": audio.MOST_SECONDS * 1000,
    }


def _version(request: SpaceRequest) -> str:
    return shell.version([_theme(request), request.insurer.name_fr, request.insurer.slug])


def _theme(request: SpaceRequest) -> str:
    return str(page_context(request)["theme_url"])


@public
@require_safe
def service_worker(request: SpaceRequest, slug: str) -> HttpResponse:
    """The worker that keeps the shell, for the addresses of the recorder alone."""
    scope = reverse("recordings:recorder", args=[slug])
    logo = request.insurer.logo
    addresses = [*shell.files(), _theme(request), *([static(f"ui/logos/{logo}")] if logo else [])]
    facts = {"VERSION": _version(request), "SHELL": scope, "FILES": addresses}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in facts.items())
    response = HttpResponse(head + shell.worker(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = scope
    return response


@public
@require_safe
def manifest(request: SpaceRequest, slug: str) -> HttpResponse:
    """What a device needs to know to install the recorder."""
    scope = reverse("recordings:recorder", args=[slug])
    icons = [
        {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, name in shell.ICONS.items()
        for purpose in ("any", "maskable")
    ]
    facts = {
        "id": scope,
        "name": f"{_('Enregistreur')} – {request.insurer.name}",
        "short_name": _("Enregistreur"),
        "start_url": scope,
        "scope": scope,
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": _INK,
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@partner
@require_safe
def login(request: SpaceRequest, slug: str) -> HttpResponse:
    """Who comes here is logged in: back to the recorder, whose own page never asks for it."""
    expert_only(request)
    return HttpResponseRedirect(reverse("recordings:recorder", args=[slug]))


@partner
@require_safe
def data(request: SpaceRequest, slug: str) -> HttpResponse:
    """The mandates of these days, as little of each as the recorder shows; the token for what it sends."""
    del slug
    expert_only(request)
    if not is_expert(request):
        raise PermissionDenied
    today = timezone.localdate()
    found = queries.for_recorder(request.actor, since=today - timedelta(days=1), until=today + _AHEAD)
    owner = hashlib.sha256(str(request.actor.affiliation and request.actor.affiliation.pk).encode()).hexdigest()
    return JsonResponse(
        {
            "owner": owner,
            "token": get_token(request),
            "today": today.isoformat(),
            "mandates": [_said(mandate) for mandate in found],
        }
    )


def _said(mandate: Mandate) -> dict[str, Any]:
    return {
        "id": str(mandate.pk),
        "name": f"{mandate.last_name} {mandate.first_name}",
        "number": mandate.number,
        "dates": [day.isoformat() for day in mandate.interview_dates],
        "waived": bool(mandate.waivers_in_force),  # type: ignore[attr-defined]
    }


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    reason: Literal[*partlog.REASONS]  # type: ignore[valid-type]


class _Announced(BaseModel):
    """What a device says of an interview it has recorded."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    mandate: UUID
    now: AwareDatetime  # by the device's clock
    parts: Annotated[list[_Part], Field(min_length=1, max_length=partlog.MOST)]


@partner
@require_POST
def begin(request: SpaceRequest, slug: str) -> HttpResponse:
    """An interview was recorded: where its sound goes, and where the server says what it has."""
    if not is_expert(request):
        raise PermissionDenied
    try:
        said = _Announced.model_validate_json(request.body)
    except ValidationError:
        return JsonResponse({"why": "form"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    mandate = mandate_of(request, said.mandate)
    stretches = [partlog.Stretch(part.start, part.end, part.reason) for part in said.parts]
    try:
        recording = acts.announce(
            mandate, recording_id=said.id, stretches=stretches, device_now=said.now, by=request.actor
        )
    except partlog.WrongLog:
        return JsonResponse({"why": "log"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (WaiverInForce, Destroyed, NotPossible) as why:
        words = {WaiverInForce: "waived", Destroyed: "destroyed", NotPossible: "closed"}
        return JsonResponse({"why": words[type(why)]}, status=HTTPStatus.CONFLICT)
    names = {"page": "deposit", "state": "deposit_state", "endpoint": "tus_create"}
    places = {key: reverse(f"recordings:{name}", args=[slug, recording.pk]) for key, name in names.items()}
    return JsonResponse(places)
