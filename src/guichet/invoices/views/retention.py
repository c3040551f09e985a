"""« Conservation »: what would be erased, what is held back, and doing it now (INV-27)."""

from __future__ import annotations

import csv
import io
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet import audit
from guichet.accounts.access import staff
from guichet.casework.errors import ReasonMissing
from guichet.invoices.actions import retention as acts
from guichet.invoices.queries import leftovers
from guichet.invoices.queries import retention as queries
from guichet.invoices.states import Status
from guichet.invoices.views.common import form_label, invoice_of
from guichet.kernel import dates
from guichet.ui.forms import ErrorLink, FieldView

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.models import Invoice
    from guichet.tenancy.models import Insurer

_ADMINISTRATORS = frozenset({"administrator"})
_MOST_COUNTED = 10_000


@staff(roles=_ADMINISTRATORS)
@require_safe
def overview(request: SpaceRequest, slug: str) -> HttpResponse:
    """The dry run: the rules, how many invoices each would take now, which, and what holds keep."""
    del slug
    now = timezone.now()
    counts = queries.counts(request.insurer, now)
    others = _others(request.insurer, now)
    context = {
        "counts": [
            {
                "word": Status(one.rule.status).label,
                "months": one.rule.months,
                "before": one.rule.before,
                "due": f"{one.due}+" if one.more else one.due,
                "held": one.held,
                "deletes": one.rule.status == Status.DRAFT,
            }
            for one in counts
        ],
        "total": sum(one.due for one in counts) + sum(count for _label, count in others),
        "others": others,
        "rows": [_row(invoice) for invoice in queries.listed(request.insurer, now, most=100)],
        "holds": queries.holds(request.insurer),
        "nightly": request.insurer.setting("retention_nightly"),
    }
    return render(request, "invoices/desk/retention.html", context)


def _others(insurer: Insurer, now: datetime) -> list[tuple[str, int]]:
    """What goes beside the invoices, by kind."""
    files = leftovers.abandoned_files(insurer, now), leftovers.files_without_invoices(insurer, now)
    kinds = (
        (_("Fichiers importés et jamais confirmés, après 30 jours"), files[0]),
        (_("Noms de fichiers dont plus aucune facture n'existe"), files[1]),
        (_("Représentations refusées ou terminées"), leftovers.ended_representations(insurer, now)),
    )
    return [(label, rows.order_by("pk")[:_MOST_COUNTED].count()) for label, rows in kinds]


def _row(invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice": invoice,
        "form": form_label(invoice),
        "status_word": Status(invoice.status).label,
        "since": invoice.modified_at if invoice.status == Status.DRAFT else invoice.changed_at,
    }


@staff(roles=_ADMINISTRATORS)
@require_safe
def export(request: SpaceRequest, slug: str) -> HttpResponse:
    """The list of the dry run as CSV: numbers, forms, states and days, nobody's name. Who fetched it is recorded."""
    del slug
    with transaction.atomic():
        audit.record(
            "retention.list_read",
            insurer_id=request.insurer.pk,
            by=request.actor.who,
            on="retention",
            recipient=str(request.actor.person.pk),
        )
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([_("Numéro"), _("Formulaire"), _("Statut"), _("Sans changement depuis")])
    for invoice in queries.listed(request.insurer, timezone.now()):
        row = _row(invoice)
        since = dates.format_date(timezone.localdate(row["since"]))
        writer.writerow([invoice.number or str(invoice.pk), invoice.form_code, row["status_word"], since])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"conservation-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@staff(roles=_ADMINISTRATORS)
@require_POST
def run(request: SpaceRequest, slug: str) -> HttpResponse:
    """Erase now what the dry run shows; the word « effacer » must be typed."""
    if request.POST.get("word", "").strip().casefold() not in {"effacer", "löschen"}:
        messages.error(request, _("Rien n'a été effacé : écrivez « effacer » pour confirmer."))
        return HttpResponseRedirect(reverse("invoices:retention", args=[slug]), status=303)
    done = acts.run(request.insurer, by=request.actor)
    said = _("{count} demandes effacées, {warned} expéditeurs avertis.")
    messages.success(request, said.format(count=sum(done.erased.values()), warned=done.warned))
    if done.others:
        messages.success(request, _("Fichiers et représentations effacés : {count}.").format(count=done.others))
    return HttpResponseRedirect(reverse("invoices:retention", args=[slug]), status=303)


@staff(right="review")
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Place a legal hold on an invoice with its reason, or lift it."""
    invoice = invoice_of(request, invoice_id)
    if request.method != "POST":
        return _hold_page(request, invoice)
    if request.POST.get("do") == "lift":
        acts.lift_hold(invoice, by=request.actor)
        messages.success(request, _("{number} : l'effacement n'est plus bloqué.").format(number=invoice.number))
        return HttpResponseRedirect(reverse("invoices:review", args=[slug, invoice_id]), status=303)
    try:
        acts.place_hold(invoice, reason=request.POST.get("reason", ""), by=request.actor)
    except ReasonMissing:
        return _hold_page(
            request, invoice, error=_("Écrivez pourquoi cette demande doit être conservée."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )  # fmt: skip
    except acts.AlreadyHeld:
        return _hold_page(request, invoice, status=HTTPStatus.CONFLICT)
    messages.success(request, _("{number} : l'effacement est bloqué.").format(number=invoice.number))
    return HttpResponseRedirect(reverse("invoices:review", args=[slug, invoice_id]), status=303)


def _hold_page(
    request: SpaceRequest, invoice: Invoice, *, error: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    field = FieldView(
        name="reason",
        label=_("Raison"),
        kind="textarea",
        hint=_("Par exemple une procédure de recours, avec sa référence."),
        errors=(error,) if error else (),
    )
    context = {
        "invoice": invoice,
        "hold": queries.hold_of(invoice),
        "field": field,
        "errors": [ErrorLink(field.anchor, error)] if error else [],
    }
    return render(request, "invoices/desk/hold.html", context, status=status)
