"""The people a company invoices for: list, add, edit, delete (INV-03, INV-04)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet import audit, storage
from guichet.accounts.access import partner
from guichet.casework import uploads
from guichet.casework.errors import FileRefused
from guichet.invoices import queries
from guichet.invoices.actions import beneficiaries as acts
from guichet.invoices.forms import BeneficiaryForm, DecisionForm
from guichet.invoices.models import Beneficiary, Decision
from guichet.invoices.queries import persons
from guichet.invoices.views.counter import row
from guichet.invoices.views.power_rows import shown
from guichet.kernel import bank, dates, identifiers
from guichet.ui.forms import FieldView, error_links, from_django, side_by_side

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.casework.uploads import Checked

_FIELDS = tuple(name for _title, names in BeneficiaryForm.GROUPS for name in names)
_BESIDE = (
    ("last_name", "first_name"),
    ("street", "house_no"),
    ("postcode", "town", "country"),
    ("birth_date", "avs_number"),
)
_MOST_DECISIONS = 20  # numbers one page edits


@partner
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """Name, AVS number, town, power of attorney; filters by name and number (INV-03)."""
    del slug
    name, number = request.GET.get("nom", "")[:120], request.GET.get("numero", "")[:20]
    rows, following = queries.beneficiaries(
        request.actor, name=name, number=number, after=request.GET.get("after", "")[:36]
    )
    fields = [
        FieldView(name="nom", label=_("Nom"), kind="search", value=name, required=False),
        FieldView(name="numero", label=_("N° assuré"), kind="search", value=number, required=False),
    ]
    ends = persons.power_ends(request.actor, [one.avs_number for one in rows])
    listed = [
        {"person": one, "ends": ends.get(one.avs_number), "tone": _tone(ends.get(one.avs_number))} for one in rows
    ]
    context = {"rows": listed, "next": following, "filter_fields": fields, "filtered": bool(name or number)}
    return render(request, "invoices/beneficiaries/list.html", context)


def _tone(ends: date | None) -> str:
    """How a power stands: "" (none), "over", "soon" or "fine"."""
    today = timezone.localdate()
    if ends is None:
        return ""
    if ends < today:
        return "over"
    return "soon" if ends <= today + persons.ENDS_SOON else "fine"


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Ajouter un bénéficiaire »."""
    del slug
    _companies_only(request)
    return _edit(request, None)


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SpaceRequest, slug: str, beneficiary_id: UUID) -> HttpResponse:
    """The profile, with its decision numbers."""
    del slug
    return _edit(request, beneficiary_of(request, beneficiary_id))


def _companies_only(request: SpaceRequest) -> None:
    if persons.is_insured(request.actor) and persons.numbers_of(request.actor):
        raise Http404


def beneficiary_of(request: SpaceRequest, beneficiary_id: UUID) -> Beneficiary:
    """The profile if it is the company's. A person alone changes her own data elsewhere, with both factors."""
    _companies_only(request)
    visible = Beneficiary.objects.visible_to(request.actor)
    found: Beneficiary | None = visible.filter(pk=beneficiary_id).first()
    if found is None:
        raise Http404
    return found


