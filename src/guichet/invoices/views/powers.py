"""Powers of attorney: asked and handed in by the sender, signed, refused and revoked by who gives them (INV-30)."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet import storage
from guichet.accounts.access import partner
from guichet.accounts.actions.bank import StepUpNeededError
from guichet.casework import uploads
from guichet.casework.errors import FileRefused, Overtaken, Stale
from guichet.invoices.actions import powers as acts
from guichet.invoices.models import PowerHow, PowerOfAttorney
from guichet.invoices.person_forms import PowerForm
from guichet.invoices.queries import persons
from guichet.invoices.views.beneficiaries import beneficiary_of
from guichet.invoices.views.power_rows import shown
from guichet.kernel import dates
from guichet.ui.forms import FieldView, error_links, from_django
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.casework.uploads import Checked
    from guichet.invoices.models import Beneficiary

_KINDS = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SpaceRequest, slug: str, beneficiary_id: UUID) -> HttpResponse:
    """Hand in the signed paper, or ask for a signature."""
    beneficiary = beneficiary_of(request, beneficiary_id)
    if request.method != "POST":
        today = timezone.localdate()
        first = persons.birthday(today, -1)
        last = persons.birthday(first, int(request.insurer.setting("power_years"))) - timedelta(days=1)
        initial = {
            "how": PowerHow.SIGNED, "valid_from": dates.format_date(first), "valid_to": dates.format_date(last),
        }  # fmt: skip
        return _form_page(request, beneficiary, PowerForm(initial=initial, insurer=request.insurer))
    form = PowerForm(request.POST, insurer=request.insurer)
    file, refusal, status = _uploaded(request, form)
    if not form.is_valid() or refusal:
        return _form_page(request, beneficiary, form, refusal=refusal, status=status)
    try:
        _add(request, beneficiary, form, file)
    except acts.NotLikeThat as fault:
        form.add_error(fault.place, fault.text)
        return _form_page(request, beneficiary, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except acts.AskedAlready:
        form.add_error("how", _("Une signature de cette personne est déjà demandée."))
        return _form_page(request, beneficiary, form, status=HTTPStatus.CONFLICT)
    there = reverse("invoices:beneficiary", args=[slug, beneficiary_id])
    return HttpResponseRedirect(f"{there}#powers", status=303)


def _add(request: SpaceRequest, beneficiary: Beneficiary, form: PowerForm, file: Checked | None) -> None:
    typed = form.cleaned_data
    terms = {
        "first": date.fromisoformat(typed["valid_from"]),
        "last": date.fromisoformat(typed["valid_to"]),
        "codes": typed["form_codes"],
    }
    if file is not None:
        acts.add_scanned(beneficiary, file=file, by=request.actor, **terms)
        messages.success(request, _("La procuration est enregistrée."))
    else:
        acts.ask(beneficiary, by=request.actor, **terms)
        text = _("La signature est demandée. La personne la donne avec son compte ; vous en êtes averti par e-mail.")
        messages.success(request, text)


def _uploaded(request: SpaceRequest, form: PowerForm) -> tuple[Checked | None, str, int]:
    """The file, or why not and the status; none for an electronic signature."""
    wrong = HTTPStatus.UNPROCESSABLE_ENTITY
    if str(form.data.get("how")) != PowerHow.SCANNED:
        return None, "", wrong
    file = request.FILES.get("file")
    if file is None or file.file is None:
        return None, _("Choisissez le fichier de la procuration signée."), wrong
    try:
        return uploads.check(cast("BinaryIO", file.file), name=file.name or "", now=True), "", wrong
    except FileRefused as refused:
        return None, refused.text, refused.status


def _form_page(
    request: SpaceRequest,
    beneficiary: Beneficiary,
    form: PowerForm,
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    file_view = FieldView(
        name="file",
        kind="file",
        required=False,
        label=_("Papier signé"),
        hint=_("Seulement pour un papier : PDF, JPG ou PNG, 20 Mo au plus."),
        errors=(refusal,) if refusal else (),
    )
    views = [from_django(form[name]) for name in ("how", "valid_from", "valid_to", "form_codes")]
    ordered = [views[0], file_view, *views[1:]]
    context = {"beneficiary": beneficiary, "fields": ordered, "errors": error_links(ordered)}
    return render(request, "invoices/powers/add.html", context, status=status)


@partner
@require_POST
def give_back(request: SpaceRequest, slug: str, power_id: UUID) -> HttpResponse:
    """« Rendre la procuration »: the sender does without it."""
    found = PowerOfAttorney.objects.visible_to(request.actor).filter(pk=power_id).first()
    if found is None:
        raise Http404
    try:
        acts.give_back(found, by=request.actor)
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    there = reverse("invoices:beneficiary", args=[slug, found.beneficiary_id])
    return HttpResponseRedirect(f"{there}#powers", status=303)


@partner
@require_safe
def file(request: SpaceRequest, slug: str, power_id: UUID) -> HttpResponse:
    """The paper, for who holds the power and who gave it; recorded."""
    del slug
    mine = PowerOfAttorney.objects.visible_to(request.actor)
    numbers = persons.numbers_of(request.actor)
    given = PowerOfAttorney.objects.given_by(request.actor, numbers)
    power = (
        mine.select_related("file").filter(pk=power_id).first()
        or given.select_related("file").filter(pk=power_id).first()
    )
    if power is None or power.file is None or power.file.destroyed_at:
        raise Http404
    with transaction.atomic():
        acts.record(power, "read", by=request.actor)
    kind = _KINDS.get(power.file_name.rpartition(".")[2].lower(), "application/octet-stream")
    response = HttpResponse(storage.read(power.file), content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=power.file_name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@partner
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Procurations »: what is asked of the person, then what was given."""
    del slug
    numbers = _numbers(request)
    rows = [shown(power) for power in persons.powers_given(request.actor, numbers)]
    context = {
        "asked": [row for row in rows if row["asked"]],
        "others": [row for row in rows if not row["asked"]],
    }
    return render(request, "invoices/powers/list.html", context)


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def power(request: SpaceRequest, slug: str, power_id: UUID) -> HttpResponse:
    """One power: its words, « Signer », « Refuser », « Révoquer »."""
    found = _given(request, power_id)
    if request.method != "POST":
        return _page(request, found)
    try:
        done = _act(request, found)
    except StepUpNeededError:
        here = reverse("invoices:power", args=[slug, power_id])
        wanted = f"{reverse('accounts:step_up', args=[slug])}?{urlencode({'next': here})}"
        return HttpResponseRedirect(wanted, status=303)
    except (Overtaken, Stale):
        return _page(request, _given(request, power_id), conflict=True, status=HTTPStatus.CONFLICT)
    if not done:
        return _page(request, found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("invoices:powers", args=[slug]), status=303)


