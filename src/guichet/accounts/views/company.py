"""« Ma société » (ORG-01): members and invitations. For managers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts import queries, rules
from guichet.accounts.access import manager, public
from guichet.accounts.actions import data, invitations
from guichet.accounts.actions import members as actions
from guichet.accounts.errors import ConflictError, DeadLinkError, InvalidFieldsError, ThrottledError, UnknownLinkError
from guichet.accounts.forms import MemberForm, NewPasswordForm, RoleForm
from guichet.accounts.models import MemberRole
from guichet.accounts.views.pages import conflict, dead_link, found, invalid, show, throttled
from guichet.kernel.phone import format_phone

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.accounts.models import Invitation, Membership


@manager
@require_safe
def company(request: SpaceRequest, slug: str) -> HttpResponse:
    """Members, invitations, bank accounts."""
    people = list(queries.members(request.actor))
    return show(
        request,
        "company",
        partner=found(request.actor.affiliation).partner,
        members=people,
        invitations=queries.open_invitations(request.actor),
        accounts=queries.bank_accounts(found(request.actor.affiliation)),
        one_manager=sum(member.role == MemberRole.MANAGER for member in people) == 1,
    )


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def member_add(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Ajouter un collaborateur »."""
    if request.method != "POST":
        return show(request, "member_form", form=MemberForm(initial={"role": MemberRole.COLLABORATOR}))
    form = MemberForm(request.POST)
    if not form.is_valid():
        return invalid(request, "member_form", form)
    invited = invitations.Invited(**form.cleaned_data)
    try:
        invitations.invite(by=request.actor, affiliation=request.actor.affiliation, invited=invited)
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "member_form", form)
    except ThrottledError as error:
        return throttled(request, "member_form", error.until, form=form)
    messages.success(request, _("Un e-mail avec un lien a été envoyé à %(email)s.") % {"email": invited.email})
    return redirect("accounts:company", slug)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def member_edit(request: SpaceRequest, slug: str, member_id: UUID) -> HttpResponse:
    """Role, and name, e-mail and mobile if the account was made here."""
    member = found(queries.member(request.actor, member_id))
    form_class = MemberForm if rules.may_correct(member) else RoleForm
    if request.method != "POST":
        return show(request, "member_form", member=member, form=form_class(initial=_initial(member)))
    form = form_class(request.POST)
    if not form.is_valid():
        return invalid(request, "member_form", form, member=member)
    try:
        asked = _save(request, member, dict(form.cleaned_data))
    except ConflictError as error:
        return conflict(request, error, reverse("accounts:company", args=[slug]))
    messages.success(request, _("Les modifications sont enregistrées."))
    if asked:
        text = _("La nouvelle adresse compte dès qu'elle est confirmée par le lien que nous lui avons envoyé.")
        messages.info(request, text)
    return redirect("accounts:company", slug)


def _initial(member: Membership) -> dict[str, Any]:
    person = member.person
    names = ("last_name", "first_name", "email")
    mobile = format_phone(person.mobile) if person.mobile else ""
    return {"role": member.role, "mobile": mobile} | {name: getattr(person, name) for name in names}


def _save(request: SpaceRequest, member: Membership, typed: dict[str, Any]) -> bool:
    role = MemberRole(typed.pop("role"))
    if role != member.role:
        actions.change_role(by=request.actor, member=member, role=role)
    return data.correct(by=request.actor, member=member, data=data.Data(**typed)) if typed else False


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: SpaceRequest, slug: str, member_id: UUID) -> HttpResponse:
    """« Supprimer », after a page that says what will happen."""
    member = found(queries.member(request.actor, member_id))
    if request.method != "POST":
        return show(request, "member_remove", member=member, myself=member.person_id == request.actor.person.pk)
    try:
        actions.remove(by=request.actor, member=member)
    except ConflictError as error:
        return conflict(request, error, reverse("accounts:company", args=[slug]))
    messages.success(request, _("%(name)s n'a plus accès.") % {"name": member.person})
    return redirect("accounts:company", slug)


@manager
@require_POST
def invitation_resend(request: SpaceRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    """A new link; the old one is dead."""
    return on_invitation(request, found(queries.open_invitation(request.actor, invitation_id)), again=True)


@manager
@require_POST
def invitation_revoke(request: SpaceRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    """The link is dead from now on."""
    return on_invitation(request, found(queries.open_invitation(request.actor, invitation_id)), again=False)


def on_invitation(request: SpaceRequest, invitation: Invitation, *, again: bool) -> HttpResponse:
    """Send again or revoke, for a company and for the insurer's staff alike."""
    back = "accounts:company" if invitation.affiliation_id else "accounts:staff"
    try:
        if again:
            invitations.resend(by=request.actor, invitation=invitation)
            messages.success(request, _("Un nouveau lien a été envoyé à %(email)s.") % {"email": invitation.email})
        else:
            invitations.revoke(by=request.actor, invitation=invitation)
            messages.success(request, _("L'invitation de %(email)s est annulée.") % {"email": invitation.email})
    except ConflictError as error:
        return conflict(request, error, reverse(back, args=[request.insurer.slug]))
    except ThrottledError as error:
        return throttled(request, "wait", error.until)
    return redirect(back, request.insurer.slug)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: SpaceRequest, slug: str, token: str) -> HttpResponse:
    """The link of an invitation: a password for a new account, one click for one that exists."""
    try:
        invited = invitations.find(insurer=request.insurer, token=token)
        _only_for(request, invited)
        known = invitations.account_of(invited) is not None
        if request.method != "POST":
            return show(request, "invitation", form=NewPasswordForm(), invitation=invited, known=known)
        return _join(request, invited, token, known=known)
    except UnknownLinkError:
        raise Http404 from None
    except DeadLinkError:
        return dead_link(request, "invitation")


def _only_for(request: SpaceRequest, invited: Invitation) -> None:
    """Somebody else's browser must not use it up (A23)."""
    if request.login and request.login.person.email.casefold() != invited.email:
        raise PermissionDenied


def _join(request: SpaceRequest, invited: Invitation, token: str, *, known: bool) -> HttpResponse:
    form = NewPasswordForm(request.POST)
    if not known and not form.is_valid():
        return invalid(request, "invitation", form, invitation=invited, known=known)
    typed = {} if known else {name: form.cleaned_data[name] for name in ("password", "again")}
    try:
        invitations.accept(insurer=request.insurer, token=token, **typed)
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "invitation", form, invitation=invited, known=known)
    messages.success(request, _("Votre accès est ouvert. Connectez-vous."))
    return redirect("accounts:login", request.insurer.slug)
