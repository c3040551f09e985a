"""What the pages of invoices share: fetching what this person may see, and words for lists."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guichet.formspec import registry
from guichet.invoices.models import Invoice, InvoiceUnsaved, InvoiceVersion, Objection
from guichet.kernel import dates
from guichet.tenancy.rows import one_or_none

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.queries import Line

_FOR_THE_DESK: Final = ("affiliation__partner", "account", "assigned_to", "decided_by")


def invoice_of(
    request: SpaceRequest, invoice_id: UUID, *, erased: bool = False, unsaved: bool = False, whole: bool = False
) -> Invoice:
    """The invoice if this person may see it; otherwise it does not exist (404), as an erased one unless asked for.

    `unsaved` also asks whether this person typed something into it after the login had ended, `whole` fetches what was
    sent last and whether it was ever contested: see `current_version`, `was_contested`.
    """
    actor = request.actor
    visible = Invoice.objects.visible_to(actor).filter(pk=invoice_id).select_related("beneficiary", "responsible")
    if unsaved:
        typed = InvoiceUnsaved.objects.filter(case=OuterRef("pk"), person=actor.person)
        visible = visible.annotate(has_unsaved=Exists(typed))
    if whole:
        sent_last = FilteredRelation("versions", condition=Q(versions__no=F("version_no")))
        contested = Exists(Objection.objects.filter(invoice=OuterRef("pk")))
        visible = visible.annotate(sent_last=sent_last, has_objections=contested).select_related("sent_last")  # type: ignore[misc] # a FilteredRelation, unknown to the stubs
    invoice = one_or_none(visible if actor.affiliation else visible.select_related(*_FOR_THE_DESK))
    if invoice is None or (invoice.erased_at and not erased):
        raise Http404
    invoice.insurer = request.insurer
    if actor.affiliation:
        invoice.affiliation = actor.affiliation  # `visible_to` compared them
    return invoice


def current_version(invoice: Invoice) -> InvoiceVersion:
    """What was sent last; no statement if it came with the invoice (`whole`)."""
    found: InvoiceVersion | None = getattr(invoice, "sent_last", None)
    if found is not None and found.no == invoice.version_no:
        found.case, found.insurer = invoice, invoice.insurer
        return found
    return InvoiceVersion.objects.select_related("case", "insurer", "sent_by", "pdf").get(
        case=invoice, no=invoice.version_no
    )


def was_contested(invoice: Invoice) -> bool:
    """Whether the insured person ever objected; yes if nobody asked (`whole`)."""
    return bool(getattr(invoice, "has_objections", True))


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
