"""The office answers an objection of the insured person, and what follows for the invoice (INV-30)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guichet.accounts.access import staff
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions import objections as acts
from guichet.invoices.models import Objection
from guichet.invoices.queries.desk import ALL
from guichet.invoices.views.common import invoice_of
from guichet.invoices.views.desk_page import review_context
from guichet.ui.forms import ErrorLink
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest


@staff(right="review")
@require_POST
def answer(request: SpaceRequest, slug: str, invoice_id: UUID, objection_id: UUID) -> HttpResponse:
    """The person is right, with what follows for the invoice, or the invoice stands in spite of it."""
    invoice = invoice_of(request, invoice_id)
    objection = Objection.objects.filter(pk=objection_id, invoice=invoice).select_related("person", "invoice").first()
    if objection is None:
        raise Http404
    wish = request.POST.get("do", "")
    if wish not in {"uphold", "dismiss", "refuse", "correct"}:
        return error_page(request, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _act(request, objection, wish)
    except ReasonMissing:
        error = ErrorLink("id_answer", _("Écrivez à la personne assurée pourquoi."))
    except acts.MessageMissing:
        error = ErrorLink("id_to_sender", _("Écrivez au demandeur ce qui est à corriger, ou pourquoi vous refusez."))
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    else:
        messages.success(request, _("La personne assurée est avertie de votre réponse."))
        there = f"{reverse('invoices:review', args=[slug, invoice_id])}#objection"
        return HttpResponseRedirect(there, status=303)
    context = review_context(request, invoice, tab=ALL, errors=[error], conflict=False)
    return render(request, "invoices/desk/review.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _act(request: SpaceRequest, objection: Objection, wish: str) -> None:
    text = request.POST.get("answer", "")
    if wish in {"refuse", "correct"}:
        message = request.POST.get("to_sender", "")
        acts.uphold(objection, text=text, then=cast("acts.Next", wish), message=message, by=request.actor)
    else:
        acts.answer(objection, upheld=wish == "uphold", text=text, by=request.actor)
