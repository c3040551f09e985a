"""« Versements »: from the invoice to the line on the bank's statement, by account and month (INV-15)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guichet import readers
from guichet.accounts.access import partner
from guichet.accounts.models import BankAccount
from guichet.invoices.actions import digests
from guichet.invoices.bank_messages import RETURNED
from guichet.invoices.queries import payouts
from guichet.invoices.views.common import form_label
from guichet.kernel import bank
from guichet.ui.forms import Choice, FieldView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.models import Settlement
    from guichet.invoices.queries.payouts import Month

_MONTHS_BACK: Final = 24
_COLUMNS: Final = (
    gettext_lazy("Date comptable"),
    gettext_lazy("Numéro"),
    gettext_lazy("Bénéficiaire"),
    gettext_lazy("N° assuré"),
    gettext_lazy("Formulaire"),
    gettext_lazy("Demandé"),
    gettext_lazy("Accepté"),
    gettext_lazy("Versé"),
    gettext_lazy("Différence"),
    gettext_lazy("Raison"),
    gettext_lazy("IBAN"),
    gettext_lazy("Référence"),
)


@partner
@require_safe
def payments(request: SpaceRequest, slug: str) -> HttpResponse:
    """One month of an account: what was booked, what differs and why, what is still under way."""
    del slug
    month, iban = _asked(request)
    found = payouts.settlements(request.actor, month, iban=iban, after=request.GET.get("after", ""))
    shown = found[: payouts.PAGE]
    count, amount = payouts.underway(request.actor)
    context = {
        "rows": [_line(one) for one in shown],
        "next": str(shown[-1].pk) if len(found) > payouts.PAGE else "",
        "totals": payouts.totals(request.actor, month, iban=iban),
        "underway": {"count": count, "amount": amount},
        "month": month,
        "filter_fields": _filters(request, month, iban),
        "digest": digests.is_wanted(request.actor),
    }
    return render(request, "invoices/counter/payments.html", context)


@partner
@require_POST
def digest(request: SpaceRequest, slug: str) -> HttpResponse:
    """Start or stop the daily summary by mail."""
    wanted = request.POST.get("wanted") == "1"
    digests.choose(wanted=wanted, by=request.actor)
    said = _("Le résumé quotidien vous sera envoyé.") if wanted else _("Le résumé quotidien ne vous sera plus envoyé.")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("invoices:payments", args=[slug]), status=303)


@partner
@require_safe
def export(request: SpaceRequest, slug: str, kind: str) -> HttpResponse:
    """The month for the bookkeeping: `xlsx`, or `csv` with semicolons as spreadsheets of this country expect it."""
    del slug
    if kind not in {"xlsx", "csv"}:
        raise Http404
    month, iban = _asked(request)
    found = payouts.settlements(request.actor, month, iban=iban, most=payouts.MOST_EXPORTED)
    lines = [_line(one) for one in found[: payouts.MOST_EXPORTED]]
    data = _workbook(lines, month) if kind == "xlsx" else _csv(lines)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" if kind == "xlsx" else "text/csv"
    response = HttpResponse(data, content_type=media)
    name = f"{_('versements')}-{month.code}.{kind}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _asked(request: SpaceRequest) -> tuple[Month, str]:
    month = payouts.Month.parse(request.GET.get("mois", "")[:7], today=timezone.localdate())
    return month, request.GET.get("compte", "")[:34].replace("\0", "")


def _filters(request: SpaceRequest, month: Month, iban: str) -> list[FieldView]:
    accounts = BankAccount.objects.filter(affiliation=request.actor.affiliation).order_by("archived_at", "iban")
    names = {one.iban: f"{one.label} {bank.format_iban(one.iban)}".strip() for one in accounts}
    this_month = payouts.Month.parse("", today=timezone.localdate())
    months = [this_month.back(back) for back in range(_MONTHS_BACK)]
    return [
        FieldView(
            name="mois",
            label=_("Mois"),
            kind="select",
            value=month.code,
            usual=this_month.code,
            required=False,
            choices=tuple(Choice(one.code, dateformat.format(one.first, "F Y")) for one in months),
        ),
        FieldView(
            name="compte",
            label=_("Compte"),
            kind="select",
            value=iban,
            required=False,
            choices=(Choice("", _("Tous")), *(Choice(key, name) for key, name in names.items())),
        ),
    ]


def _line(settlement: Settlement) -> dict[str, Any]:
    transmission = settlement.transmission
    invoice = transmission.invoice
    asked = invoice.total or transmission.amount
    signed = -settlement.amount if settlement.kind == RETURNED else settlement.amount
    return {
        "on": settlement.booked_on,
        "invoice": invoice,
        "form": form_label(invoice),
        "asked": asked,
        "accepted": transmission.amount,
        "paid": signed,
        "difference": signed - asked,
        "why": _why(settlement, asked),
        "iban": settlement.iban,
        "reference": settlement.reference,
    }


def _why(settlement: Settlement, asked: object) -> str:
    """The reason of a difference: money that came back, a part that was not accepted, or what the bank says."""
    said = " ".join(filter(None, (settlement.reason_code, settlement.reason_text)))
    if settlement.kind == RETURNED:
        return _("Versement retourné : {reason}").format(reason=said or "—")
    if settlement.transmission.amount != asked and settlement.amount == settlement.transmission.amount:
        return _("Une partie seulement a été acceptée.")
    if settlement.amount != settlement.transmission.amount:
        return said or _("La banque a comptabilisé un autre montant.")
    return ""


def _cells(line: dict[str, Any]) -> list[Any]:
    invoice = line["invoice"]
    person = invoice.beneficiary
    return [
        line["on"],
        invoice.number,
        str(person or ""),
        person.avs_number if person else "",
        line["form"],
        float(line["asked"]),
        float(line["accepted"]),
        float(line["paid"]),
        float(line["difference"]),
        line["why"],
        line["iban"],
        line["reference"],
    ]


def _workbook(lines: Iterable[dict[str, Any]], month: Month) -> bytes:
    rows = [[str(name) for name in _COLUMNS], *(_cells(line) for line in lines)]
    sheet = readers.Sheet(
        title=month.code, rows=rows, widths=(12, 16, 26, 18, 34, 11, 11, 11, 11, 34, 24, 30), as_text=(3, 10, 11)
    )
    return readers.write_table(sheet)


def _csv(lines: Iterable[dict[str, Any]]) -> bytes:
    """UTF-8 with a mark, semicolons, dot as decimal point; a text that begins like a formula gets a space before it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(name) for name in _COLUMNS])
    for line in lines:
        writer.writerow([_plain(cell) for cell in _cells(line)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.2f}"
    if isinstance(cell, str):
        return f" {cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell
    return str(cell)