def _edit(request: SpaceRequest, beneficiary: Beneficiary | None) -> HttpResponse:
    if request.method != "POST":
        form = BeneficiaryForm(initial=_typed(beneficiary) if beneficiary else {"country": "CH"})
        return _page(request, beneficiary, form, _decision_forms(beneficiary, None))
    form = BeneficiaryForm(request.POST)
    numbers = _decision_forms(beneficiary, request.POST)
    if "add_decision" in request.POST:
        return _page(request, beneficiary, *_with_another_number(request, len(numbers)))
    fine = all([form.is_valid(), *(number.is_valid() for number in numbers)])
    file, refusal = _uploaded(request)
    if not fine or refusal:
        return _page(request, beneficiary, form, numbers, refusal=refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        saved = _save(request, beneficiary, form, numbers, file)
    except acts.AlreadyThere:
        form.add_error("avs_number", _("Un bénéficiaire de votre société porte déjà ce numéro."))
        return _page(request, beneficiary, form, numbers, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("{name} : les données sont enregistrées.").format(name=saved))
    return HttpResponseRedirect(reverse("invoices:beneficiaries", args=[request.insurer.slug]), status=303)


def _with_another_number(request: SpaceRequest, count: int) -> tuple[BeneficiaryForm, list[DecisionForm]]:
    """What was typed, unjudged, and one more place for a number."""
    form = BeneficiaryForm(initial={name: request.POST.get(name, "") for name in _FIELDS})
    numbers = [
        DecisionForm(
            initial={part: request.POST.get(f"decision-{index}-{part}", "") for part in ("number", "description")},
            prefix=f"decision-{index}",
        )
        for index in range(min(count + 1, _MOST_DECISIONS))
    ]
    return form, numbers


@transaction.atomic
def _save(
    request: SpaceRequest,
    beneficiary: Beneficiary | None,
    form: BeneficiaryForm,
    numbers: list[DecisionForm],
    file: Checked | None,
) -> Beneficiary:
    facts = {name: form.cleaned_data[name] for name in _FIELDS}
    if beneficiary is None:
        saved = acts.add_beneficiary(facts=facts, power_of_attorney=file, by=request.actor)
    else:
        saved = acts.change_beneficiary(beneficiary, facts=facts, power_of_attorney=file, by=request.actor)
    kept = {number.cleaned_data["number"] for number in numbers if number.cleaned_data["number"]}
    for decision in _decisions(saved):
        if decision.number not in kept:
            acts.forget_decision(saved, decision_id=decision.pk, by=request.actor)
    for number in numbers:
        if number.cleaned_data["number"]:
            acts.remember_decision(
                saved,
                number=number.cleaned_data["number"],
                description=number.cleaned_data["description"],
                by=request.actor,
            )
    return saved


def _uploaded(request: SpaceRequest) -> tuple[Checked | None, str]:
    file = request.FILES.get("power_of_attorney")
    if file is None or file.file is None:
        return None, ""
    try:
        return uploads.check(cast("BinaryIO", file.file), name=file.name or "", now=True), ""
    except FileRefused as refused:
        return None, refused.text


def _decisions(beneficiary: Beneficiary | None) -> list[Decision]:
    if beneficiary is None:
        return []
    return list(beneficiary.decisions.filter(archived_at=None).order_by("created_at", "id")[:_MOST_DECISIONS])


def _decision_forms(beneficiary: Beneficiary | None, posted: Any) -> list[DecisionForm]:
    """One per saved number and an empty one; as many as were posted."""
    if posted is not None:
        count = sum(1 for name in posted if name.startswith("decision-") and name.endswith("-number"))
        return [DecisionForm(posted, prefix=f"decision-{index}") for index in range(min(count, _MOST_DECISIONS))]
    saved = [{"number": d.number, "description": d.description} for d in _decisions(beneficiary)]
    return [DecisionForm(initial=values, prefix=f"decision-{index}") for index, values in enumerate([*saved, {}])]


def _typed(beneficiary: Beneficiary) -> dict[str, str]:
    """The profile as people write it."""
    values = {name: getattr(beneficiary, name) for name in _FIELDS}
    values["birth_date"] = dates.format_date(beneficiary.birth_date)
    values["avs_number"] = identifiers.format_avs(beneficiary.avs_number)
    values["iban"] = bank.format_iban(beneficiary.iban) if beneficiary.iban else ""
    values["payment_reference"] = (
        bank.format_qrr(beneficiary.payment_reference) if beneficiary.payment_reference else ""
    )
    return values


def _page(
    request: SpaceRequest,
    beneficiary: Beneficiary | None,
    form: BeneficiaryForm,
    numbers: list[DecisionForm],
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    groups = [(title, [from_django(form[name]) for name in names]) for title, names in BeneficiaryForm.GROUPS]
    decisions = [[from_django(number["number"]), from_django(number["description"])] for number in numbers]
    file_view = FieldView(
        name="power_of_attorney",
        kind="file",
        required=False,
        label=_("Procuration signée"),
        hint=_(
            "Si vous n'avez pas déjà eu d'échange avec l'office AI concernant ce bénéficiaire. "
            "PDF, JPG ou PNG, 20 Mo au plus."
        ),
        errors=(refusal,) if refusal else (),
    )
    shown = [view for _title, views in groups for view in views] + [view for pair in decisions for view in pair]
    context = {
        "beneficiary": beneficiary,
        "groups": [(title, side_by_side(views, _BESIDE)) for title, views in groups],
        "decisions": decisions,
        "file_view": file_view,
        "errors": error_links([*shown, file_view]),
        "powers": _powers(request, beneficiary),
    }
    return render(request, "invoices/beneficiaries/form.html", context, status=status)


def _powers(request: SpaceRequest, beneficiary: Beneficiary | None) -> list[dict[str, Any]]:
    return [shown(one) for one in persons.powers_held(request.actor, beneficiary.avs_number)] if beneficiary else []


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SpaceRequest, slug: str, beneficiary_id: UUID) -> HttpResponse:
    """What will happen, then « Supprimer »; refused with the list while an invoice is open."""
    beneficiary = beneficiary_of(request, beneficiary_id)
    context: dict[str, Any] = {"beneficiary": beneficiary}
    if request.method == "POST":
        try:
            acts.remove_beneficiary(beneficiary, by=request.actor)
        except acts.StillUsed as used:
            context["invoices"] = [row(invoice) for invoice in used.invoices]
            return render(request, "invoices/beneficiaries/remove.html", context, status=HTTPStatus.CONFLICT)
        messages.success(request, _("{name} ne figure plus dans la liste.").format(name=beneficiary))
        return HttpResponseRedirect(reverse("invoices:beneficiaries", args=[slug]), status=303)
    return render(request, "invoices/beneficiaries/remove.html", context)


@partner
@require_safe
def power_of_attorney(request: SpaceRequest, slug: str, beneficiary_id: UUID) -> HttpResponse:
    """The signed file; recorded."""
    del slug
    beneficiary = beneficiary_of(request, beneficiary_id)
    if beneficiary.power_of_attorney is None:
        raise Http404
    with transaction.atomic():
        audit.record(
            "beneficiary.power_of_attorney_read",
            insurer_id=request.insurer.pk,
            by=request.actor.who,
            on="beneficiary",
            object_id=str(beneficiary.pk),
            subject=beneficiary.avs_number,
            recipient=str(request.actor.person.pk),
        )
    kinds = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
    kind = kinds.get(beneficiary.power_of_attorney_name.rpartition(".")[2].lower(), "application/octet-stream")
    response = HttpResponse(storage.read(beneficiary.power_of_attorney), content_type=kind)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=beneficiary.power_of_attorney_name) or ""
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
