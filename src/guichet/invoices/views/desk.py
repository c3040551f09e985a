"""The office's side: the queue, the page of an invoice, the decision (INV-21)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet import audit
from guichet.accounts.access import staff
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices import queries
from guichet.invoices.actions import deciding
from guichet.invoices.flags import flags_of
from guichet.invoices.states import Status
from guichet.invoices.views.common import form_label, invoice_of
from guichet.invoices.views.counter import case_context, current_version
from guichet.kernel import holidays
from guichet.ui.forms import Choice, ErrorLink, FieldView

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.formspec.paper import PaperSection
    from guichet.invoices.models import Invoice

_PIN = "pin:"
_MOST_PINS = 60


@staff(right="review")
@require_safe
def queue(request: SpaceRequest, slug: str) -> HttpResponse:
    """What waits for a decision, the oldest first; any other state by its filter."""
    del slug
    status = request.GET.get("statut", Status.IN_REVIEW)
    status = status if status in Status.values and status != Status.DRAFT else Status.IN_REVIEW
    text = request.GET.get("recherche", "")[:120]
    page = queries.desk_queue(
        request.actor,
        status=status,
        text=text,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "rows": [_row(request, invoice) for invoice in page.rows],
        "page": page,
        "status": status,
        "counts": queries.desk_counts(request.actor),
        "filtered": bool(text),
        "filter_fields": [
            FieldView(
                name="statut",
                label=_("Statut"),
                kind="select",
                value=status,
                required=False,
                choices=tuple(Choice(value, label) for value, label in Status.choices if value != Status.DRAFT),
            ),
            FieldView(
                name="recherche",
                label=_("Numéro, bénéficiaire ou n° assuré"),
                kind="search",
                value=text,
                required=False,
            ),
        ],
    }
    return render(request, "invoices/desk/queue.html", context)


def _row(request: SpaceRequest, invoice: Invoice) -> dict[str, Any]:
    canton = request.insurer.canton or "BE"
    waited = holidays.working_days_between(timezone.localdate(invoice.changed_at), timezone.localdate(), canton)
    return {
        "invoice": invoice,
        "form": form_label(invoice),
        "days": waited,
        "late": invoice.status == Status.IN_REVIEW and waited > request.insurer.setting("answer_days"),
        "status_word": Status(invoice.status).label,
    }


@staff(right="review")
@require_safe
def review(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Documents beside the form, checks, history and the three decisions. Reading it is recorded."""
    del slug
    invoice = invoice_of(request, invoice_id)
    if invoice.opened_at is None and invoice.status == Status.IN_REVIEW:
        return render(request, "invoices/desk/closed.html", {"invoice": invoice, "form_label": form_label(invoice)})
    _record_reading(request, invoice)
    return _review_page(request, invoice)


def _record_reading(request: SpaceRequest, invoice: Invoice) -> None:
    with transaction.atomic():
        audit.record(
            "invoice.read",
            insurer_id=invoice.insurer_id,
            by=request.actor.who,
            on="invoice",
            object_id=str(invoice.pk),
            subject=invoice.beneficiary.avs_number if invoice.beneficiary else "",
            recipient=str(request.actor.person.pk),
        )


def _review_page(
    request: SpaceRequest,
    invoice: Invoice,
    *,
    typed: dict[str, str] | None = None,
    errors: list[ErrorLink] | None = None,
    conflict: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    version = current_version(invoice)
    context = case_context(invoice, version)
    context |= {
        "flags": flags_of(invoice, version, context["attachments"]),
        "pinnable": _pinnable(context["sections"]),
        "typed": typed or {},
        "errors": errors or [],
        "conflict": conflict,
        "earlier": queries.earlier_of_person(request.actor, invoice),
        "decidable": invoice.status == Status.IN_REVIEW and not conflict,
        "message_field": FieldView(
            name="message",
            label=_("Message au demandeur"),
            kind="textarea",
            required=False,
            hint=_("Obligatoire pour une correction ou un refus."),
            value=(typed or {}).get("message", ""),
            errors=tuple(str(error.text) for error in errors or []),
        ),
    }
    return render(request, "invoices/desk/review.html", context, status=status)


def _pinnable(sections: list[PaperSection]) -> list[dict[str, str]]:
    """Fields and lines a remark may be pinned to (FRM-07)."""
    places: list[dict[str, str]] = []
    for section in sections:
        if section.table:
            places += [
                {
                    "place": f"{section.table.name}-{index}",
                    "label": _("{table}, ligne {number}").format(table=section.title, number=index + 1),
                }
                for index in range(len(section.table.rows))
            ]
        else:
            places += [{"place": fact.place, "label": fact.label} for fact in section.facts]
    return places


@staff(right="review")
@require_POST
def open_invoice(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Take an invoice in hand: from now on the sender cannot withdraw it."""
    invoice = invoice_of(request, invoice_id)
    deciding.open_for_review(invoice, by=request.actor)
    return HttpResponseRedirect(reverse("invoices:review", args=[slug, invoice_id]), status=303)


@staff(right="review")
@require_POST
def decide(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Accept, ask for a correction, refuse; of two agents at once exactly one wins."""
    invoice = invoice_of(request, invoice_id)
    typed = {name: str(value)[:4000] for name, value in request.POST.items()}
    number = typed.get("version", "")
    version_no = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else -1
    message = typed.get("message", "")
    pins = {name.removeprefix(_PIN): text for name, text in typed.items() if name.startswith(_PIN) and text.strip()}
    try:
        match typed.get("do"):
            case "accept":
                deciding.accept(invoice, version_no=version_no, by=request.actor)
                said = _("{number} : acceptée et prête pour le paiement.")
            case "correct":
                pins = dict(list(pins.items())[:_MOST_PINS])
                deciding.ask_correction(invoice, version_no=version_no, message=message, pins=pins, by=request.actor)
                said = _("{number} : une correction est demandée.")
            case "refuse":
                deciding.refuse(invoice, version_no=version_no, message=message, by=request.actor)
                said = _("{number} : refusée.")
            case _:
                return _review_page(request, invoice, typed=typed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ReasonMissing:
        wanted = [ErrorLink("id_message", _("Écrivez au demandeur ce qui est à corriger, ou pourquoi vous refusez."))]
        return _review_page(request, invoice, typed=typed, errors=wanted, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Overtaken:
        invoice = invoice_of(request, invoice_id)
        return _review_page(request, invoice, typed=typed, conflict=True, status=HTTPStatus.CONFLICT)
    messages.success(request, said.format(number=invoice.number))
    return HttpResponseRedirect(reverse("invoices:desk_queue", args=[slug]), status=303)
