"""The PDF copy of what was sent (FRM-06): made by the worker, or at once if somebody is faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import translation

from guichet import printing, storage
from guichet.invoices import queries
from guichet.invoices.models import InvoiceVersion
from guichet.invoices.receipt import decision_notice, receipt

if TYPE_CHECKING:
    from django.db.models import QuerySet

_LIMIT = 50 * 1024 * 1024  # bytes; a receipt has some hundred thousand at most


def store_pdf(version_id: str) -> None:
    """Make the PDF of a version and keep it, once."""
    version = _versions().get(pk=version_id)
    if version.pdf_id is not None:
        return
    data = render(version)
    with transaction.atomic():
        locked = InvoiceVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if locked.pdf_id is None:
            stored = storage.put(data, insurer=version.insurer, limit=_LIMIT)
            InvoiceVersion.objects.filter(pk=locked.pk, pdf=None).update(pdf=stored)


def pdf_of(version: InvoiceVersion) -> bytes:
    """The stored PDF, or the same bytes made now if the worker has not come to it yet."""
    return storage.read(version.pdf) if version.pdf is not None else render(version)


def render(version: InvoiceVersion) -> bytes:
    """The PDF in the language in which the form was sent; the same version always gives the same bytes."""
    with translation.override(version.language):
        return printing.pdf("printing/receipt", data=receipt(version, settings.BASE_URL), language=version.language)


def notice(version: InvoiceVersion) -> bytes:
    """The decision line by line, in the language in which the form was sent."""
    with translation.override(version.language):
        data = decision_notice(version, queries.line_decisions(version.case), settings.BASE_URL)
        return printing.pdf("printing/receipt", data=data, language=version.language)


def _versions() -> QuerySet[InvoiceVersion]:
    return InvoiceVersion.objects.select_related("case", "insurer", "sent_by", "pdf")
