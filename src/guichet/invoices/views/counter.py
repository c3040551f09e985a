"""The partner's side: « Guichet », opening a form, the page of a case, its PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guichet import audit
from guichet.accounts.access import partner, signed_in
from guichet.accounts.models import Membership
from guichet.casework.errors import NotEditable, Overtaken
from guichet.formspec import registry
from guichet.invoices import formtypes, queries, receipt
from guichet.invoices.actions import drafts, printing, sending
from guichet.invoices.models import InvoiceVersion
from guichet.invoices.queries import payouts, persons
from guichet.invoices.states import EDITABLE, Status
from guichet.invoices.views.common import current_version, erased_page, form_label, invoice_of
from guichet.tenancy.prepared import Prepared
from guichet.ui.addresses import addresses
from guichet.ui.forms import Choice, FieldView
from guichet.ui.parts import Event
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from guichet.accounts.access import Actor, SpaceRequest
    from guichet.invoices.models import Invoice
    from guichet.invoices.queries import Line

ACTS = {
    "opened": gettext_lazy("Saisie commencée"),
    "sent": gettext_lazy("Demande envoyée"),
    "withdrawn": gettext_lazy("Demande retirée"),
    "opened_by_office": gettext_lazy("Consultée par l'office"),
    "accept": gettext_lazy("Demande acceptée"),
    "ask_correction": gettext_lazy("Correction demandée"),
    "refuse": gettext_lazy("Demande refusée"),
    "transmitted": gettext_lazy("Transmise pour paiement"),
    "paid": gettext_lazy("Payée"),
    "rejected": gettext_lazy("Rejetée par la Centrale"),
    "returned": gettext_lazy("Versement retourné"),
    "objected": gettext_lazy("Contestée par la personne assurée"),
    "transmit_again": gettext_lazy("Sera transmise à nouveau"),
}

_UNSAID = {Status.DRAFT, Status.AWAITING_SECOND}  # which the sender's list of states does not offer


@partner
@require_safe
def counter(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Guichet »: what waits for the company, then everything that was sent (INV-01)."""
    filters = queries.Filters(
        responsible=request.GET.get("responsable", "")[:36],
        beneficiary=request.GET.get("beneficiaire", "")[:120],
        status=request.GET.get("statut", "")[:20],
    )
    waiting = queries.to_correct_and_drafts(request.actor, filters)
    page = queries.history(
        request.actor, filters, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    address, pdf, entry = (addresses(f"invoices:{name}", slug) for name in ("case", "pdf", "entry"))
    return render(
        request,
        "invoices/counter/counter.html",
        {
            "to_correct": [_waiting_row(one, entry) for one in waiting if one.status == Status.TO_CORRECT],
            "drafts": [_waiting_row(one, entry) for one in waiting if one.status == Status.DRAFT],
            "history": [_sent_row(line, address, pdf) for line in page.rows],
            "page": page,
            "filters": filters,
            "filter_fields": _filter_fields(request.actor, filters),
            "alone": persons.is_insured(request.actor),
            "power_asked": persons.is_asked(request.actor),
        },
    )


def row(invoice: Invoice) -> dict[str, Any]:
    """One line of a list, flat for the template."""
    return {"invoice": invoice, "form": form_label(invoice), "status_word": Status(invoice.status).label}


def _waiting_row(invoice: Invoice, entry: Callable[[UUID], str]) -> dict[str, Any]:
    """One line of what waits for the company."""
    return row(invoice) | {"url": entry(invoice.pk)}


def _sent_row(line: Line, address: Callable[[UUID], str], pdf: Callable[[UUID], str]) -> dict[str, Any]:
    """One line of the history: looking through objects in a template costs ten times as much."""
    return {
        "url": address(line.pk),
        "pdf": pdf(line.pk),
        "person": line.person,
        "avs": line.avs_number or "",
        "responsible": line.responsible,
        "form": form_label(line),
        "status": line.status,
        "status_word": Status(line.status).label,
        "total": line.total,
        "sent_at": line.sent_at,
    }


_members: Final = Prepared(
    lambda affiliation: (
        Membership.objects.filter(affiliation=affiliation)
        .select_related("person")
        .order_by("created_at")
        .only("person__first_name", "person__last_name")
    )
)


def _filter_fields(actor: Actor, filters: queries.Filters) -> list[FieldView]:
    if persons.is_insured(actor):
        return [_state_field(filters)]
    members = _members(affiliation=actor.affiliation.pk) if actor.affiliation else []
    people = {str(member.person_id): member.person.short_name for member in members}
    everybody = Choice("", _("Tous"))
    return [
        FieldView(
            name="responsable",
            label=_("Responsable"),
            kind="select",
            value=filters.responsible,
            required=False,
            choices=(everybody, *(Choice(key, name) for key, name in people.items())),
        ),
        FieldView(
            name="beneficiaire", label=_("Bénéficiaire"), kind="search", value=filters.beneficiary, required=False
        ),
        _state_field(filters),
    ]


def _state_field(filters: queries.Filters) -> FieldView:
    return FieldView(
        name="statut",
        label=_("Statut"),
        kind="select",
        value=filters.status,
        required=False,
        choices=(
            Choice("", _("Tous")),
            *(Choice(value, label) for value, label in Status.choices if value not in _UNSAID),
        ),
    )


@partner
@require_POST
def new(request: SpaceRequest, slug: str, code: str) -> HttpResponse:
    """Open a form of that type; an untouched draft of the same person is taken up again."""
    only = request.insurer.setting("individual_forms") if persons.is_insured(request.actor) else None
    if code not in formtypes.offered(request.insurer.setting("invoice_forms"), of=only):
        raise Http404
    invoice = drafts.open_or_reuse(code=code, beneficiary=request.POST.get("beneficiary", ""), by=request.actor)
    return HttpResponseRedirect(reverse("invoices:entry", args=[slug, invoice.pk]))


@signed_in
@require_safe
def case(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """The page of one invoice. Mails lead here; it sends everybody where the work is."""
    invoice = invoice_of(request, invoice_id, erased=True)
    if invoice.erased_at:
        return erased_page(request, invoice)
    if request.actor.is_staff:
        return HttpResponseRedirect(reverse("invoices:review", args=[slug, invoice_id]))
    if invoice.status in EDITABLE:
        return HttpResponseRedirect(reverse("invoices:entry", args=[slug, invoice_id]))
    version = current_version(invoice)
    return render(request, "invoices/counter/case.html", case_context(invoice, version) | money_context(invoice))


def money_context(invoice: Invoice) -> dict[str, Any]:
    """What the bank said, or when the money is expected, for the sender."""
    return {"settlements": payouts.of_invoice(invoice), "expected": payouts.expected(invoice)}


def case_context(invoice: Invoice, version: InvoiceVersion) -> dict[str, Any]:
    """Facts, amounts and history of what was sent."""
    return {
        "invoice": invoice,
        "version": version,
        "form_label": form_label(invoice),
        "form_type": registry.edition(invoice.form_code, invoice.edition),
        "status_word": Status(invoice.status).label,
        "sections": receipt.sections(version),
        "answers": receipt.answers_of(version),
        "computed": version.computed,
        "attachments": queries.sent_files(version),
        "events": timeline(invoice),
        "withdrawable": invoice.status == Status.IN_REVIEW and invoice.opened_at is None,
        "decided_lines": queries.line_decisions(invoice) if is_partly_accepted(invoice) else [],
    }


def is_partly_accepted(invoice: Invoice) -> bool:
    """Whether the office accepted less than was asked, and said so to the sender (not while a second agent looks)."""
    told = invoice.status not in {Status.IN_REVIEW, Status.AWAITING_SECOND, Status.TO_CORRECT}
    return told and invoice.accepted_total is not None and invoice.accepted_total != invoice.total


def timeline(invoice: Invoice) -> list[Event]:
    """The case's history in words; what the office does alone is not shown to the sender."""
    acts = list(ACTS)
    events = invoice.events.select_related("person").filter(act__in=acts).order_by("at", "id")
    return [
        Event(
            at=event.at,
            title=str(ACTS[event.act]),
            who=event.person.short_name if event.person and event.side == "partner" else invoice.insurer.name,
            text=event.text,
        )
        for event in sorted(events, key=lambda event: (event.at, acts.index(event.act)))
    ]


@signed_in
@require_safe
def pdf(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """The PDF copy, at once and at any later time (FRM-06); who fetched it is recorded."""
    del slug
    invoice = invoice_of(request, invoice_id)
    if invoice.version_no == 0:
        raise Http404
    wanted = request.GET.get("version", "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else invoice.version_no
    versions = InvoiceVersion.objects.select_related("case", "insurer", "sent_by", "pdf")
    version = versions.filter(case=invoice, no=number).first()
    if version is None:
        raise Http404
    return _paper(
        request,
        version,
        act="pdf_read",
        content=lambda: printing.pdf_of(version),
        name=f"{invoice.number}-v{version.no}.pdf",
    )


@signed_in
@require_safe
def notice(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """What was accepted of each line and why not the rest, as PDF; who fetched it is recorded."""
    del slug
    invoice = invoice_of(request, invoice_id)
    if not is_partly_accepted(invoice):
        raise Http404
    version = current_version(invoice)
    name = f"{invoice.number}-decision.pdf"
    return _paper(request, version, act="notice_read", content=lambda: printing.notice(version), name=name)


def _paper(
    request: SpaceRequest, version: InvoiceVersion, *, act: str, content: Callable[[], bytes], name: str
) -> HttpResponse:
    """A PDF about a version, shown by the browser; who reads it is recorded before it is made."""
    with transaction.atomic():
        audit.record(
            f"invoice.{act}",
            insurer_id=version.insurer_id,
            by=request.actor.who,
            on="invoice",
            object_id=str(version.case_id),
            subject=version.snapshot["beneficiary"]["avs_number"],
            recipient=str(request.actor.person.pk),
        )
    response = HttpResponse(content(), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response


@partner
@require_POST
def withdraw(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Take an invoice back before an agent opened it (INV-28)."""
    invoice = invoice_of(request, invoice_id)
    try:
        sending.withdraw(invoice, by=request.actor)
    except Overtaken:
        return error_page(request, 409)
    return HttpResponseRedirect(reverse("invoices:case", args=[slug, invoice_id]))


@partner
@require_POST
def discard(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Delete a draft."""
    invoice = invoice_of(request, invoice_id)
    try:
        drafts.discard_draft(invoice, by=request.actor)
    except NotEditable:
        return error_page(request, 409)
    return HttpResponseRedirect(reverse("invoices:counter", args=[slug]))
