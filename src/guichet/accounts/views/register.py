"""« S'inscrire » (ACC-01, ACC-02), its success page, and the terms of use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.access import public
from guichet.accounts.actions import registration as actions
from guichet.accounts.errors import ThrottledError
from guichet.accounts.forms_registration import ASKED, RegistrationForm
from guichet.accounts.models import AffiliationKind
from guichet.accounts.rules import INSURED_KINDS, ONLINE, ORGANISATIONS, offered_kinds
from guichet.accounts.terms import current_terms
from guichet.accounts.views.pages import invalid, show, throttled
from guichet.ui.forms import Choice, from_django

if TYPE_CHECKING:
    from django.http import HttpResponse

    from guichet.accounts.access import SpaceRequest
    from guichet.accounts.models import Registration
    from guichet.ui.forms import FieldView

GLN_PAGE: Final = "https://www.refdata.ch/fr/partenaires/inscription/base-de-donnees-des-partenaires-professionnels-gln"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: SpaceRequest, slug: str) -> HttpResponse:
    """One page: the question, the organisation, the responsible person, the access, the terms."""
    if request.method != "POST":
        form = RegistrationForm(insurer=request.insurer)
        return show(request, "register", form=form, **_page(form))
    form = RegistrationForm(request.POST, insurer=request.insurer)
    if not form.is_valid():
        return invalid(request, "register", form, **_page(form))
    try:
        registration = _register(request, form)
    except ThrottledError as error:
        return throttled(request, "register", error.until, form=form, **_page(form))
    return redirect("accounts:registered", slug, registration.number)


def _register(request: SpaceRequest, form: RegistrationForm) -> Registration:
    typed = form.cleaned_data
    company = {
        name: typed[name] for name in ("gln", "uid", "zsr", "nif", "street", "house_no", "postcode", "town", "phone")
    }
    person = {name: typed[name] for name in ("first_name", "last_name", "email", "mobile")}
    name = typed["company"] or f"{typed['first_name']} {typed['last_name']}"
    return actions.register(
        insurer=request.insurer,
        kind=AffiliationKind(typed["kind"]),
        company=actions.Company(name=name, **company),
        person=actions.Responsible(**person),
        insured=_insured(typed),
        password=typed["password"],
        terms=current_terms(request.insurer),
        language=(get_language() or "fr")[:2],
        visitor=request.visitor,
    )


def _insured(typed: dict[str, Any]) -> actions.Insured | None:
    """Herself, or the person she represents."""
    if typed["kind"] not in INSURED_KINDS:
        return None
    facts = {name: typed[name] for name in ("avs_number", "birth_date", "sex", "iban")}
    return actions.Insured(
        last_name=typed["insured_last_name"] or typed["last_name"],
        first_name=typed["insured_first_name"] or typed["first_name"],
        **facts,
    )


def _page(form: RegistrationForm) -> dict[str, Any]:
    online = [kind for kind in offered_kinds(form.insurer) if kind in ONLINE]
    return {
        "kind": _question(form),
        "groups": {name: [_asked(field, online) for field in form.group(name)] for name in form.GROUPS},
        "organisations": " ".join(kind for kind in online if kind in ORGANISATIONS),
        "people": " ".join(kind for kind in online if kind not in ORGANISATIONS),
        "insured_kinds": " ".join(kind for kind in online if kind in INSURED_KINDS),
        "terms": from_django(form["terms"]),
        "gln_page": GLN_PAGE,
        "online": online,
        "others": [kind.label for kind in offered_kinds(form.insurer) if kind not in ONLINE],
        "needs": bool(online),
    }


def _asked(field: FieldView, online: list[AffiliationKind]) -> dict[str, Any]:
    """A question, and the kinds it is there for; nothing said: for all."""
    kinds = [kind for kind in online if field.name in ASKED[kind]]
    return {"field": field, "kinds": " ".join(kinds)}


def _question(form: RegistrationForm) -> FieldView:
    choices = tuple(Choice(kind.value, kind.label, form.hint(kind)) for kind in offered_kinds(form.insurer))
    return from_django(form["kind"], cards=True, choices=choices, value=form.chosen)


@public
@require_safe
def registered(request: SpaceRequest, slug: str, number: str) -> HttpResponse:
    """« Demande reçue », the same page whoever is known already."""
    return show(request, "registered", number=number, answer_days=request.insurer.setting("answer_days"))
