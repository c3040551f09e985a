"""What the pages of accounts share: rendering with a status, refusals in words, what is not there."""

from __future__ import annotations

import math
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from guichet.accounts.access import SpaceRequest
    from guichet.accounts.errors import ConflictError, WrongCodeError
    from guichet.accounts.forms import Questions

Found = TypeVar("Found")

THROTTLED: Final = _("Trop de tentatives de connexion, veuillez réessayer d'ici quelques minutes")
_FOR_LONGER: Final = _("Trop de tentatives")
_MINUTES: Final = timedelta(minutes=20)  # what « quelques minutes » may mean
_CONFLICTS: Final = {
    "decided": _("Quelqu'un d'autre a déjà décidé de cette inscription."),
    "last_manager": _("Votre société a toujours au moins un gérant. Nommez d'abord une autre personne gérante."),
    "last_administrator": _("L'assureur a toujours au moins un administrateur. Nommez d'abord une autre personne."),
    "member_gone": _("Cette personne a été supprimée entre-temps."),
    "invitation_over": _("Cette invitation a déjà été utilisée ou annulée."),
    "not_yours": _("Le compte de cette personne a été créé ailleurs : elle change ses données elle-même."),
    "account_changed": _("Ce compte bancaire a été modifié entre-temps. Vérifiez-le avant de continuer."),
    "no_code": _("Aucun code n'est en attente. Recommencez."),
    "no_company": _("Cette page est réservée aux sociétés."),
}


def show(request: SpaceRequest, name: str, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    """A page of accounts."""
    return render(request, f"accounts/{name}.html", context, status=status)


def invalid(request: SpaceRequest, name: str, form: Questions, **context: Any) -> HttpResponse:
    """The same page with the errors at the fields and in the summary; everything typed is kept (422)."""
    context = {"form": form, "errors": form.summary} | context
    return show(request, name, HTTPStatus.UNPROCESSABLE_ENTITY, **context)


def throttled(request: SpaceRequest, name: str, until: datetime, **context: Any) -> HttpResponse:
    """Too often: until when, in words and for machines (429)."""
    long = lasts(until)
    said = {"throttled_until": until, "throttled_text": _FOR_LONGER if long else THROTTLED, "throttled_long": long}
    response = show(request, name, HTTPStatus.TOO_MANY_REQUESTS, **said, **context)
    response["Retry-After"] = str(max(1, math.ceil((until - timezone.now()).total_seconds())))
    return response


def lasts(until: datetime) -> bool:
    """Whether it takes longer than « quelques minutes » until then."""
    return until - timezone.now() > _MINUTES


def conflict(request: SpaceRequest, error: ConflictError, back: str) -> HttpResponse:
    """Somebody was faster, or the state does not allow it (409)."""
    return show(request, "conflict", HTTPStatus.CONFLICT, text=_CONFLICTS[error.code], back=back)


def dead_link(request: SpaceRequest, what: str) -> HttpResponse:
    """The link was used, replaced, revoked, or is too old (410)."""
    return show(request, "dead_link", HTTPStatus.GONE, what=what)


def wrong_code(error: WrongCodeError) -> str:
    """What to do after a code that was not taken."""
    if error.reason == "expired":
        return gettext("Ce code a expiré. Demandez un nouveau code d'accès.")
    if error.reason == "replayed":
        return gettext("Ce code a déjà été utilisé. Demandez un nouveau code d'accès.")
    if error.left == 0:
        return gettext("Ce code est faux et n'est plus valable. Demandez un nouveau code d'accès.")
    if error.left == 1:
        return gettext("Ce code est faux. Il reste 1 essai.")
    return gettext("Ce code est faux. Il reste %(left)d essais.") % {"left": error.left}


def found(thing: Found | None) -> Found:
    """The thing, or 404: what belongs to somebody else does not exist."""
    if thing is None:
        raise Http404
    return thing
