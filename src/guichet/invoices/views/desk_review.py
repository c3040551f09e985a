"""The page of an invoice at the desk: its documents beside the form, what is known, the decision (INV-23, INV-24)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet import audit
from guichet.accounts.access import staff
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices import queries
from guichet.invoices.actions import assessing, deciding, notes
from guichet.invoices.models import ReasonKind
from guichet.invoices.queries.desk import ALL
from guichet.invoices.reasons import Said, catalogue_of, said
from guichet.invoices.states import Status
from guichet.invoices.views.common import erased_page, form_label, invoice_of
from guichet.invoices.views.desk import TABS
from guichet.invoices.views.desk_page import review_context
from guichet.kernel import money
from guichet.kernel.findings import Invalid
from guichet.ui.forms import ErrorLink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.models import Invoice
    from guichet.invoices.reasons import Reason

_PIN: Final = "pin:"
_MOST_PINS: Final = 60


@staff(right="review")
@require_safe
def review(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Documents beside the form, checks, history and the decisions. Reading it is recorded."""
    del slug
    invoice = invoice_of(request, invoice_id, erased=True, whole=True)
    if invoice.erased_at:
        return erased_page(request, invoice)
    if invoice.opened_at is None and invoice.status == Status.IN_REVIEW:
        return render(request, "invoices/desk/closed.html", {"invoice": invoice, "form_label": form_label(invoice)})
    _record_reading(request, invoice)
    return _page(request, invoice)


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


