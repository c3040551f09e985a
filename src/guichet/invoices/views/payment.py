"""Batches of accepted invoices for the Centrale (INV-25): list, make one now, fetch the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guichet import audit, storage
from guichet.accounts.access import staff
from guichet.invoices.actions import payment
from guichet.invoices.models import Batch
from guichet.invoices.queries import payouts

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.storage.models import StoredObject

_ADMINISTRATORS = frozenset({"administrator"})
_SHOWN = 100  # batches: some months of them
_MOST_COUNTED = 1_000
_REASONS = {
    "iban.foreign": gettext_lazy("compte à l'étranger"),
    "address.town": gettext_lazy("adresse du titulaire incomplète"),
}
_WITHOUT_BILL = {
    "claim.biller_gln": gettext_lazy("l'expéditeur n'a pas de GLN"),
    "claim.biller_zsr": gettext_lazy("l'expéditeur n'a pas de numéro RCC"),
    "claim.debitor_gln": gettext_lazy("le GLN de la Centrale n'est pas configuré"),
    "claim.decision": gettext_lazy("le numéro de décision n'a pas la forme voulue"),
    "claim.iban": gettext_lazy("le compte n'est ni suisse ni liechtensteinois"),
    "claim.canton": gettext_lazy("le canton n'est pas configuré"),
}
_OTHER_BILL = gettext_lazy("la facture a été acceptée avant ce format")
_MOST_REJECTED = 200
_OTHER_REASON = gettext_lazy("compte et référence ne vont pas ensemble")


@staff(roles=_ADMINISTRATORS)
@require_safe
def batches(request: SpaceRequest, slug: str) -> HttpResponse:
    """What waits, and what was handed over."""
    del slug
    waiting = payment.waiting(request.insurer)
    context = {
        "batches": Batch.objects.filter(insurer=request.insurer)
        .select_related("created_by")
        .order_by("-created_at", "-id")[:_SHOWN],
        "waiting": waiting.values("pk")[:_MOST_COUNTED].count(),
        "left_out": [
            {"number": one.record["number"], "amount": one.amount, "why": _REASONS.get(code, _OTHER_REASON)}
            for one, code in payment.left_out(request.insurer)
        ],
        "rejected": payouts.rejected(request.insurer, most=_MOST_REJECTED),
        "batch_time": request.insurer.setting("batch_time"),
        "debtor": request.insurer.setting("debtor"),
    }
    return render(request, "invoices/desk/batches.html", context)


@staff(roles=_ADMINISTRATORS)
@require_POST
def make_batch(request: SpaceRequest, slug: str) -> HttpResponse:
    """Make a batch now."""
    try:
        batch = payment.make_batch(request.insurer, by=request.actor)
    except payment.NothingToPay:
        messages.info(request, _("Aucune facture acceptée n'attend son paiement."))
        return HttpResponseRedirect(reverse("invoices:batches", args=[slug]), status=303)
    except payment.DebtorMissing:
        messages.error(request, _("Le compte de la Centrale n'est pas configuré : adressez-vous à l'exploitant."))
        return HttpResponseRedirect(reverse("invoices:batches", args=[slug]), status=303)
    messages.success(request, _("Le lot {number} est prêt.").format(number=batch.message_id))
    return HttpResponseRedirect(reverse("invoices:batch", args=[slug, batch.pk]), status=303)


@staff(roles=_ADMINISTRATORS)
@require_safe
def batch(request: SpaceRequest, slug: str, batch_id: UUID) -> HttpResponse:
    """One batch and its transfers."""
    del slug
    found = _find(request, batch_id)
    transfers = found.transmissions.select_related("invoice").order_by("created_at", "id")
    without = [
        {"number": number, "why": _WITHOUT_BILL.get(code, _OTHER_BILL)} for number, code in found.without_bill.items()
    ]
    context = {"batch": found, "transfers": transfers, "without": without}
    return render(request, "invoices/desk/batch.html", context)


@staff(roles=_ADMINISTRATORS)
@require_safe
def batch_file(request: SpaceRequest, slug: str, batch_id: UUID) -> HttpResponse:
    """The pain.001 file; who fetched it is recorded."""
    del slug
    found = _find(request, batch_id)
    return _fetched(request, found, found.file, f"{found.message_id}.xml", "application/xml")


@staff(roles=_ADMINISTRATORS)
@require_safe
def batch_bills(request: SpaceRequest, slug: str, batch_id: UUID) -> HttpResponse:
    """A ZIP of generalInvoiceRequest 4.5, one file per invoice; who fetched it is recorded."""
    del slug
    found = _find(request, batch_id)
    if found.bills is None:
        raise Http404
    return _fetched(request, found, found.bills, f"{found.message_id}.zip", "application/zip")


def _fetched(request: SpaceRequest, found: Batch, stored: StoredObject, name: str, media: str) -> HttpResponse:
    with transaction.atomic():
        audit.record(
            "batch.file_read",
            insurer_id=request.insurer.pk,
            by=request.actor.who,
            on="batch",
            object_id=str(found.pk),
            recipient=str(request.actor.person.pk),
            detail={"file": name.rpartition(".")[2]},
        )
    response = HttpResponse(storage.read(stored), content_type=media)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _find(request: SpaceRequest, batch_id: UUID) -> Batch:
    found = (
        Batch.objects.select_related("file__insurer", "bills__insurer", "created_by")
        .filter(insurer=request.insurer, pk=batch_id)
        .first()
    )
    if found is None:
        raise Http404
    return found
