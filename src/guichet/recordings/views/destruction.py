"""Destruction, the office's side: a declaration entered by one person, executed by another (REC-15)."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet import audit, storage
from guichet.accounts.access import staff
from guichet.casework import uploads
from guichet.casework.errors import FileRefused
from guichet.recordings import rules
from guichet.recordings.actions import destruction as acts
from guichet.recordings.actions import withdrawal
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.errors import Incomplete, NotPossible, OnHold, TooLate
from guichet.recordings.forms_custody import FinalForm, HoldForm, TenDaysForm, WithdrawForm
from guichet.recordings.models import DestructionKind, DestructionRequest
from guichet.recordings.queries.custody import forwarded, reach, waiting_destructions
from guichet.recordings.views import sures
from guichet.recordings.views.common import mandate_of
from guichet.tenancy.rows import one_or_none
from guichet.ui import sure
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.recordings.models import Mandate
    from guichet.storage.models import StoredObject


@staff(right="records")
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """What waits for a second person, the oldest first, and what was destroyed lately."""
    del slug
    waiting, done = waiting_destructions(request.actor)
    return render(request, "recordings/destruction/list.html", {"waiting": waiting, "done": done})


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """The ten days of art. 7k al. 3 let. b, with their clock."""
    del slug
    mandate = mandate_of(request, mandate_id)
    days = acts.interviews(mandate)
    clocks = [_clock(day, request.insurer.canton) for day in days]
    late = any(clock["left"] < 0 for clock in clocks)
    form = TenDaysForm(request.POST or None, request.FILES or None, days=days, late=late)
    page = "recordings/destruction/ask.html"
    if request.method != "POST":
        return _form(request, page, mandate, form, clocks=clocks)
    return _enter(request, page, mandate, form, clocks=clocks)


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_final(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """After the decision is in force, in agreement (art. 7l al. 3)."""
    del slug
    mandate = mandate_of(request, mandate_id)
    form = FinalForm(request.POST or None, request.FILES or None)
    page = "recordings/destruction/final.html"
    if request.method != "POST":
        return _form(request, page, mandate, form)
    return _enter(request, page, mandate, form)


def _clock(day: date, canton: str) -> dict[str, Any]:
    term = rules.destruction_term(day, canton)
    return {"day": day, "term": term, "left": (term.last - timezone.localdate()).days}


def _form(
    request: SpaceRequest,
    page: str,
    mandate: Mandate,
    form: TenDaysForm | FinalForm,
    *,
    clocks: list[dict[str, object]] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"mandate": mandate, "form": form, "errors": form.summary, "clocks": clocks or []}
    return render(request, page, context, status=status)


def _enter(
    request: SpaceRequest,
    page: str,
    mandate: Mandate,
    form: TenDaysForm | FinalForm,
    *,
    clocks: list[dict[str, object]] | None = None,
) -> HttpResponse:
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        typed = dict(form.cleaned_data)
        file = typed.pop("document")
        try:
            paper = uploads.check(cast("BinaryIO", file.file), name=file.name or "", now=True)
            found = acts.ask(mandate, said=_said(typed, paper), by=request.actor)
        except FileRefused as refused:
            form.refuse({"document": refused.text})
            status = refused.status
        except TooLate:
            form.refuse({"declared_on": _("Ce jour n'est pas dans le délai qui suit l'entretien.")})
        except Incomplete as missing:
            form.refuse({name: _wrong(name) for name in missing.missing})
        except NotPossible:
            return error_page(request, HTTPStatus.CONFLICT)
        else:
            messages.success(request, _("La demande est inscrite. Une deuxième personne exécute la destruction."))
            return redirect("recordings:destruction", request.insurer.slug, found.pk)
    return _form(request, page, mandate, form, clocks=clocks, status=status)


def _wrong(name: str) -> str:
    return {
        "admission": _("Choisissez un motif seulement si la déclaration est arrivée après le délai."),
        "admission_note": _("Écrivez pourquoi la demande tardive est admise."),
    }.get(name) or _("Vérifiez ce jour : il manque ou n'est pas possible.")


def _said(typed: dict[str, object], paper: uploads.Checked) -> acts.Declaration:
    day = typed.pop("interview_on", None)
    words = {name: str(typed.pop(name, "")) for name in ("admission", "admission_note")}
    known = words | {name: value or None for name, value in typed.items()}
    return acts.Declaration(document=paper, interview_on=date.fromisoformat(str(day)) if day else None, **known)  # type: ignore[arg-type]


def _request(request: SpaceRequest, request_id: UUID) -> DestructionRequest:
    rows = DestructionRequest.objects.visible_to(request.actor).filter(pk=request_id)
    people = ("entered_by", "executed_by", "withdrawn_by", "claimed_by", "handed_from")
    related = ("mandate__affiliation__partner", *people, "document", "certificate", "withdrawal_document")
    found = one_or_none(rows.select_related(*related))
    if found is None:
        raise Http404
    found.insurer = found.mandate.insurer = request.insurer
    return found


@staff(right="records")
@require_safe
def one(request: SpaceRequest, slug: str, request_id: UUID) -> HttpResponse:
    """The request: what it reaches, who may execute it, what blocks it."""
    del slug
    found = _request(request, request_id)
    here, there = reach(found), forwarded(found)
    far = found.kind == DestructionKind.TEN_DAYS and not here and any(one.destroyed_at is None for one in there)
    canton = found.handed_from.canton if found.handed_from else request.insurer.canton  # in time there: LPGA 39 al. 2
    context = {
        "asked": found,
        "mandate": found.mandate,
        "reached": here,
        "elsewhere": there,
        "follows": found.kind == DestructionKind.TEN_DAYS,
        "far": far,
        "waits": found.executed_at is None and found.withdrawn_at is None,
        "to_execute": found.entered_by_id != request.actor.person.pk,
        "sure": sures.destroy(found),
        "to_confirm": found.handed_from_id is None and found.claimed_by_id != request.actor.person.pk,
        "term": rules.destruction_term(found.interview_on, canton) if found.interview_on else None,
    }
    return render(request, "recordings/destruction/request.html", context)


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SpaceRequest, slug: str, request_id: UUID) -> HttpResponse:
    """Take a request back on the written wish of the insured person, or say that the office made a mistake."""
    found = _request(request, request_id)
    hers = found.by_cockpit or found.handed_from_id is not None or found.claimed_at is not None
    form = WithdrawForm(request.POST or None, request.FILES or None, hers=hers)
    status: int = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                _take_back(request, found, form.cleaned_data)
            except FileRefused as refused:
                form.refuse({"document": refused.text})
                status = refused.status
            except Incomplete as missing:
                form.refuse({name: form.wrong(name) for name in missing.missing})
            except NotPossible:
                return error_page(request, HTTPStatus.CONFLICT)
            else:
                return HttpResponseRedirect(reverse("recordings:destruction", args=[slug, found.pk]), status=303)
    elif found.executed_at or found.withdrawn_at:
        return error_page(request, HTTPStatus.CONFLICT)
    context = {"asked": found, "mandate": found.mandate, "form": form, "errors": form.summary}
    return render(request, "recordings/destruction/withdraw.html", context, status=status)


def _take_back(request: SpaceRequest, found: DestructionRequest, typed: dict[str, Any]) -> None:
    """At once what the person wishes; for a mistake, the first of two people says so."""
    file = typed["document"]
    if typed["reason"] in withdrawal.MISTAKES:
        if file or typed["declared_on"]:
            raise Incomplete(["reason"])
        withdrawal.claim(found, reason=typed["reason"], note=typed["note"], by=request.actor)
        messages.success(
            request, _("L'erreur est signalée. Rien n'est détruit tant qu'une autre personne n'a pas décidé.")
        )
        return
    paper = uploads.check(cast("BinaryIO", file.file), name=file.name or "", now=True) if file else None
    said = withdrawal.TakenBack(
        reason=typed["reason"], note=typed["note"], declared_on=typed["declared_on"] or None, document=paper
    )
    withdrawal.withdraw(found, said=said, by=request.actor)
    messages.success(request, _("La demande est retirée ; l'expert·e en est averti·e."))


@staff(right="records")
@require_POST
def confirm_claim(request: SpaceRequest, slug: str, request_id: UUID) -> HttpResponse:
    """A second person agrees that it was a mistake: the request is taken back."""
    said = _("La demande est retirée ; l'expert·e en est averti·e.")
    return _decide(request, slug, request_id, withdrawal.confirm_claim, said)


@staff(right="records")
@require_POST
def dismiss_claim(request: SpaceRequest, slug: str, request_id: UUID) -> HttpResponse:
    """It was no mistake: the request waits for its execution again."""
    said = _("La demande est maintenue ; une deuxième personne l'exécute.")
    return _decide(request, slug, request_id, withdrawal.dismiss_claim, said)


def _decide(request: SpaceRequest, slug: str, request_id: UUID, act: Callable[..., object], said: str) -> HttpResponse:
    found = _request(request, request_id)
    try:
        act(found, by=request.actor)
    except (NotYours, NotPossible):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("recordings:destruction", args=[slug, found.pk]), status=303)


@staff(right="records")
@require_POST
def execute(request: SpaceRequest, slug: str, request_id: UUID) -> HttpResponse:
    """The second person destroys."""
    found = _request(request, request_id)
    back = reverse("recordings:destruction", args=[slug, found.pk])
    if not sure.answered(request):
        return sure.ask(request, sures.destroy(found), back=back)
    try:
        acts.execute(found, by=request.actor)
    except (NotYours, NotPossible, OnHold):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("L'enregistrement est détruit. Le certificat est prêt."))
    return HttpResponseRedirect(back, status=303)


@staff(right="records")
@require_safe
def certificate(request: SpaceRequest, slug: str, request_id: UUID) -> HttpResponse:
    """The certificate, for the insured person and the file."""
    del slug
    found = _request(request, request_id)
    return _paper(request, found, found.certificate, "certificat-destruction.pdf")


@staff(right="records")
@require_safe
def document(request: SpaceRequest, slug: str, request_id: UUID) -> HttpResponse:
    """The signed declaration."""
    del slug
    found = _request(request, request_id)
    return _paper(request, found, found.document, f"declaration-{found.declared_on.isoformat()}")


@staff(right="records")
@require_safe
def withdrawal_document(request: SpaceRequest, slug: str, request_id: UUID) -> HttpResponse:
    """The signed withdrawal."""
    del slug
    found = _request(request, request_id)
    return _paper(request, found, found.withdrawal_document, f"retrait-{found.withdrawal_on}")


def _paper(request: SpaceRequest, found: DestructionRequest, obj: StoredObject | None, name: str) -> HttpResponse:
    if obj is None:
        raise Http404
    with transaction.atomic():
        audit.record(
            "mandate.destruction_paper_read",
            insurer_id=found.insurer_id,
            by=request.actor.who,
            on="mandate",
            object_id=str(found.mandate_id),
            subject=found.mandate.avs_number,
            recipient=str(request.actor.person.pk),
        )
    response = HttpResponse(storage.read(obj), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@staff(right="records")
@require_POST
def hold(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """Set or lift a legal hold."""
    mandate = mandate_of(request, mandate_id)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return error_page(request, HTTPStatus.UNPROCESSABLE_ENTITY)
    acts.hold(mandate, reason=form.cleaned_data["legal_hold"], by=request.actor)
    messages.success(request, _("Le blocage est inscrit.") if mandate.legal_hold else _("Le blocage est levé."))
    return HttpResponseRedirect(reverse("recordings:desk_mandate", args=[slug, mandate.pk]), status=303)