def _page(
    request: SpaceRequest,
    invoice: Invoice,
    *,
    errors: Iterable[ErrorLink] = (),
    conflict: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = review_context(request, invoice, tab=tab_of(request), errors=list(errors), conflict=conflict)
    return render(request, "invoices/desk/review.html", context, status=status)


def tab_of(request: SpaceRequest) -> str:
    """Which view of the queue the page was opened from."""
    tab = request.POST.get("onglet") or request.GET.get("onglet", "")
    return tab if tab in TABS else ALL


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
    """Accept whole or in part, ask for a correction, refuse, confirm, send back; of two agents at once one wins."""
    invoice = invoice_of(request, invoice_id)
    following = queries.neighbours(request.actor, invoice, tab=tab_of(request)).next
    try:
        text = _decide(request, invoice)
    except (assessing.NotThatMuch, ReasonMissing) as fault:
        return _refused(request, invoice, *_in_words(fault))
    except deciding.SameAgent:
        words = _("Une autre personne doit donner le second visa.")
        return _page(request, invoice, errors=[ErrorLink("decision", words)], status=HTTPStatus.CONFLICT)
    except deciding.Contested:
        words = _("Répondez d'abord à la contestation de la personne assurée.")
        return _page(request, invoice, errors=[ErrorLink("objection", words)], status=HTTPStatus.CONFLICT)
    except Overtaken:
        return _page(request, invoice_of(request, invoice_id), conflict=True, status=HTTPStatus.CONFLICT)
    if not text:
        return _page(request, invoice, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, text.format(number=invoice.number))
    return HttpResponseRedirect(_onwards(request, slug, following), status=303)


def _in_words(fault: assessing.NotThatMuch | ReasonMissing) -> tuple[str, str]:
    """Where the fault is shown, and what to do."""
    match fault:
        case assessing.NotThatMuch():
            words = _("Acceptez au moins une partie d'une ligne, et pas plus que le montant demandé.")
            return (f"accepted-{fault.place}" if fault.place else "lines", words)
        case assessing.LineReasonMissing():
            return f"why-{fault.place}", _("Dites pourquoi cette ligne n'est pas acceptée en entier.")
        case _:
            return "id_message", _("Écrivez au demandeur ce qui est à corriger, ou pourquoi vous refusez.")


def _refused(request: SpaceRequest, invoice: Invoice, place: str, text: str) -> HttpResponse:
    return _page(request, invoice, errors=[ErrorLink(place, text)], status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _onwards(request: SpaceRequest, slug: str, following: UUID | None) -> str:
    """The next one in the queue for who asked for it, else the queue."""
    tab = tab_of(request)
    if request.POST.get("suite") == "1" and following:
        return f"{reverse('invoices:review', args=[slug, following])}?onglet={tab}&suite=1"
    queue = reverse("invoices:desk_queue", args=[slug])
    return f"{queue}?onglet={tab}" if tab != ALL else queue


def _decide(request: SpaceRequest, invoice: Invoice) -> str:
    """Do what the button says; the words for it, or nothing for a button that does not exist."""
    act = _ACTS.get(request.POST.get("do", ""))
    return act(request, invoice, _number(request.POST.get("version", ""))) if act else ""


def _accept(request: SpaceRequest, invoice: Invoice, version_no: int) -> str:
    cuts = _cuts(request, invoice)
    decided = deciding.accept(invoice, version_no=version_no, cuts=cuts, by=request.actor)
    if decided.status == Status.AWAITING_SECOND:
        return _("{number} : acceptée ; elle attend un second visa.")
    return _("{number} : acceptée et prête pour le paiement.")


def _correct(request: SpaceRequest, invoice: Invoice, version_no: int) -> str:
    why = _why(request, ReasonKind.CORRECTION)
    deciding.ask_correction(invoice, version_no=version_no, message=why, pins=_pins(request), by=request.actor)
    return _("{number} : une correction est demandée.")


def _refuse(request: SpaceRequest, invoice: Invoice, version_no: int) -> str:
    deciding.refuse(invoice, version_no=version_no, message=_why(request, ReasonKind.REFUSAL), by=request.actor)
    return _("{number} : refusée.")


def _confirm(request: SpaceRequest, invoice: Invoice, version_no: int) -> str:
    deciding.confirm(invoice, version_no=version_no, by=request.actor)
    return _("{number} : acceptée et prête pour le paiement.")


def _send_back(request: SpaceRequest, invoice: Invoice, version_no: int) -> str:
    deciding.send_back(invoice, version_no=version_no, text=request.POST.get("message", ""), by=request.actor)
    return _("{number} : renvoyée au premier examen.")


_ACTS: Final[dict[str, Callable[[SpaceRequest, Invoice, int], str]]] = {
    "accept": _accept,
    "correct": _correct,
    "refuse": _refuse,
    "confirm": _confirm,
    "send_back": _send_back,
}


def _why(request: SpaceRequest, kind: str) -> Said:
    codes, text = request.POST.getlist("reason"), request.POST.get("message", "")
    return said(catalogue_of(request.insurer) if codes else [], codes=codes, text=text[:4000], kind=kind)


def _pins(request: SpaceRequest) -> dict[str, str]:
    typed = {name: str(text) for name, text in request.POST.items() if name.startswith(_PIN) and str(text).strip()}
    return {name.removeprefix(_PIN): text for name, text in list(typed.items())[:_MOST_PINS]}


def _cuts(request: SpaceRequest, invoice: Invoice) -> dict[str, assessing.Cut]:
    """What was typed beside the lines; a line nobody touched is accepted whole. Raises `NotThatMuch`."""
    version = invoice.versions.filter(no=invoice.version_no).first()
    lines = assessing.asked_lines(version) if version else []
    typed = {line.key: request.POST.get(f"accepted:{line.key}", "") for line in lines}
    if not any(text.strip() for text in typed.values()):
        return {}
    catalogue = catalogue_of(request.insurer)
    return {key: _cut(request, key, text, catalogue) for key, text in typed.items() if text.strip()}


def _cut(request: SpaceRequest, key: str, text: str, catalogue: list[Reason]) -> assessing.Cut:
    try:
        accepted = money.parse_amount(text[:20])
    except Invalid as fault:
        raise assessing.NotThatMuch(key) from fault
    why = said(
        catalogue,
        codes=[request.POST.get(f"why:{key}", "")],
        text=request.POST.get(f"said:{key}", "")[:500],
        kind=ReasonKind.LINE,
    )
    return assessing.Cut(accepted, why)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


@staff(right="review")
@require_POST
def add_note(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """A note among colleagues; the sender never sees it."""
    invoice = invoice_of(request, invoice_id)
    try:
        notes.add_note(invoice, text=request.POST.get("note", "")[: notes.LONGEST], by=request.actor)
    except ReasonMissing:
        return _refused(request, invoice, "id_note", _("Écrivez la note."))
    return HttpResponseRedirect(f"{reverse('invoices:review', args=[slug, invoice_id])}#notes", status=303)
