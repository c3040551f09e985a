"""Pages of a person alone: her data, what was sent in her name, contesting it (INV-16, INV-30)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.access import partner
from guichet.accounts.models import AffiliationKind, Identity
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions import objections as acts
from guichet.invoices.models import Answer, Representation
from guichet.invoices.queries import persons
from guichet.invoices.states import Status
from guichet.invoices.views.common import form_label
from guichet.ui.forms import FieldView, error_links

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.models import Invoice
    from guichet.invoices.queries import Line


@partner
@require_safe
def my_data(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Mes données »: address, account, whom one represents."""
    del slug
    actor = request.actor
    if not persons.is_insured(actor) or actor.affiliation is None:
        raise Http404
    rows = Representation.objects.visible_to(actor)
    context = {
        "partner": actor.affiliation.partner,
        "identity": Identity.objects.filter(affiliation=actor.affiliation).first(),
        "people": persons.acted_for(actor),
        "waiting": list(rows.exclude(state=Answer.ACCEPTED).order_by("-asked_at", "-id")[:50]),
        "represents": actor.affiliation.kind == AffiliationKind.REPRESENTATIVE,
    }
    return render(request, "invoices/persons/my_data.html", context)


def numbers(request: SpaceRequest) -> tuple[str, ...]:
    """Of whom this person acts for; for companies the page does not exist."""
    if not persons.is_insured(request.actor):
        raise Http404
    return persons.numbers_of(request.actor)


@partner
@require_safe
def in_name(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Factures en mon nom »: everything anybody sent at this office, without documents and bank data."""
    del slug
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = persons.in_name(request.actor, numbers(request), after=after, before=before)
    objected = {(one.invoice_id, one.version_no): one for one in persons.objections_to(page.rows)}
    rows = [_row(line) | {"objection": objected.get((line.pk, line.version_no))} for line in page.rows]
    return render(request, "invoices/persons/in_name.html", {"rows": rows, "page": page})


def _row(line: Line) -> dict[str, Any]:
    return {"invoice": line, "form": form_label(line), "status_word": Status(line.status).label}


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def one_in_name(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """One of them, and « Je conteste cette facture » with the reason."""
    found = persons.one_in_name(request.actor, numbers(request), invoice_id)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found)
    try:
        text, version = request.POST.get("reason", ""), _number(request.POST.get("version", ""))
        acts.object_to(found, version_no=version, text=text, by=request.actor)
    except ReasonMissing:
        words = _("Dites ce qui n'est pas juste, par exemple « Je n'ai pas reçu cette prestation ».")
        return _page(request, found, refusal=words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except acts.NotYours:
        raise Http404 from None
    except Overtaken:
        return _page(request, found, conflict=True, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Votre contestation est transmise à l'office. Il vous répond ici et par e-mail."))
    return HttpResponseRedirect(reverse("invoices:one_in_name", args=[slug, invoice_id]), status=303)


def _page(
    request: SpaceRequest,
    invoice: Invoice,
    *,
    refusal: str = "",
    conflict: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    objections = persons.objections_to([invoice])
    contested = any(one.version_no == invoice.version_no for one in objections)
    field = FieldView(
        name="reason",
        label=_("Qu'est-ce qui n'est pas juste ?"),
        kind="textarea",
        hint=_("Seul l'office lit votre explication. L'expéditeur apprend que vous contestez, rien d'autre."),
        value=request.POST.get("reason", "")[: acts.LONGEST],
        maxlength=acts.LONGEST,
        errors=(refusal,) if refusal else (),
    )
    context = {
        "invoice": invoice,
        "form": form_label(invoice),
        "sender": invoice.affiliation.partner.name,
        "status_word": Status(invoice.status).label,
        "objections": objections,
        "field": field,
        "errors": error_links([field]),
        "conflict": conflict,
        "contestable": acts.may_object(invoice, by=request.actor) and not contested,
        "is_own": invoice.affiliation_id == (request.actor.affiliation.pk if request.actor.affiliation else None),
    }
    return render(request, "invoices/persons/one_in_name.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
