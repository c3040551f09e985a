"""The form: typing, saving, checking, confirming, sending (FRM-02 to FRM-05)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts.access import partner
from guichet.casework.errors import Blocked, NotEditable, OtherContent, Stale
from guichet.formspec.reading import nest
from guichet.invoices import checking
from guichet.invoices.actions import drafts, duplicates, sending
from guichet.invoices.models import Invoice
from guichet.invoices.states import EDITABLE
from guichet.invoices.views import attachments, lines, quick
from guichet.invoices.views.common import current_version, form_label, invoice_of
from guichet.invoices.views.form_page import decisions_of, form_context, summary_context
from guichet.kernel import dates, money
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from guichet.accounts.access import Actor, SpaceRequest
    from guichet.formspec.reading import Reading

_SALT = "invoices.send"
_TOKEN_AGE = 12 * 3600  # seconds; as long as a login lasts
_ANSWER = "answer:"


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """The form of a draft or of a correction."""
    invoice = invoice_of(request, invoice_id, unsaved=True)
    if invoice.status not in EDITABLE:
        if request.method == "POST":
            return error_page(request, HTTPStatus.CONFLICT)
        return HttpResponseRedirect(reverse("invoices:case", args=[slug, invoice_id]))
    if request.method == "POST":
        return _typed(request, invoice)
    return _opened(request, invoice)


def _opened(request: SpaceRequest, invoice: Invoice) -> HttpResponse:
    """The draft, or what this person sent off after the login had ended, to be looked at and saved."""
    unsaved = drafts.unsaved(invoice, by=request.actor) if getattr(invoice, "has_unsaved", True) else None
    if unsaved is None or unsaved.raw == invoice.raw:
        return _page(request, invoice, findings=())
    saved, invoice.raw = dict(invoice.raw), unsaved.raw
    elsewhere = saved if unsaved.draft_no != invoice.draft_no else None
    return _page(request, invoice, findings=(), parked_at=unsaved.typed_at, saved_elsewhere=elsewhere)


def _typed(request: SpaceRequest, invoice: Invoice) -> HttpResponse:
    wish = request.POST.get("do", "save")
    raw = nest(request.POST, checking.form_of(invoice))
    try:
        drafts.save_draft(invoice, raw=raw, draft_no=_number(request.POST.get("draft_no")), by=request.actor)
        if wish != "check":
            return _wished(request, invoice, wish)
    except Stale:
        invoice.refresh_from_db(fields=["raw", "draft_no"])
        saved, invoice.raw = dict(invoice.raw), raw
        return _page(request, invoice, findings=(), status=HTTPStatus.CONFLICT, saved_elsewhere=saved)
    except NotEditable:
        return error_page(request, HTTPStatus.CONFLICT)
    facts = checking.known(invoice, by=request.actor)
    duplicates.look(invoice, facts=facts, by=request.actor)
    reading = checking.check(invoice, by=request.actor, facts=facts)
    if reading.is_blocked:
        return _page(request, invoice, findings=reading.findings, status=HTTPStatus.UNPROCESSABLE_ENTITY, facts=facts)
    there = reverse("invoices:confirm", args=[invoice.insurer.slug, invoice.pk])
    return HttpResponseRedirect(f"{there}#main", status=303)  # a browser would keep « #attachments » otherwise


def _wished(request: SpaceRequest, invoice: Invoice, wish: str) -> HttpResponse:
    """What a button of the form asked for besides saving: a line, a document, the data of a bill."""
    if wish.startswith("paste-"):
        return quick.to_paste(invoice, wish.removeprefix("paste-"))
    lined = quick.last_month(lines.apply(invoice.raw, wish), wish)
    if lined is not invoice.raw:
        drafts.save_draft(invoice, raw=lined, draft_no=invoice.draft_no, by=request.actor)
        return _page(request, invoice, findings=(), saved=True)
    if not attachments.wished(wish):
        return _page(request, invoice, findings=(), saved=True)
    refused, status = attachments.fulfil(request, invoice, wish)
    if refused:
        return _page(request, invoice, findings=(), status=status, saved=True, refused=refused)
    here = reverse("invoices:entry", args=[invoice.insurer.slug, invoice.pk])
    return HttpResponseRedirect(f"{here}#attachments", status=303)


def _page(
    request: SpaceRequest, invoice: Invoice, *, findings: Any, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    context = form_context(invoice, by=request.actor, findings=findings, **more)
    return render(request, "invoices/counter/entry.html", context, status=status)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


@partner
@require_POST
def autosave(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """Silent saving, at most two seconds after the last key (FRM-02); answers with what stands beside the form."""
    del slug
    invoice = invoice_of(request, invoice_id)
    raw = nest(request.POST, checking.form_of(invoice))
    try:
        number = drafts.save_draft(invoice, raw=raw, draft_no=_number(request.POST.get("draft_no")), by=request.actor)
    except (Stale, NotEditable):
        return JsonResponse({"conflict": True}, status=HTTPStatus.CONFLICT)
    facts = checking.known(invoice, by=request.actor)
    reading = checking.check(invoice, by=request.actor, facts=facts)
    return JsonResponse(
        {
            "draft_no": number,
            "version": number,
            "saved_at": dates.format_time(timezone.localtime().time()),
            "decisions": decisions_of(invoice),
            **summary_context(invoice, reading, facts, by=request.actor),
        }
    )


def _keep_typed(request: SpaceRequest, *, actor: Actor, slug: str, invoice_id: UUID) -> None:
    """The login ended while the form was open: what was sent waits for the same person's next login (ACC-10)."""
    del slug
    invoice = Invoice.objects.visible_to(actor).filter(pk=invoice_id).first()
    if invoice is not None:
        raw = nest(request.POST, checking.form_of(invoice))
        drafts.keep_unsaved(invoice, raw=raw, draft_no=_number(request.POST.get("draft_no")), by=actor)


