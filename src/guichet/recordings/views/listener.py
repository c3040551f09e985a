"""The listener's side: link, code, player; no account, no file (REC-20). Nothing here names the medical matter."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts import throttles
from guichet.accounts.access import public
from guichet.accounts.codes import ATTEMPT_LIFE, RESEND_AFTER
from guichet.accounts.errors import CodeLockedError, NoAttemptError, ThrottledError, WrongCodeError
from guichet.accounts.views.pages import lasts, wrong_code
from guichet.kernel import dates
from guichet.kernel.phone import mask_phone
from guichet.notify.models import Status
from guichet.notify.queries import status_of
from guichet.recordings import queries, rules
from guichet.recordings.actions import listening_access as acts
from guichet.recordings.actions import listening_marks
from guichet.recordings.actions.listening_errors import NotListenable, NotYours, Over
from guichet.recordings.forms_listening import CodeForm, DefectForm
from guichet.recordings.grounds import GROUNDS
from guichet.recordings.views.player import player_context
from guichet.recordings.views.stream import authorised, cookie_name, drop_strict, put_strict

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.recordings.models import Listening, ListeningCode

_ATTEMPT: Final = f"{'' if settings.DEMO else '__Host-'}guichet-ecoute-code"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: SpaceRequest, slug: str, token: str) -> HttpResponse:
    """What the link opens, until when, and to which number the code goes."""
    turn = throttles.take(throttles.LINK_ADDRESS, request.visitor.network)
    if turn.until:
        return _throttled(request, "link", turn.until, early=False)
    try:
        grant = acts.grant_of(request.insurer, token)
    except NotYours:
        raise Http404 from None
    except Over:
        return _over(request)
    context = {
        "grant": grant,
        "masked": mask_phone(grant.mobile),
        "days_left": rules.days_left(grant.until, dates.zurich_date(timezone.now())),
    }
    if request.method != "POST":
        return render(request, "recordings/listener/link.html", context)
    try:
        attempt = acts.ask_code(grant)
    except ThrottledError as error:
        return _throttled(request, "link", error.until, early=False, **context)
    response = redirect("recordings:listen_code", slug)
    put_strict(response, _ATTEMPT, attempt, age=ATTEMPT_LIFE)
    return response


@public
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: SpaceRequest, slug: str) -> HttpResponse:
    """The six digits; the right ones lead to the player."""
    try:
        attempt = acts.find_attempt(request.insurer, request.COOKIES.get(_ATTEMPT, ""))
    except (NoAttemptError, Over):
        return _over(request)
    if request.method != "POST":
        return render(request, "recordings/listener/code.html", {"form": CodeForm(), **_waiting(request, attempt)})
    form = CodeForm(request.POST)
    return _try(request, slug, attempt, form) if form.is_valid() else _wrong(request, attempt, form)


def _try(request: SpaceRequest, slug: str, attempt: ListeningCode, form: CodeForm) -> HttpResponse:
    try:
        listening, token = acts.enter(attempt, form.cleaned_data["code"], visitor=request.visitor)
    except WrongCodeError as error:
        form.add_error("code", wrong_code(error))
        return _wrong(request, attempt, form)
    except ThrottledError as error:
        locked = isinstance(error, CodeLockedError)
        return _throttled(request, "code", error.until, form=form, locked=locked, **_waiting(request, attempt))
    except (Over, NotListenable):
        return _over(request)
    response = redirect("recordings:listener_player", slug, listening.pk)
    put_strict(response, cookie_name(listening.pk), token, age=listening.expires_at - timezone.now())
    drop_strict(response, _ATTEMPT)
    return response


@public
@require_POST
def code_again(request: SpaceRequest, slug: str) -> HttpResponse:
    """« J'ai besoin d'un nouveau code d'accès »."""
    try:
        attempt = acts.find_attempt(request.insurer, request.COOKIES.get(_ATTEMPT, ""))
    except (NoAttemptError, Over):
        return _over(request)
    try:
        acts.send_again(attempt)
    except ThrottledError as error:
        return _throttled(request, "code", error.until, form=CodeForm(), early=True, **_waiting(request, attempt))
    return redirect("recordings:listen_code", slug)


@public
@require_safe
def player(request: SpaceRequest, slug: str, listening_id: UUID) -> HttpResponse:
    """The player: name and time in sight, honest about what is logged and what cannot be prevented."""
    del slug
    try:
        listening, _keys = authorised(request, listening_id)
    except (NotYours, Over):
        return _over(request)
    return _player_page(request, listening)


def _player_page(
    request: SpaceRequest, listening: Listening, *, form: DefectForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    grant = listening.grant
    if grant is None:
        raise Http404
    form = form or DefectForm()
    context = player_context(listening, markers=[]) | {
        "grant": grant,
        "ground": GROUNDS[grant.ground],
        "days_left": rules.days_left(grant.until, dates.zurich_date(timezone.now())),
        "heard": queries.listenings_on(grant),
        "form": form,
        "errors": form.summary,
        "now": timezone.now(),
    }
    response = render(request, "recordings/listener/player.html", context, status=status)
    response.plays = True  # type: ignore[attr-defined]
    return response


@public
@require_POST
def report(request: SpaceRequest, slug: str, listening_id: UUID) -> HttpResponse:
    """« Signaler un défaut » with the second marked (OPGA 7k al. 8)."""
    try:
        listening, _keys = authorised(request, listening_id)
    except (NotYours, Over):
        return _over(request)
    form = DefectForm(request.POST)
    if not form.is_valid():
        return _player_page(request, listening, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        listening_marks.report_defect(listening, **form.cleaned_data)
    except listening_marks.TooMany:
        form.add_error(None, _("Vous avez déjà signalé beaucoup de défauts. Appelez l'office."))
        return _player_page(request, listening, form=form, status=HTTPStatus.CONFLICT)
    except (NotYours, listening_marks.NothingSaid):
        return _over(request)
    messages.success(request, _("Votre signalement est arrivé à l'office. Il prendra contact avec vous."))
    address = reverse("recordings:listener_player", args=[slug, listening_id])
    return HttpResponseRedirect(f"{address}#defaut", status=303)


def _waiting(request: SpaceRequest, attempt: ListeningCode) -> dict[str, Any]:
    wait: timedelta = attempt.sent_at + RESEND_AFTER - timezone.now()
    return {
        "attempt": attempt,
        "masked": mask_phone(attempt.grant.mobile),
        "seconds": max(0, round(wait.total_seconds())),
        "delivery": status_of(request.insurer, acts.sms_key(attempt)),
        "Status": Status,
    }


def _wrong(request: SpaceRequest, attempt: ListeningCode, form: CodeForm) -> HttpResponse:
    context = {"form": form, "errors": form.summary, **_waiting(request, attempt)}
    return render(request, "recordings/listener/code.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _throttled(request: SpaceRequest, page: str, until: datetime, **context: Any) -> HttpResponse:
    context = {"throttled_until": until, "throttled_long": lasts(until), **context}
    response = render(request, f"recordings/listener/{page}.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(max(1, math.ceil((until - timezone.now()).total_seconds())))
    return response


def _over(request: SpaceRequest) -> HttpResponse:
    """Revoked, replaced, expired, or nothing begun in this browser (410)."""
    return render(request, "recordings/listener/over.html", status=HTTPStatus.GONE)
