"""Less typing: the same invoice again, last month, lines from a spreadsheet (FRM-10, USE-03)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts.access import partner
from guichet.casework.errors import NotEditable, Stale
from guichet.formspec.findings import words
from guichet.invoices import checking
from guichet.invoices.actions import drafts, electronic, quick
from guichet.invoices.models import Beneficiary
from guichet.invoices.sheets import pasting
from guichet.invoices.states import EDITABLE
from guichet.invoices.views.common import invoice_of
from guichet.kernel import dates
from guichet.readers import Unreadable
from guichet.tenancy.rows import one_or_none
from guichet.ui.forms import Choice, FieldView
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.formspec.reading import Raw
    from guichet.invoices.models import Invoice

LAST_MONTH = "last-month"  # the button « Mois précédent »


def last_month(raw: Raw, wish: str) -> Raw:
    """The answers with the first and last day of last month; unchanged for any other button."""
    if wish != LAST_MONTH:
        return raw
    month = dates.previous_month(timezone.localdate())
    return {**raw, "period_from": dates.format_date(month.start), "period_to": dates.format_date(month.end)}


def to_paste(invoice: Invoice, table: str) -> HttpResponse:
    """« Coller depuis un tableur »: what was typed is saved already."""
    if table not in pasting.tables_of(checking.form_of(invoice)):
        raise Http404
    there = reverse("invoices:paste", args=[invoice.insurer.slug, invoice.pk, table])
    return HttpResponseRedirect(there, status=303)


@partner
@require_POST
def duplicate(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """« Dupliquer »: a new draft with the same answers."""
    invoice = invoice_of(request, invoice_id)
    draft = quick.duplicate(invoice, documents=bool(request.POST.get("documents")), by=request.actor)
    return HttpResponseRedirect(reverse("invoices:entry", args=[slug, draft.pk]), status=303)


@partner
@require_POST
def duplicate_last(request: SpaceRequest, slug: str, beneficiary_id: UUID) -> HttpResponse:
    """« Dupliquer la dernière » of a beneficiary."""
    beneficiary = one_or_none(Beneficiary.objects.visible_to(request.actor).filter(pk=beneficiary_id))
    if beneficiary is None:
        raise Http404
    invoice = quick.last_of(beneficiary, by=request.actor)
    if invoice is None:
        messages.info(request, _("Aucune facture n'a encore été envoyée pour {name}.").format(name=beneficiary))
        return HttpResponseRedirect(reverse("invoices:beneficiaries", args=[slug]), status=303)
    draft = quick.duplicate(invoice, documents=bool(request.POST.get("documents")), by=request.actor)
    return HttpResponseRedirect(reverse("invoices:entry", args=[slug, draft.pk]), status=303)


@partner
@require_safe
def taken(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """What an electronic invoice said that the draft has no place for (INV-12)."""
    invoice = invoice_of(request, invoice_id)
    said = electronic.said_of(invoice)
    if said is None:
        return HttpResponseRedirect(reverse("invoices:case", args=[slug, invoice_id]))
    return render(request, "invoices/imports/taken.html", {"invoice": invoice, **said})


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: SpaceRequest, slug: str, invoice_id: UUID, table: str) -> HttpResponse:
    """Lines from the clipboard: what each column is, what cannot be read, then « Insérer »."""
    invoice = invoice_of(request, invoice_id)
    form_type = checking.form_of(invoice)
    if table not in pasting.tables_of(form_type):
        raise Http404
    if invoice.status not in EDITABLE or checking.editable_places(invoice, by=request.actor) is not None:
        return error_page(request, HTTPStatus.CONFLICT)
    text = request.POST.get("text", "")[: pasting.LONGEST]
    if not text.strip():
        posted = request.method == "POST"
        error = _("Collez ici les cellules copiées dans votre tableur.") if posted else ""
        return _page(request, invoice, table, text, error=error)
    mapping = None
    if "map-0" in request.POST:
        mapping = [request.POST.get(f"map-{index}", "") for index in range(60) if f"map-{index}" in request.POST]
    try:
        pasted = pasting.read(text, form_type, table, mapping=mapping)
    except Unreadable as refused:
        return _page(request, invoice, table, text, error=refused.text, status=refused.status)
    if request.POST.get("do") != "insert":
        return _page(request, invoice, table, text, pasted=pasted)
    return _insert(request, invoice, table, pasted.lines)


def _insert(request: SpaceRequest, invoice: Invoice, table: str, lines: list[dict[str, str]]) -> HttpResponse:
    """Below what is there already; empty lines of the form make room."""
    kept = [line for line in invoice.raw.get(table) or [] if any(str(value).strip() for value in line.values())]
    raw = {**invoice.raw, table: [*kept, *lines]}
    try:
        drafts.save_draft(invoice, raw=raw, draft_no=invoice.draft_no, by=request.actor)
    except (Stale, NotEditable):
        return error_page(request, HTTPStatus.CONFLICT)
    text = ngettext("{count} ligne insérée.", "{count} lignes insérées.", len(lines))
    messages.success(request, text.format(count=len(lines)))
    there = reverse("invoices:entry", args=[invoice.insurer.slug, invoice.pk])
    return HttpResponseRedirect(f"{there}#{table}", status=303)


def _page(
    request: SpaceRequest,
    invoice: Invoice,
    table: str,
    text: str,
    *,
    pasted: pasting.Pasted | None = None,
    error: str = "",
    status: int = 0,
) -> HttpResponse:
    form_type = checking.form_of(invoice)
    area = FieldView(
        name="text",
        kind="textarea",
        label=_("Cellules copiées"),
        hint=_("Copiez les lignes dans votre tableur (Ctrl+C) et collez-les ici (Ctrl+V), avec ou sans titres."),
        value=text,
        errors=(error,) if error else (),
    )
    context: dict[str, Any] = {
        "invoice": invoice,
        "form_type": form_type,
        "table_label": form_type.asks()[table].label,
        "area": area,
        "text": text,
        **(_preview(request, invoice, table, pasted) if pasted else {}),
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK)
    return render(request, "invoices/counter/paste.html", context, status=code)


def _preview(request: SpaceRequest, invoice: Invoice, table: str, pasted: pasting.Pasted) -> dict[str, Any]:
    """The columns with what each is, the lines with what is wrong, as the form itself would say it."""
    tried = type(invoice)(
        insurer=invoice.insurer,
        affiliation=invoice.affiliation,
        form_code=invoice.form_code,
        edition=invoice.edition,
        raw={**invoice.raw, table: pasted.lines},
    )
    said: dict[tuple[int, str], list[str]] = {}
    for index, name, text in pasted.faults:
        said.setdefault((index, name), []).append(text)
    for finding in checking.check(tried, by=request.actor).findings:
        head, _dash, rest = finding.place.partition("-")
        index_text, _dash, name = rest.partition("-")
        if head == table and index_text.isdigit():
            said.setdefault((int(index_text), name), []).append(words(finding))
    labels = {column.name: column.label for column in pasted.columns}
    names = [name for name in pasted.mapping if name]
    return {
        "selects": _selects(pasted),
        "heads": [labels[name] for name in names],
        "lines": [_line(pasted, number, names, said) for number in range(len(pasted.lines))],
        "faulty": bool(said),
    }


def _selects(pasted: pasting.Pasted) -> list[FieldView]:
    """What each column of the clipboard is."""
    choices = (Choice("", _("ne pas reprendre")), *(Choice(one.name, one.label) for one in pasted.columns))
    numbered = [_("Colonne {number}").format(number=index + 1) for index in range(len(pasted.mapping))]
    headings = [*pasted.headings, *numbered[len(pasted.headings) :]]
    return [
        FieldView(
            name=f"map-{index}",
            kind="select",
            label=headings[index] or numbered[index],
            value=name,
            choices=choices,
            required=False,
        )
        for index, name in enumerate(pasted.mapping)
    ]


def _line(
    pasted: pasting.Pasted, number: int, names: list[str], said: dict[tuple[int, str], list[str]]
) -> dict[str, Any]:
    labels = {column.name: column.label for column in pasted.columns}
    line = pasted.lines[number]
    return {
        "number": number + 1,
        "cells": [
            {"label": labels[name], "text": _shown(pasted, line, name), "errors": said.get((number, name), [])}
            for name in names
        ],
        "others": [
            f"{labels.get(name, '')} : {text}"
            for (at, name), texts in said.items()
            if at == number and name not in names
            for text in texts
        ],
    }


def _shown(pasted: pasting.Pasted, line: dict[str, str], name: str) -> str:
    column = next(one for one in pasted.columns if one.name == name)
    return dict(column.choices).get(line.get(name, ""), line.get(name, ""))