entry.keep_typed = _keep_typed  # type: ignore[attr-defined]
autosave.keep_typed = _keep_typed  # type: ignore[attr-defined]


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """« Veuillez confirmer l'envoi de votre demande… » (FRM-03)."""
    invoice = invoice_of(request, invoice_id)
    if request.method == "POST":
        return _send(request, invoice)
    if invoice.status not in EDITABLE:
        return HttpResponseRedirect(reverse("invoices:case", args=[slug, invoice_id]))
    facts = checking.known(invoice, by=request.actor)
    reading = checking.check(invoice, by=request.actor, facts=facts)
    if reading.is_blocked:
        return _page(request, invoice, findings=reading.findings, status=HTTPStatus.UNPROCESSABLE_ENTITY, facts=facts)
    return _confirmation(request, invoice, reading, facts=facts)


def _confirmation(
    request: SpaceRequest, invoice: Invoice, reading: Reading, *, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    token = signing.dumps({"i": str(invoice.pk), "d": invoice.draft_no, "k": str(uuid4())}, salt=_SALT)
    context = form_context(
        invoice,
        by=request.actor,
        findings=reading.findings,
        reading=reading,
        token=token,
        answered=_answered(request),
        checked=request.method == "POST",
        **more,
    )
    return render(request, "invoices/counter/confirm.html", context, status=status)


def _send(request: SpaceRequest, invoice: Invoice) -> HttpResponse:
    """One submission whatever happens: double click, back button, lost connection (FRM-05)."""
    try:
        token = signing.loads(request.POST.get("token", ""), salt=_SALT, max_age=_TOKEN_AGE)
    except signing.BadSignature:
        return error_page(request, HTTPStatus.CONFLICT)
    if token["i"] != str(invoice.pk):
        return error_page(request, HTTPStatus.CONFLICT)
    here = reverse("invoices:sent", args=[invoice.insurer.slug, invoice.pk])
    try:
        sending.send(invoice, key=UUID(token["k"]), draft_no=token["d"], answered=_answered(request), by=request.actor)
    except Blocked as blocked:
        return _confirmation(request, invoice, blocked.reading, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotEditable:
        return HttpResponseRedirect(f"{here}?deja=1", status=303)
    except (Stale, OtherContent):
        return error_page(request, HTTPStatus.CONFLICT)
    wants_next = request.POST.get("then") == "next"  # « Envoyer et saisir la suivante » (FRM-10)
    return _next(request, invoice) if wants_next else HttpResponseRedirect(here, status=303)


def _next(request: SpaceRequest, invoice: Invoice) -> HttpResponse:
    following = drafts.open_or_reuse(code=invoice.form_code, beneficiary="", by=request.actor)
    messages.success(request, _("La demande {number} a été envoyée.").format(number=invoice.number))
    return HttpResponseRedirect(reverse("invoices:entry", args=[invoice.insurer.slug, following.pk]), status=303)


def _answered(request: SpaceRequest) -> dict[str, str]:
    return {
        name.removeprefix(_ANSWER): str(value)[:500] for name, value in request.POST.items() if name.startswith(_ANSWER)
    }


@partner
@require_safe
def sent(request: SpaceRequest, slug: str, invoice_id: UUID) -> HttpResponse:
    """What was done, its number, the PDF, and what happens next."""
    invoice = invoice_of(request, invoice_id)
    if invoice.version_no == 0:
        return HttpResponseRedirect(reverse("invoices:entry", args=[slug, invoice_id]))
    version = current_version(invoice)
    return render(
        request,
        "invoices/counter/sent.html",
        {
            "invoice": invoice,
            "version": version,
            "form_label": form_label(invoice),
            "total": money.format_chf(invoice.total or 0),
            "already": bool(request.GET.get("deja")),
        },
    )
