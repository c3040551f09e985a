"""Mails and SMS that could not be delivered (MSG-02). For administrators; their content is not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.accounts.access import staff
from guichet.audit import record
from guichet.notify import queries
from guichet.notify.actions import NotDead, retry
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from guichet.accounts.access import SpaceRequest

_ADMINISTRATORS: Final = frozenset({"administrator"})
_SHOWN: Final = 100


@staff(roles=_ADMINISTRATORS)
@require_safe
def undelivered(request: SpaceRequest, slug: str) -> HttpResponse:
    """The latest hundred, with what the gateway said."""
    items = list(queries.dead_letters(request.insurer)[:_SHOWN])
    return render(request, "accounts/undelivered.html", {"items": items, "sms_works": queries.sms_works()})


@staff(roles=_ADMINISTRATORS)
@require_POST
def undelivered_retry(request: SpaceRequest, slug: str, item_id: UUID) -> HttpResponse:
    """Try one again for another day."""
    if not queries.exists(item_id, insurer=request.insurer):
        raise Http404
    try:
        retry(item_id=item_id, insurer=request.insurer, by=request.actor, record=record)
    except NotDead:
        return error_page(request, 409)
    messages.success(request, _("L'envoi est de nouveau en route."))
    return HttpResponseRedirect(reverse("accounts:undelivered", args=[slug]), status=303)