def _act(request: SpaceRequest, found: PowerOfAttorney) -> str:
    """What the button says; nothing for a button that does not exist."""
    by = request.actor
    match request.POST.get("do", ""):
        case "sign":
            acts.sign(found, text_hash=request.POST.get("hash", "")[:64], session=request.login, by=by)
            return _("La procuration est signée.")
        case "refuse":
            acts.refuse(found, by=by)
            return _("La procuration est refusée.")
        case "revoke":
            acts.revoke(found, by=by)
            return _("La procuration est révoquée ; elle ne vaut plus.")
        case _:
            return ""


def _page(
    request: SpaceRequest, found: PowerOfAttorney, *, conflict: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    text = found.signed_text or acts.words_for(found, by=request.actor)
    context = shown(found) | {"text": text.split("\n"), "hash": acts.hash_of(text), "conflict": conflict}
    return render(request, "invoices/powers/power.html", context, status=status)


def _numbers(request: SpaceRequest) -> tuple[str, ...]:
    """Of whom this person acts for; for companies the page does not exist."""
    if not persons.is_insured(request.actor):
        raise Http404
    return persons.numbers_of(request.actor)


def _given(request: SpaceRequest, power_id: UUID) -> PowerOfAttorney:
    rows = PowerOfAttorney.objects.given_by(request.actor, _numbers(request))
    found: PowerOfAttorney | None = (
        rows.select_related("affiliation__partner", "beneficiary", "insurer").filter(pk=power_id).first()
    )
    if found is None:
        raise Http404
    return found
