"""« Importer »: a file with many invoices or people, looked at first, confirmed as a whole (INV-14, INV-29)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.access import partner
from guichet.casework.errors import NotEditable
from guichet.formspec import registry
from guichet.invoices.actions import electronic, imports
from guichet.invoices.actions.beneficiaries import AlreadyThere
from guichet.invoices.models import ImportKind, ImportRow, ImportRun, ImportState, RowState
from guichet.invoices.sheets import marking, template
from guichet.invoices.sheets.invoices import format_total
from guichet.invoices.sheets.plan import NOTE, WARNING
from guichet.kernel import money
from guichet.readers import Unreadable
from guichet.tenancy.rows import one_or_none
from guichet.ui.forms import Choice, FieldView, error_links

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.invoices.sheets.plan import Plan

PEOPLE: Final = "beneficiaires"
ELECTRONIC: Final = "xml"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_MB: Final = imports.MOST_BYTES // 1024**2
_MOST_SHOWN: Final = 200  # faults and units on one page; the marked file has them all
_MOST_RUNS: Final = 20


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """What may be imported, the templates, the latest files."""
    if request.method != "POST":
        return _listing(request, content=request.GET.get("contenu", "")[:20])
    content, file = request.POST.get("content", ""), request.FILES.get("file")
    if content not in _contents():
        return _listing(request, content_error=_("Choisissez ce que contient le fichier."))
    if file is None:
        return _listing(request, content=content, file_error=_("Choisissez un fichier."))
    if (file.size or 0) > imports.MOST_BYTES:
        text = _("Ce fichier dépasse {limit} Mo. Répartissez vos lignes dans plusieurs fichiers.")
        words = text.format(limit=imports.MOST_BYTES // 1024**2)
        return _listing(request, content=content, file_error=words, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        there = _look(request, content, file.read(), file.name or "")
    except Unreadable as refused:
        return _listing(request, content=content, file_error=refused.text, status=refused.status)
    return HttpResponseRedirect(there, status=303)


def _look(request: SpaceRequest, content: str, data: bytes, name: str) -> str:
    """Read the file; where its page is. Raises `Unreadable`."""
    if content == ELECTRONIC:
        invoice = electronic.open_from_xml(data=data, name=name, by=request.actor)
        return reverse("invoices:taken", args=[request.insurer.slug, invoice.pk])
    if content == PEOPLE:
        run = imports.look_at_people(data=data, name=name, by=request.actor)
    else:
        run = imports.look_at_invoices(data=data, name=name, form_code=content, by=request.actor)
    return reverse("invoices:import", args=[request.insurer.slug, run.pk])


def _contents() -> dict[str, str]:
    forms = {code: f"{registry.current(code).title} ({code})" for code in registry.codes()}
    electronic_words = _("Une facture électronique (generalInvoiceRequest, XML)")
    return {PEOPLE: _("Bénéficiaires et décisions"), ELECTRONIC: electronic_words, **forms}


def _listing(
    request: SpaceRequest, *, content: str = "", content_error: str = "", file_error: str = "", status: int = 0
) -> HttpResponse:
    contents = _contents()
    fields = [
        FieldView(
            name="content",
            kind="select",
            label=_("Contenu du fichier"),
            value=content,
            choices=(Choice("", _("Choisir")), *(Choice(key, words) for key, words in contents.items())),
            errors=(content_error,) if content_error else (),
        ),
        FieldView(
            name="file",
            kind="file",
            label=_("Fichier"),
            hint=_("Classeur Excel (.xlsx), CSV ou XML, {limit} Mo au plus.").format(limit=_MOST_MB),
            errors=(file_error,) if file_error else (),
        ),
    ]
    runs = ImportRun.objects.visible_to(request.actor).select_related("person").order_by("-created_at", "-id")
    context = {
        "fields": fields,
        "errors": error_links(fields),
        "forms": [(code, registry.current(code).title) for code in registry.codes()],
        "people": PEOPLE,
        "runs": [{"run": run, "state": _state_word(run)} for run in runs[:_MOST_RUNS]],
    }
    failed = bool(content_error or file_error)
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK)
    return render(request, "invoices/imports/list.html", context, status=code)


@partner
@require_safe
def template_file(request: SpaceRequest, slug: str, code: str) -> HttpResponse:
    """The empty workbook, with a sheet of explanations and an example."""
    if code == PEOPLE:
        return _workbook(template.of_people(), f"guichet-{_('bénéficiaires')}.xlsx")
    if code not in registry.codes():
        raise Http404
    return _workbook(template.of_form(registry.current(code)), f"guichet-{code}.xlsx")


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def run_of(request: SpaceRequest, run_id: UUID) -> ImportRun:
    """The file if this person may see it; otherwise it does not exist (404)."""
    found = one_or_none(ImportRun.objects.visible_to(request.actor).filter(pk=run_id).select_related("plan__insurer"))
    if found is None:
        raise Http404
    return found


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: SpaceRequest, slug: str, run_id: UUID) -> HttpResponse:
    """The report before, the progress while, the result after it is carried out."""
    found = run_of(request, run_id)
    if request.method != "POST":
        return _page(request, found)
    wish = request.POST.get("do", "")
    try:
        if wish == "discard":
            imports.discard(found, by=request.actor)
            return HttpResponseRedirect(reverse("invoices:imports", args=[slug]), status=303)
        _confirm(request, found, wish)
    except imports.NotConfirmable:
        return _page(request, found, refused=_refusal(request, wish), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except AlreadyThere:
        text = _("Une de ces personnes a été ajoutée entre-temps. Choisissez le fichier à nouveau : rien n'a changé.")
        return _page(request, found, refused=text, status=HTTPStatus.CONFLICT)
    except NotEditable:
        found.refresh_from_db()
        return _page(
            request, found, refused=_("Ce fichier a déjà été confirmé ou abandonné."), status=HTTPStatus.CONFLICT
        )
    return HttpResponseRedirect(reverse("invoices:import", args=[slug, run_id]), status=303)


def _confirm(request: SpaceRequest, found: ImportRun, wish: str) -> None:
    if found.kind == ImportKind.PEOPLE:
        other = frozenset(int(no) for no in request.POST.getlist("other") if no.isascii() and no.isdigit())
        imports.confirm_people(found, wish=wish, replaced=other, by=request.actor)
    else:
        imports.confirm_invoices(found, wish=wish, reason=request.POST.get("reason", "").strip(), by=request.actor)
    text = ngettext("{count} ligne du fichier est reprise.", "{count} lignes du fichier sont reprises.", found.rows)
    messages.success(request, text.format(count=found.rows))


def _refusal(request: SpaceRequest, wish: str) -> str:
    if wish == imports.SEND:
        return _("Ces factures ne peuvent pas être envoyées telles quelles : répondez aux remarques ci-dessous.")
    return _("Corrigez d'abord les fautes du fichier : rien n'est repris à moitié.")


def _page(request: SpaceRequest, found: ImportRun, *, refused: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    plan = imports.plan_of(found) if found.state == ImportState.READY else None
    context: dict[str, Any] = {
        "run": found,
        "refused": refused,
        "state_word": _state_word(found),
        "is_people": found.kind == ImportKind.PEOPLE,
        "form_title": registry.edition(found.form_code, found.edition).title if found.form_code else "",
        **(_before(plan, found) if plan else _after(found)),
    }
    return render(request, "invoices/imports/run.html", context, status=status)


def _before(plan: Plan, found: ImportRun) -> dict[str, Any]:
    shown = plan.units[:_MOST_SHOWN]
    return {
        "plan": plan,
        "faults": plan.faults[:_MOST_SHOWN],
        "warnings": plan.said(WARNING)[:_MOST_SHOWN],
        "notes": plan.said(NOTE)[:_MOST_SHOWN],
        "has_remarks": bool(plan.remarks),
        "units": [(unit, _amount(unit.total)) for unit in shown],
        "more": len(plan.units) - len(shown),
        "known": [unit for unit in plan.units if unit.known],
        "total": format_total(plan) if found.kind == ImportKind.INVOICES else "",
        "without_document": sum(unit.needs_document for unit in plan.units),
        "reason_field": FieldView(
            name="reason",
            label=_("Je sais, parce que…"),
            hint=_("Votre réponse vaut pour toutes ces remarques ; elle est transmise à l'office."),
            required=False,
        ),
    }


def _state_word(run: ImportRun) -> str:
    """The state, but for a file with faults: nothing of it can be confirmed."""
    if run.state == ImportState.READY and run.faults:
        return _("À corriger")
    return str(ImportState(run.state).label)


def _amount(text: str) -> str:
    return money.format_amount(money.parse_amount(text)) if text else ""


def _after(found: ImportRun) -> dict[str, Any]:
    rows = list(ImportRow.objects.filter(run=found).select_related("invoice__beneficiary").order_by("no"))
    failed = [row for row in rows if row.state == RowState.FAILED]
    shown = [*failed, *(row for row in rows if row.state != RowState.FAILED)][:_MOST_SHOWN]
    return {
        "rows": [{"row": row, "state": RowState(row.state).label} for row in shown],
        "failed": failed,
        "done": sum(row.state != RowState.DRAFT for row in rows),
        "count": len(rows),
        "running": found.state == ImportState.RUNNING,
        "sent": sum(row.state == RowState.SENT for row in rows),
    }


@partner
@require_safe
def marked(request: SpaceRequest, slug: str, run_id: UUID) -> HttpResponse:
    """The file back, its faults coloured and explained."""
    found = run_of(request, run_id)
    plan = imports.plan_of(found)
    if plan is None:
        raise Http404
    stem = found.file_name.rpartition(".")[0] or found.file_name
    return _workbook(marking.marked(plan), f"{stem}-{_('annoté')}.xlsx")
