"""Files of an invoice: added, looked at, taken away; and what their QR code says (FRM-09, INV-12)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, cast

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet import audit, storage
from guichet.accounts.access import partner, signed_in
from guichet.casework.errors import FileRefused, NotEditable, Stale
from guichet.invoices import queries
from guichet.invoices.actions import codes, drafts
from guichet.invoices.models import InvoiceAttachment
from guichet.invoices.views.common import invoice_of
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.models import Invoice

_WIDEST_PREVIEW = 1600  # pixels
_WISH = re.compile(r"(detach|take)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@partner
@require_POST
def attach(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Several files at a time; the ones that are refused say why, the others are kept."""
    invoice = invoice_of(request, invoice_id)
    try:
        refused, status = _take_in(request, invoice)
    except NotEditable:
        return error_page(request, HTTPStatus.CONFLICT)
    return _answer(request, slug, invoice, refused, status)


def _take_in(request: SpaceRequest, invoice: Invoice) -> tuple[list[str], HTTPStatus]:
    refused: list[str] = []
    status = HTTPStatus.OK
    for file in request.FILES.getlist("files"):
        try:
            drafts.attach(invoice, source=cast("BinaryIO", file.file), name=file.name or "", by=request.actor)
        except FileRefused as error:
            refused.append(_("{name} : {text}").format(name=(file.name or "")[-80:], text=error.text))
            status = HTTPStatus(error.status)
        except storage.NoRoom:
            text = _("{name} : il n'y a plus de place sur le serveur pour le moment. Réessayez dans quelques minutes.")
            refused.append(text.format(name=(file.name or "")[-80:]))
            status = HTTPStatus.SERVICE_UNAVAILABLE
    if not request.FILES:
        refused, status = [_("Choisissez un fichier PDF, JPG ou PNG.")], HTTPStatus.UNPROCESSABLE_ENTITY
    return refused, status


def wished(wish: str) -> bool:
    """Whether a button of the form asked for something with documents."""
    return wish == "attach" or _WISH.fullmatch(wish) is not None


def fulfil(request: SpaceRequest, invoice: Invoice, wish: str) -> tuple[list[str], HTTPStatus]:
    """Do it once the form is saved, so that nothing typed is lost. Raises `NotEditable`, `Stale`; 404."""
    if wish == "attach":
        return _take_in(request, invoice)
    act, _dash, key = wish.partition("-")
    attachment = invoice.attachments.filter(pk=key, removed_at=None).first()
    if attachment is None:
        raise Http404
    if act == "detach":
        drafts.detach(attachment, by=request.actor)
    else:
        codes.take_over(invoice, attachment, draft_no=invoice.draft_no, by=request.actor)
    return [], HTTPStatus.OK


def _answer(request: SpaceRequest, slug: str, invoice: Invoice, refused: list[str], status: HTTPStatus) -> HttpResponse:
    """A script gets the new list; a page without scripts goes back to where it came from."""
    context = {
        "invoice": invoice,
        "attachments": invoice.attachments.filter(removed_at=None).order_by("added_at", "id"),
        "attachment_errors": refused,
        "back": request.POST.get("back", ""),
    }
    if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("Sec-Fetch-Dest") == "empty":
        return render(request, "invoices/counter/attachments.html", context, status=status)
    if refused:
        return render(request, "invoices/counter/attachments_page.html", context, status=status)
    return HttpResponseRedirect(_back(request, slug, invoice), status=303)


def _back(request: SpaceRequest, slug: str, invoice: Invoice) -> str:
    """Form or confirmation, whichever asked."""
    name = "invoices:confirm" if request.POST.get("back") == "confirm" else "invoices:entry"
    return reverse(name, args=[slug, invoice.pk]) + "#attachments"


@partner
@require_safe
def listing(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """The list as a fragment: the page asks again while a QR code is being read."""
    del slug
    invoice = invoice_of(request, invoice_id)
    shown = invoice.attachments.filter(removed_at=None).order_by("added_at", "id")
    context = {"invoice": invoice, "attachments": shown, "back": request.GET.get("retour", "")[:10]}
    return render(request, "invoices/counter/attachments.html", context)


@partner
@require_POST
def detach(request: SpaceRequest, slug: str, invoice_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Take a file away."""
    invoice, attachment = _find(request, invoice_id, attachment_id)
    try:
        drafts.detach(attachment, by=request.actor)
    except NotEditable:
        return error_page(request, HTTPStatus.CONFLICT)
    return _answer(request, slug, invoice, [], HTTPStatus.OK)


@partner
@require_POST
def take_over(request: SpaceRequest, slug: str, invoice_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Fill what the QR-bill says into the blanks of the form (INV-12)."""
    invoice, attachment = _find(request, invoice_id, attachment_id)
    try:
        codes.take_over(invoice, attachment, draft_no=invoice.draft_no, by=request.actor)
    except (NotEditable, Stale):
        return error_page(request, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(reverse("invoices:entry", args=[slug, invoice_id]), status=303)


@signed_in
@require_safe
def download(request: SpaceRequest, slug: str, invoice_id: UUID, attachment_id: UUID) -> HttpResponse:
    """The file itself, always as a download, never rendered from our address; recorded."""
    del slug
    invoice, attachment = _find(request, invoice_id, attachment_id)
    if attachment.state not in InvoiceAttachment.SERVED:
        return HttpResponse(status=HTTPStatus.LOCKED)
    _record(request, invoice, attachment, "attachment_read")
    response = HttpResponse(storage.read(attachment.stored), content_type=attachment.media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=attachment.name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@signed_in
@require_safe
def preview(request: SpaceRequest, slug: str, invoice_id: UUID, attachment_id: UUID, page: int) -> HttpResponse:
    """One page as a picture made on the server; recorded with the first page."""
    del slug
    invoice, attachment = _find(request, invoice_id, attachment_id)
    if attachment.state not in InvoiceAttachment.SERVED or not 1 <= page <= attachment.pages:
        raise Http404
    if page == 1:
        _record(request, invoice, attachment, "attachment_seen")
    wanted = request.GET.get("largeur", "")
    width = min(int(wanted), _WIDEST_PREVIEW) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1000
    data = storage.read(attachment.stored)
    picture = storage.preview(data, page, width=max(width, 60))
    return HttpResponse(picture, content_type="image/png")


def _find(request: SpaceRequest, invoice_id: UUID, attachment_id: UUID) -> tuple[Invoice, InvoiceAttachment]:
    invoice = invoice_of(request, invoice_id)
    attachment = queries.file_of(request.actor, invoice, attachment_id)
    if attachment is None:
        raise Http404
    return invoice, attachment


def _record(request: SpaceRequest, invoice: Invoice, attachment: InvoiceAttachment, act: str) -> None:
    with transaction.atomic():
        audit.record(
            f"invoice.{act}",
            insurer_id=invoice.insurer_id,
            by=request.actor.who,
            on="attachment",
            object_id=str(attachment.pk),
            subject=invoice.beneficiary.avs_number if invoice.beneficiary else "",
            recipient=str(request.actor.person.pk),
        )
