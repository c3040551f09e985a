"""« Comptes bancaires » of a company (ORG-05). For managers only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guichet.accounts import queries
from guichet.accounts.access import manager
from guichet.accounts.actions import bank as actions
from guichet.accounts.actions import stepup
from guichet.accounts.errors import ConflictError, InvalidFieldsError
from guichet.accounts.forms import BankAccountForm
from guichet.accounts.views.pages import conflict, found, invalid, show
from guichet.kernel.bank import bank_name, format_iban, is_qr_iban

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.accounts.models import BankAccount


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def account_add(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Ajouter un compte bancaire »."""
    if request.method != "POST":
        holder = found(request.actor.affiliation).partner.name[:70]
        return show(request, "bank_form", form=BankAccountForm(initial={"holder": holder}))
    form = BankAccountForm(request.POST)
    if not form.is_valid():
        return invalid(request, "bank_form", form)
    try:
        account = actions.add_account(by=request.actor, **form.cleaned_data)
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "bank_form", form)
    messages.success(request, _added(account))
    return redirect("accounts:company", slug)


def _added(account: BankAccount) -> str:
    what = _("QR-IBAN") if is_qr_iban(account.iban) else "IBAN"
    bank = bank_name(account.iban)
    text = _("Le compte %(iban)s (%(what)s) est ajouté.") % {"iban": format_iban(account.iban), "what": what}
    return f"{text} {bank}".strip()


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: SpaceRequest, slug: str, account_id: UUID) -> HttpResponse:
    """Change it, after both factors once more."""
    account = found(queries.bank_account(found(request.actor.affiliation), account_id))
    if not stepup.is_fresh(request.login):
        return _to_step_up(request)
    if request.method != "POST":
        names = ("holder", "label")
        initial = {"iban": format_iban(account.iban)} | {name: getattr(account, name) for name in names}
        return show(request, "bank_form", account=account, form=BankAccountForm(initial=initial))
    return _change(request, account)


def _change(request: SpaceRequest, account: BankAccount) -> HttpResponse:
    form = BankAccountForm(request.POST)
    if not form.is_valid():
        return invalid(request, "bank_form", form, account=account)
    try:
        actions.change_account(by=request.actor, session=request.login, account=account, **form.cleaned_data)
    except actions.StepUpNeededError:
        return _to_step_up(request)
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "bank_form", form, account=account)
    except ConflictError as error:
        return conflict(request, error, reverse("accounts:company", args=[request.insurer.slug]))
    messages.success(request, _("Le compte bancaire est modifié. Tous les gérants sont avertis."))
    return redirect("accounts:company", request.insurer.slug)


def _to_step_up(request: SpaceRequest) -> HttpResponse:
    address = reverse("accounts:step_up", args=[request.insurer.slug])
    return HttpResponseRedirect(f"{address}?{urlencode({'next': request.path})}")


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def account_archive(request: SpaceRequest, slug: str, account_id: UUID) -> HttpResponse:
    """« Supprimer » a bank account, after a page that says what will happen."""
    account = found(queries.bank_account(found(request.actor.affiliation), account_id))
    if request.method != "POST":
        return show(request, "bank_archive", account=account)
    try:
        actions.archive_account(by=request.actor, account=account)
    except ConflictError as error:
        return conflict(request, error, reverse("accounts:company", args=[slug]))
    messages.success(request, _("Le compte bancaire ne peut plus être choisi."))
    return redirect("accounts:company", slug)
