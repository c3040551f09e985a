"""What the pages of invoices share: fetching what this person may see, and words for lists."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guichet.formspec import registry
from guichet.invoices.models import Invoice, InvoiceUnsaved
from guichet.kernel import dates
from guichet.tenancy.rows import one_or_none

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.queries import Line

_FOR_THE_DESK: Final = ("affiliation__partner", "account", "assigned_to")


def invoice_of(request: SpaceRequest, invoice_id: UUID, *, erased: bool = False, unsaved: bool = False) -> Invoice:
    """The invoice if this person may see it; otherwise it does not exist (404), as an erased one unless asked for.

    `unsaved` also asks whether this person typed something into it after the login had ended.
    """
    actor = request.actor
    visible = Invoice.objects.visible_to(actor).filter(pk=invoice_id).select_related("beneficiary", "responsible")
    if unsaved:
        typed = InvoiceUnsaved.objects.filter(case=OuterRef("pk"), person=actor.person)
        visible = visible.annotate(has_unsaved=Exists(typed))
    invoice = one_or_none(visible if actor.affiliation else visible.select_related(*_FOR_THE_DESK))
    if invoice is None or (invoice.erased_at and not erased):
        raise Http404
    invoice.insurer = request.insurer
    if actor.affiliation:
        invoice.affiliation = actor.affiliation  # `visible_to` compared them
    return invoice


def erased_page(request: SpaceRequest, invoice: Invoice) -> HttpResponse:
    """What is left of an invoice whose time is over (410)."""
    context = {"invoice": invoice, "form_label": form_label(invoice)}
    return render(request, "invoices/erased.html", context, status=HTTPStatus.GONE)


def form_label(invoice: Invoice | Line) -> str:
    """« Facture 01.05.2024 - 31.05.2024 », as the lists of the guides write it."""
    label = str(getattr(registry.edition(invoice.form_code, invoice.edition), "list_label", _("Facture")))
    if invoice.period_from is None or invoice.period_to is None:
        return label
    if invoice.period_from == invoice.period_to:
        return f"{label} {dates.format_date(invoice.period_from)}"
    return f"{label} {dates.format_date(invoice.period_from)} - {dates.format_date(invoice.period_to)}"
