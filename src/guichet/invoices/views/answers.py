"""The bank's answers at the office: read a file, see what it changed, deal with what was rejected (INV-25)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from guichet.accounts.access import staff
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions import deciding, settling
from guichet.invoices.models import BankMessage
from guichet.invoices.views.common import invoice_of
from guichet.ui.forms import FieldView

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest

ADMINISTRATORS: Final = frozenset({"administrator"})
_SHOWN: Final = 100  # messages: some months of them
_WITHOUT_EFFECT: Final = {
    "unknown": gettext_lazy("Ce paiement n'est pas connu ici."),
    "noted": gettext_lazy("La banque l'a accepté pour exécution ; rien à faire."),
    "already": gettext_lazy("C'était déjà enregistré."),
    "earlier": gettext_lazy("Cela concerne une transmission précédente de la même facture."),
    "state": gettext_lazy("L'état de la facture ne le permet pas : vérifiez-la."),
}
_REFUSED: Final = {
    "bank_message.kind": gettext_lazy(
        "Ce fichier n'est ni un pain.002 ni un camt.054. Choisissez la réponse de la banque."
    ),
    "bank_message.damaged": gettext_lazy(
        "Ce fichier ne se lit pas : il est incomplet ou endommagé. Demandez-le à nouveau."
    ),
}


@staff(roles=ADMINISTRATORS)
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """The files that were read, the latest first."""
    del slug
    return _list(request)


def _list(request: SpaceRequest, *, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    rows = BankMessage.objects.filter(insurer=request.insurer).select_related("received_by")
    field = FieldView(
        name="file", label=_("Fichier de la banque (XML)"), kind="file", attributes={"accept": ".xml,text/xml"}
    )
    context = {"rows": rows.order_by("-received_at", "-id")[:_SHOWN], "error": error, "file_field": field}
    return render(request, "invoices/desk/bank_messages.html", context, status=status)


@staff(roles=ADMINISTRATORS)
@require_POST
def read(request: SpaceRequest, slug: str) -> HttpResponse:
    """Read a file of the bank."""
    file = request.FILES.get("file")
    if file is None:
        return _list(request, error=_("Choisissez un fichier."), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if (file.size or 0) > settling.LARGEST_MESSAGE:
        said = _("Ce fichier dépasse 30 Mo. Demandez à la banque des fichiers par jour.")
        return _list(request, error=said, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        message = settling.read_message(file.read(), insurer=request.insurer, by=request.actor)
    except settling.NotABankMessage as refused:
        return _list(request, error=str(_REFUSED[refused.code]), status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    except settling.AlreadyRead as again:
        messages.info(request, _("Ce fichier a déjà été lu : voici ce qu'il disait."))
        message = again.message
    else:
        done = message.paid + message.rejected
        said = ngettext("Fichier lu : {count} paiement mis à jour.", "Fichier lu : {count} paiements mis à jour.", done)
        messages.success(request, said.format(count=done))
    return HttpResponseRedirect(reverse("invoices:bank_message", args=[slug, message.pk]), status=303)


@staff(roles=ADMINISTRATORS)
@require_safe
def message(request: SpaceRequest, slug: str, message_id: UUID) -> HttpResponse:
    """What a file changed, and what it did not and why."""
    del slug
    found = BankMessage.objects.select_related("received_by").filter(insurer=request.insurer, pk=message_id).first()
    if found is None:
        raise Http404
    settled = found.settlements.select_related("transmission__invoice").order_by("created_at", "id")
    left = [{**one, "why": _WITHOUT_EFFECT.get(one["code"], one["code"])} for one in found.left_alone]
    context = {"message": found, "settled": settled, "left": left}
    return render(request, "invoices/desk/bank_message.html", context)


@staff(roles=ADMINISTRATORS)
@require_POST
def again(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Put a rejected payment into the next batch, unchanged."""
    invoice = invoice_of(request, invoice_id)
    try:
        settling.transmit_again(invoice, by=request.actor)
    except Overtaken:
        messages.info(request, _("{number} : ce n'est plus à faire.").format(number=invoice.number))
    else:
        messages.success(request, _("{number} part avec le prochain lot.").format(number=invoice.number))
    return _back(slug)


@staff(roles=ADMINISTRATORS)
@require_POST
def correct(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Ask the sender for another account: the invoice goes back to be corrected."""
    invoice = invoice_of(request, invoice_id)
    text = request.POST.get("message", "")
    try:
        deciding.ask_correction(invoice, version_no=invoice.version_no, message=text, pins={}, by=request.actor)
    except ReasonMissing:
        messages.error(request, _("Écrivez au demandeur ce qui est à corriger."))
    except Overtaken:
        messages.info(request, _("{number} : ce n'est plus à faire.").format(number=invoice.number))
    else:
        messages.success(request, _("{number} : une correction est demandée.").format(number=invoice.number))
    return _back(slug)


def _back(slug: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("invoices:batches", args=[slug]) + "#rejets", status=303)
