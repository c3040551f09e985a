"""« Décisions »: what the office granted, entered by hand or by confirming a number somebody typed (INV-10)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts.access import staff
from guichet.invoices.actions import decisions as acts
from guichet.invoices.checking import uuid_or_none
from guichet.invoices.granting import balance_words, bucket_words, quantity_words, validity
from guichet.invoices.granting_forms import OfficeDecisionForm, quota_name, typed
from guichet.invoices.models import TERMS, Invoice, OfficeDecision, QuotaKind, QuotaPer
from guichet.invoices.queries import ledger as queries
from guichet.kernel import dates, identifiers
from guichet.ui.forms import FieldView, error_links, from_django, side_by_side

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest

_WHO = ("number", "avs_number", "last_name", "first_name")
_WHAT = ("valid_from", "valid_to", "forms_covered", "description")
_BESIDE = (("number", "avs_number"), ("last_name", "first_name"), ("valid_from", "valid_to"))


@staff(right="review")
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """The decisions, the latest first; by number, AVS number or name."""
    del slug
    text = request.GET.get("recherche", "")[:120]
    rows, following = queries.decisions(request.actor, text=text, after=request.GET.get("after", "")[:36])
    label = _("Numéro de décision, nom ou n° assuré")
    context = {
        "rows": [{"decision": row, "validity": validity(row)} for row in rows],
        "next": following,
        "filtered": bool(text),
        "filter_fields": [FieldView(name="recherche", label=label, kind="search", value=text, required=False)],
    }
    return render(request, "invoices/desk/decisions.html", context)


@staff(right="review")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SpaceRequest, slug: str) -> HttpResponse:
    """A new decision; with `?facture=` the number somebody typed is confirmed, and what was sent is recorded."""
    if request.method != "POST":
        return _page(request, None, OfficeDecisionForm(initial=_proposed(request)))
    form = OfficeDecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, None, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        decision = acts.enter(form.granting(), by=request.actor)
    except acts.NumberTaken:
        form.add_error("number", _("Une décision porte déjà ce numéro : ouvrez-la dans la liste pour la modifier."))
        return _page(request, None, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("La décision {number} est enregistrée.").format(number=decision.number))
    return HttpResponseRedirect(_back(request, slug, decision), status=303)


def _proposed(request: SpaceRequest) -> dict[str, str]:
    """What the invoice says of the person and the number, to be compared with the decision itself."""
    invoice = _invoice(request, request.GET.get("facture", ""))
    if invoice is None or invoice.beneficiary is None:
        return {}
    person = invoice.beneficiary
    return {
        "number": invoice.decision_number,
        "avs_number": identifiers.format_avs(person.avs_number),
        "last_name": person.last_name,
        "first_name": person.first_name,
        "valid_from": dates.format_date(invoice.period_from) if invoice.period_from else "",
    }


def _invoice(request: SpaceRequest, typed_id: str) -> Invoice | None:
    key = uuid_or_none(typed_id)
    if key is None:
        return None
    visible = Invoice.objects.visible_to(request.actor).filter(pk=key, erased_at=None)
    return visible.select_related("beneficiary").first()


def _back(request: SpaceRequest, slug: str, decision: OfficeDecision) -> str:
    """To the invoice whose number was confirmed, otherwise to the decision."""
    invoice = _invoice(request, request.GET.get("facture", ""))
    if invoice is not None:
        return reverse("invoices:review", args=[slug, invoice.pk])
    return reverse("invoices:decision", args=[slug, decision.pk])


@staff(right="review")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SpaceRequest, slug: str, decision_id: UUID) -> HttpResponse:
    """A decision, what is used of it, and by which invoices."""
    decision = _find(request, decision_id)
    if request.method != "POST":
        return _page(request, decision, OfficeDecisionForm(initial=typed(decision)))
    form = OfficeDecisionForm(_with_number(request, decision))
    if not form.is_valid():
        return _page(request, decision, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        acts.change(decision, form.granting(), by=request.actor)
    except acts.StillCounted:
        text = _("Un quota déjà utilisé ne peut pas être effacé : mettez une autre limite.")
        return _page(request, decision, form, general=[text], status=HTTPStatus.CONFLICT)
    messages.success(request, _("La décision {number} est enregistrée.").format(number=decision.number))
    return HttpResponseRedirect(reverse("invoices:decision", args=[slug, decision.pk]), status=303)


def _with_number(request: SpaceRequest, decision: OfficeDecision) -> dict[str, str]:
    """What was typed; the number itself never changes."""
    return {name: str(value) for name, value in request.POST.items()} | {"number": decision.number}


@staff(right="review")
@require_POST
def archive(request: SpaceRequest, slug: str, decision_id: UUID) -> HttpResponse:
    """Put a decision away, or bring it back."""
    decision = _find(request, decision_id)
    if decision.archived_at:
        acts.restore(decision, by=request.actor)
    else:
        acts.archive(decision, by=request.actor)
    return HttpResponseRedirect(reverse("invoices:decision", args=[slug, decision.pk]), status=303)


def _find(request: SpaceRequest, decision_id: UUID) -> OfficeDecision:
    visible = OfficeDecision.objects.visible_to(request.actor).select_related("entered_by")
    found = visible.filter(pk=decision_id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: SpaceRequest,
    decision: OfficeDecision | None,
    form: OfficeDecisionForm,
    *,
    general: list[str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    views = {name: from_django(form[name]) for name in form.fields}
    if decision:
        views["number"] = from_django(form["number"], locked=True)
    terms = [views[f"term_{key}"] for key in TERMS]
    balances, entries = queries.use_of(decision) if decision else ((), [])
    context: dict[str, Any] = {
        "decision": decision,
        "groups": [
            (pgettext("registre", "Décision"), side_by_side([views[name] for name in _WHO], _BESIDE)),
            (_("Validité"), side_by_side([views[name] for name in _WHAT], _BESIDE)),
        ],
        "periods": [per.label for per in QuotaPer],
        "quotas": [(kind.label, [views[quota_name(kind, per)] for per in QuotaPer]) for kind in QuotaKind],
        "terms": terms,
        "terms_open": any(view.value or view.errors for view in terms),
        "errors": error_links(views.values(), general or []),
        "balances": [balance_words(balance) for balance in balances],
        "entries": [
            {"entry": one, "quantity": quantity_words(one.quota.kind, one.quantity), "bucket": bucket_words(one.bucket)}
            for one in entries
        ],
    }
    return render(request, "invoices/desk/office_decision.html", context, status=status)
