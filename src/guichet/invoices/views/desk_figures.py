"""The figures of the office: small pictures, each with its table, and all of it as CSV (INV-26)."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guichet.accounts.access import staff
from guichet.accounts.models import Affiliation
from guichet.formspec import registry
from guichet.invoices.queries.figures import ACCEPTED, CORRECTION, REFUSED, Figures, Period, Tally, figures
from guichet.kernel import dates, money
from guichet.kernel.findings import Invalid
from guichet.ui.charts import chart
from guichet.ui.forms import Choice, FieldView

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest

_MOST_SENDERS: Final = 50  # shown; the file has all
_LONGEST: Final = timedelta(days=366 * 3)
_USUAL: Final = timedelta(days=7 * 26)


@staff(right="review")
@require_safe
def figures_page(request: SpaceRequest, slug: str) -> HttpResponse:
    """Volume, delay, corrections, refusals, money; of a period, of one form or all."""
    del slug
    period = _period(request)
    found = figures(request.actor, period)
    names = _names(found)
    steps = list(found.by_step.items())
    senders = sorted(found.by_sender.items(), key=lambda item: (-item[1].sent, names.get(item[0], "")))
    context = {
        "charts": _charts(period, steps),
        "steps": [_row(_step_word(period, at), tally) for at, tally in steps],
        "forms": [_row(_form_word(code), tally) for code, tally in sorted(found.by_form.items())],
        "senders": [_row(names.get(key, "–"), tally) for key, tally in senders[:_MOST_SENDERS]],
        "left_out": max(0, len(senders) - _MOST_SENDERS),
        "total": _row(_("Total"), found.total),
        "filter_fields": _fields(period, _usual()),
        "query": request.GET.urlencode(),
    }
    return render(request, "invoices/desk/figures.html", context)


@staff(right="review")
@require_safe
def figures_file(request: SpaceRequest, slug: str) -> HttpResponse:
    """Every sum of the page as CSV (semicolons, as spreadsheets in Switzerland read them)."""
    del slug
    period = _period(request)
    found = figures(request.actor, period)
    names = _names(found)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([_("Genre"), _("Quoi"), *(label for label, _key in _columns())])
    parts: list[tuple[str, str, Tally]] = [
        *((_("Période"), _step_word(period, at), tally) for at, tally in found.by_step.items()),
        *((_("Formulaire"), code, tally) for code, tally in sorted(found.by_form.items())),
        *((_("Société"), _harmless(names.get(key, "")), tally) for key, tally in found.by_sender.items()),
        (_("Total"), "", found.total),
    ]
    for kind, what, tally in parts:
        row = _row(what, tally)
        writer.writerow([kind, what, *(row[key] for _label, key in _columns())])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"chiffres-{period.first}-{period.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _harmless(text: str) -> str:
    """No spreadsheet takes a name for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _columns() -> tuple[tuple[str, str], ...]:
    return (
        (_("Envoyées"), "sent"),
        (_("Acceptées"), "accepted"),
        (_("Corrections"), "corrections"),
        (pgettext("nombre", "Refus"), "refusals"),
        (_("Part des corrections, en pour cent"), "correction_rate"),
        (_("Part des refus, en pour cent"), "refusal_rate"),
        (_("Délai (jours ouvrables)"), "delay"),
        (_("Accepté CHF"), "amount"),
    )


def _row(label: str, tally: Tally) -> dict[str, Any]:
    def said(number: Any) -> str:
        return "" if number is None else str(number)

    return {
        "label": label,
        "sent": tally.sent,
        "accepted": tally.counts[ACCEPTED],
        "corrections": tally.counts[CORRECTION],
        "refusals": tally.counts[REFUSED],
        "correction_rate": said(tally.correction_rate),
        "refusal_rate": said(tally.refusal_rate),
        "delay": said(tally.delay),
        "amount": money.format_amount(tally.accepted_amount),
    }


def _charts(period: Period, steps: list[tuple[date, Tally]]) -> list[Any]:
    labels = [_step_word(period, at) for at, _tally in steps]
    tallies = [tally for _at, tally in steps]
    return [
        chart(_("Envoyées"), labels, [tally.sent for tally in tallies]),
        chart(_("Délai (jours ouvrables)"), labels, [tally.delay for tally in tallies], line=True),
        chart(_("Part des corrections, en pour cent"), labels, [tally.correction_rate for tally in tallies], line=True),
        chart(_("Part des refus, en pour cent"), labels, [tally.refusal_rate for tally in tallies], line=True),
        chart(_("Accepté CHF"), labels, [int(tally.accepted_amount) for tally in tallies]),
    ]


def _names(found: Figures) -> dict[UUID, str]:
    rows = Affiliation.objects.filter(pk__in=list(found.by_sender)).select_related("partner").order_by("pk")
    return {row.pk: row.partner.name for row in rows}


def _step_word(period: Period, at: date) -> str:
    return f"{at:%m.%Y}" if period.step == "month" else dates.format_date(at)


def _form_word(code: str) -> str:
    return f"{code} {registry.current(code).title}" if code in registry.codes() else code


def _usual() -> Period:
    """What the page shows until somebody asks for another time."""
    today = timezone.localdate()
    return Period(today - _USUAL, today, "week", "")


def _period(request: SpaceRequest) -> Period:
    today = timezone.localdate()
    last = min(_day(request.GET.get("au", ""), today), today)
    first = _day(request.GET.get("du", ""), last - _USUAL)
    first = max(min(first, last), last - _LONGEST)
    form = request.GET.get("formulaire", "")
    step = "month" if request.GET.get("pas") == "mois" else "week"
    return Period(first, last, step, form if form in registry.codes() else "")


def _day(typed: str, otherwise: date) -> date:
    try:
        return dates.parse_date(typed[:20], today=timezone.localdate()) if typed.strip() else otherwise
    except Invalid:
        return otherwise


def _fields(period: Period, usual: Period) -> list[FieldView]:
    def select(name: str, label: str, value: str, *choices: tuple[str, str]) -> FieldView:
        options = tuple(Choice(key, word) for key, word in choices)
        return FieldView(
            name=name,
            label=label,
            kind="select",
            value=value,
            usual=choices[0][0],
            required=False,
            choices=options,
        )

    def day(name: str, label: str, value: date, otherwise: date) -> FieldView:
        typed, usually = dates.format_date(value), dates.format_date(otherwise)
        return FieldView(name=name, label=label, kind="date", value=typed, usual=usually, required=False)

    forms = ((code, _form_word(code)) for code in registry.codes())
    step = "mois" if period.step == "month" else "semaine"
    return [
        day("du", _("Du"), period.first, usual.first),
        day("au", _("Au"), period.last, usual.last),
        select("pas", pgettext("pas", "Par"), step, ("semaine", _("semaine")), ("mois", _("mois"))),
        select("formulaire", _("Formulaire"), period.form, ("", _("Tous")), *forms),
    ]
