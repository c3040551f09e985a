"""Rates of the office: published ones, and those its administrators enter (INV-11)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts.access import staff
from guichet.casework.errors import Overtaken
from guichet.invoices import rating
from guichet.invoices.actions import rates as actions
from guichet.invoices.models import TariffRate
from guichet.invoices.rate_forms import RateForm
from guichet.invoices.rate_words import FAMILIES, LABELS, UNITS
from guichet.kernel import dates, money
from guichet.kernel.findings import Invalid
from guichet.kernel.tariffs import RateTable, published_rates
from guichet.tenancy.rows import one_or_none
from guichet.ui.forms import form_errors, form_views
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.kernel.tariffs import Rate

_ADMINISTRATORS = frozenset({"administrator"})


@staff(roles=_ADMINISTRATORS)
@require_safe
def rates(request: SpaceRequest, slug: str) -> HttpResponse:
    """Every rate by code with its history; what was withdrawn too."""
    del slug
    rows = list(
        TariffRate.objects.visible_to(request.actor)
        .select_related("entered_by", "closed_by")
        .order_by("code", "valid_from", "entered_at")
    )
    published = published_rates()
    open_rows = {str(row.pk): row for row in rows if row.closed_at is None}
    table = published.extended(rating.entered_rate(row, published) for row in open_rows.values())
    closed: dict[str, list[TariffRate]] = {}
    for row in rows:
        if row.closed_at is not None:
            closed.setdefault(row.code, []).append(row)
    families = [
        {"title": title, "codes": [_code(code, table, open_rows, closed) for code in codes]}
        for title, codes in _families(table)
    ]
    return render(request, "invoices/rates/list.html", {"families": families, "year": timezone.localdate().year + 1})


def _families(table: RateTable) -> list[tuple[Any, list[str]]]:
    codes = table.codes()
    shown = [(title, [code for code in codes if code.startswith(beginnings)]) for title, beginnings in FAMILIES]
    named = {code for _title, found in shown for code in found}
    rest = [code for code in codes if code not in named]
    return [*((title, found) for title, found in shown if found), *([(_("Autres tarifs"), rest)] if rest else [])]


def _code(
    code: str, table: RateTable, rows: dict[str, TariffRate], closed: dict[str, list[TariffRate]]
) -> dict[str, Any]:
    today = timezone.localdate()
    history = table.history(code)
    return {
        "code": code,
        "label": _label(code),
        "unit": UNITS.get(history[-1].unit, history[-1].unit),
        "rates": [
            {
                "rate": rate,
                "row": rows.get(rate.key),
                "state": _state(rate, today),
            }
            for rate in reversed(history)
        ],
        "closed": closed.get(code, []),
    }


def _state(rate: Rate, today: date) -> str:
    if rate.valid_from > today:
        return "coming"
    return "past" if rate.valid_to and rate.valid_to < today else "current"


def _label(code: str) -> Any:
    history = published_rates().history(code)
    return LABELS.get(code) or (history[-1].label if history else code)


@staff(roles=_ADMINISTRATORS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SpaceRequest, slug: str, code: str) -> HttpResponse:
    """A further rate of a code."""
    if not published_rates().history(code):
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = RateForm(posted, before=_before(request, code))
    if posted is None:
        return _form_page(request, code, form)
    if form.is_valid():
        typed = _typed(form)
        try:
            row = actions.add_rate(code=code, by=request.actor, **typed)
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            said = _("Le tarif est saisi : {amount} dès le {day}.")
            return _done(request, slug, said.format(amount=money.format_chf(row.amount), day=_day(row)))
    return _form_page(request, code, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@staff(roles=_ADMINISTRATORS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SpaceRequest, slug: str, rate_id: UUID) -> HttpResponse:
    """Correct a rate nothing was computed with yet."""
    row = _find(request, rate_id)
    posted = request.POST if request.method == "POST" else None
    if row.used_at or row.closed_at:
        return error_page(request, HTTPStatus.CONFLICT)
    initial = {"valid_from": _day(row), "amount": money.format_amount(row.amount), "source": row.source}
    form = RateForm(posted, initial=initial, before=_before(request, row.code, but=row))
    if posted is None:
        return _form_page(request, row.code, form, row=row)
    if form.is_valid():
        try:
            seen = money.parse_amount(posted.get("seen", ""))
            actions.correct_rate(row, seen=seen, by=request.actor, **_typed(form))
        except Overtaken:
            return error_page(request, HTTPStatus.CONFLICT)
        except Invalid as invalid:
            if invalid.code.startswith("amount."):  # `seen` is not the page's
                return error_page(request, HTTPStatus.CONFLICT)
            form.refuse(invalid)
        else:
            return _done(request, slug, _("Le tarif est corrigé."))
    return _form_page(request, row.code, form, row=row, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@staff(roles=_ADMINISTRATORS)
@require_POST
def withdraw(request: SpaceRequest, slug: str, rate_id: UUID) -> HttpResponse:
    """Take back a rate nothing was computed with; its line stays."""
    try:
        actions.withdraw_rate(_find(request, rate_id), by=request.actor)
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    return _done(request, slug, _("Le tarif est retiré : il n'est jamais appliqué et reste dans l'historique."))


def _find(request: SpaceRequest, rate_id: UUID) -> TariffRate:
    row = one_or_none(TariffRate.objects.visible_to(request.actor).filter(pk=rate_id))
    if row is None:
        raise Http404
    return row


def _before(request: SpaceRequest, code: str, but: TariffRate | None = None) -> Any:
    """What was valid the day before, without the rate that is being corrected."""

    def find(day: date) -> Rate | None:
        history = rating.rates_of(request.insurer).history(code)
        earlier = [rate for rate in history if rate.valid_from < day and (but is None or rate.key != str(but.pk))]
        return earlier[-1] if earlier else None

    return find


def _typed(form: RateForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("valid_from", "amount", "source")}


def _day(row: TariffRate) -> str:
    return dates.format_date(row.valid_from)


def _done(request: SpaceRequest, slug: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("invoices:rates", args=[slug]), status=303)


def _form_page(
    request: SpaceRequest, code: str, form: RateForm, *, row: TariffRate | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    shown = [view for view in form_views(form) if view.name != "sure" or form.asks_again]
    history = rating.rates_of(request.insurer).history(code)
    context = {
        "label": _label(code),
        "code": code,
        "unit": UNITS.get(history[-1].unit, history[-1].unit),
        "row": row,
        "fields": shown,
        "errors": form_errors(form) if form.is_bound else [],
        "history": reversed(history),
    }
    return render(request, "invoices/rates/form.html", context, status=status)
