"""« Interface (API) »: keys for the company's own software. For managers only."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guichet.accounts.access import manager
from guichet.invoices.actions import tokens
from guichet.invoices.models import ApiToken, Scope
from guichet.tenancy.rows import one_or_none
from guichet.ui.forms import Choice, FieldView, error_links

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest

_DAYS: Final = ("30", "90", "365")
_READ, _BOTH = "read", "read send"
_MOST_SHOWN: Final = 100


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """The company's keys, and a new one, whose secret is shown this once."""
    if request.method != "POST":
        return _page(request)
    name = request.POST.get("name", "").strip()[:60]
    scopes, days = request.POST.get("scopes", _BOTH), request.POST.get("days", "365")
    if not name or scopes not in (_READ, _BOTH) or days not in _DAYS:
        error = "" if name else _("Donnez un nom à cette clé, par exemple celui du logiciel.")
        return _page(request, name=name, error=error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        token, secret = tokens.make(name=name, scopes=scopes.split(), days=int(days), by=request.actor)
    except tokens.TooManyTokens:
        text = _("Votre société a {most} clés : révoquez celles qui ne servent plus.").format(most=tokens.MOST_TOKENS)
        return _page(request, name=name, error=text, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, made=token, secret=secret)


def _page(
    request: SpaceRequest,
    *,
    name: str = "",
    error: str = "",
    made: ApiToken | None = None,
    secret: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    found = ApiToken.objects.visible_to(request.actor).select_related("made_by").order_by("-created_at", "-id")
    fields = _fields(name, error)
    context = {
        "fields": fields,
        "errors": error_links(fields) if status != HTTPStatus.OK else [],
        "tokens": [_row(token) for token in found[:_MOST_SHOWN]],
        "made": made,
        "secret": secret,
        "base": request.build_absolute_uri(f"/{request.insurer.slug}/api/v1/"),
    }
    return render(request, "invoices/interface.html", context, status=status)


def _fields(name: str, error: str) -> list[FieldView]:
    days = {"30": _("30 jours"), "90": _("90 jours"), "365": _("un an")}
    return [
        FieldView(
            name="name",
            label=_("Nom de la clé"),
            hint=_("Par exemple le nom du logiciel qui l'utilise."),
            value=name,
            errors=(error,) if error else (),
        ),
        FieldView(
            name="scopes",
            kind="radio",
            label=_("Droits"),
            value=_BOTH,
            choices=(Choice(_READ, _("Lire")), Choice(_BOTH, _("Lire, saisir et envoyer"))),
        ),
        FieldView(
            name="days",
            kind="select",
            label=_("Durée"),
            value="365",
            choices=tuple(Choice(value, words) for value, words in days.items()),
        ),
    ]


def _row(token: ApiToken) -> dict[str, object]:
    if token.revoked_at:
        state = _("Révoquée")
    elif token.expires_at <= timezone.now():
        state = _("Échue")
    elif not tokens.answered_for(token):
        state = _("Sans effet : {name} n'est plus gérant").format(name=token.made_by.short_name)
    else:
        state = _("Valable")
    return {
        "token": token,
        "state": state,
        "scopes": ", ".join(str(Scope(scope).label) for scope in token.scopes),
        "ends": not token.revoked_at and token.expires_at > timezone.now(),
    }


@manager
@require_POST
def revoke(request: SpaceRequest, slug: str, token_id: UUID) -> HttpResponse:
    """The key opens nothing from now on."""
    token = one_or_none(ApiToken.objects.visible_to(request.actor).filter(pk=token_id))
    if token is None:
        raise Http404
    tokens.revoke(token, by=request.actor)
    messages.success(request, _("La clé « {name} » est révoquée.").format(name=token.name))
    return HttpResponseRedirect(reverse("invoices:interface", args=[slug]), status=303)
