"""What a player fetches: playlist, key, sealed segments, the shape of the sound; what it reports (REC-20, 21).

All are public addresses: who asks is said by the cookie of the listening, or by a short-lived pass in the path for
players that send no cookie. Ranges, HEAD and inventions get a sealed segment or nothing: a file is never served.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from guichet import storage
from guichet.accounts.access import public
from guichet.recordings import streaming
from guichet.recordings.actions import listening as acts
from guichet.recordings.actions.listening_errors import NotServed, NotYours, Over, TooFast
from guichet.recordings.waveform import shape
from guichet.ui.cookies import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta
    from uuid import UUID

    from django.http import HttpRequest

    from guichet.accounts.access import SpaceRequest
    from guichet.recordings.models import Listening

_MOST_SPANS: Final = 60
_LONGEST_MS: Final = 24 * 3600 * 1000


def cookie_name(listening_id: UUID) -> str:
    """Each listening has a cookie of its own, so that two of them can be open in one browser."""
    return f"{PREFIX}guichet-ecoute-{listening_id.hex[:12]}"


def put_strict(response: HttpResponse, name: str, value: str, *, age: timedelta) -> None:
    """A cookie no script reads and no other site can make the browser send."""
    response.set_cookie(
        name,
        value,
        max_age=int(age.total_seconds()),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def drop_strict(response: HttpResponse, name: str) -> None:
    """Take one away again."""
    response.set_cookie(
        name, "", max_age=0, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict"
    )


def authorised(
    request: SpaceRequest, listening_id: UUID, *, ticket: str = streaming.BY_COOKIE, whole: bool = False
) -> tuple[Listening, streaming.Keys]:
    """The listening of this browser with its keys. Raises `NotYours`, `Over`."""
    listening = acts.find(listening_id, insurer=request.insurer, whole=whole)
    return listening, _let_in(request, listening, ticket)


def _let_in(request: SpaceRequest, listening: Listening, ticket: str) -> streaming.Keys:
    token = request.COOKIES.get(cookie_name(listening.pk), "")
    return acts.authorise(listening, token=token, ticket=ticket, actor=request.actor)


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The status of each refusal; nothing in the body."""

    def answer(request: HttpRequest, slug: str, **arguments: Any) -> HttpResponse:
        try:
            return view(request, slug, **arguments)
        except NotYours:
            return HttpResponse(status=HTTPStatus.FORBIDDEN)
        except (Over, storage.Destroyed):
            return HttpResponse(status=HTTPStatus.GONE)
        except NotServed:
            return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except TooFast as error:
            return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(error.seconds)})

    answer.__name__, answer.__doc__, answer.__module__ = view.__name__, view.__doc__, view.__module__
    return answer


@public
@require_safe
@_answering
def playlist(request: SpaceRequest, slug: str, listening_id: UUID, ticket: str) -> HttpResponse:
    """Addresses of the segments, each signed for this listening."""
    listening, keys = authorised(request, listening_id, ticket=ticket, whole=True)
    base = reverse("recordings:playlist", args=[slug, listening_id, ticket]).removesuffix("liste.m3u8")

    def address(name: str) -> str:
        return f"{base}cle" if name == "key" else f"{base}{name}"

    text = streaming.playlist(keys, listening.recording.segments, address)
    return HttpResponse(text, content_type="application/vnd.apple.mpegurl")


@public
@require_safe
@_answering
def key(request: SpaceRequest, slug: str, listening_id: UUID, ticket: str) -> HttpResponse:
    """The key of this listening's segments."""
    del slug
    _listening, keys = authorised(request, listening_id, ticket=ticket)
    if not keys.signed("key", request.GET.get("s", "")):
        raise NotYours
    return HttpResponse(keys.sound, content_type="application/octet-stream")


@public
@require_safe
@_answering
def segment(request: SpaceRequest, slug: str, listening_id: UUID, ticket: str, number: int) -> HttpResponse:
    """Six seconds, sealed, written down first; whatever range is asked for."""
    del slug
    listening = acts.find_piece(listening_id, insurer=request.insurer, number=number)
    keys = _let_in(request, listening, ticket)
    if not keys.signed(str(number), request.GET.get("s", "")):
        raise NotYours
    return HttpResponse(acts.serve(listening, number, keys=keys), content_type="application/octet-stream")


@public
@require_safe
@_answering
def wave(request: SpaceRequest, slug: str, listening_id: UUID) -> HttpResponse:
    """The shape of the sound, coarse: loudness from 0 to 100 at evenly spaced places."""
    del slug
    listening, _keys = authorised(request, listening_id)
    return JsonResponse({"peaks": shape(listening.recording)})


@public
@require_POST
@_answering
def heard(request: SpaceRequest, slug: str, listening_id: UUID) -> HttpResponse:
    """The player says what it played, {"spans": [[from ms, to ms], …]}; a listening that is over says so here."""
    del slug
    listening, _keys = authorised(request, listening_id)
    spans = _spans(request.body)
    if spans is None:
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    acts.heard(listening, spans)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@public
@require_POST
@_answering
def finish(request: SpaceRequest, slug: str, listening_id: UUID) -> HttpResponse:
    """The player is left."""
    del slug
    listening, _keys = authorised(request, listening_id)
    acts.finish(listening)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    drop_strict(response, cookie_name(listening_id))
    return response


@public
@require_POST
@_answering
def make_pass(request: SpaceRequest, slug: str, listening_id: UUID) -> HttpResponse:
    """The address of a playlist for a player that sends no cookie, good for half an hour."""
    listening, keys = authorised(request, listening_id)
    until = min(timezone.now() + acts.PASS_LIFE, listening.expires_at)
    address = reverse("recordings:playlist", args=[slug, listening_id, keys.make_pass(until)])
    return JsonResponse({"url": address})


def _spans(body: bytes) -> list[tuple[int, int]] | None:
    """None for anything that is not a short list of pairs of places."""
    try:
        spans = json.loads(body)["spans"]
        pairs = [(int(start), int(end)) for start, end in spans]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    fit = all(0 <= start < end <= _LONGEST_MS for start, end in pairs)
    return pairs if fit and len(pairs) <= _MOST_SPANS else None
