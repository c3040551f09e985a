"""The insurer's staff (ORG-07). For administrators only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts import queries
from guichet.accounts.access import staff as staff_only
from guichet.accounts.actions import invitations
from guichet.accounts.actions import staff as actions
from guichet.accounts.errors import ConflictError, InvalidFieldsError, ThrottledError
from guichet.accounts.forms import StaffForm, StaffRoleForm
from guichet.accounts.models import StaffRole
from guichet.accounts.rules import grantable_rights
from guichet.accounts.views.company import on_invitation
from guichet.accounts.views.pages import conflict, found, invalid, show, throttled

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from guichet.accounts.access import SpaceRequest

_ADMINISTRATORS: Final = frozenset({StaffRole.ADMINISTRATOR.value})
administrator = staff_only(roles=_ADMINISTRATORS)


@administrator
@require_safe
def staff(request: SpaceRequest, slug: str) -> HttpResponse:
    """Who works here, with which rights."""
    return show(
        request,
        "staff",
        members=queries.staff(request.actor),
        invitations=queries.open_invitations(request.actor),
    )


@administrator
@require_http_methods(["GET", "HEAD", "POST"])
def staff_add(request: SpaceRequest, slug: str) -> HttpResponse:
    """Invite somebody to the staff."""
    if request.method != "POST":
        return show(request, "staff_form", form=StaffForm(initial={"role": StaffRole.AGENT}))
    form = StaffForm(request.POST)
    if not form.is_valid():
        return invalid(request, "staff_form", form)
    typed = dict(form.cleaned_data)
    allowed = {right.value for right in grantable_rights(typed["role"])}
    rights = tuple(right for right in typed.pop("rights") if right in allowed)
    invited = invitations.Invited(rights=rights, **typed)
    try:
        invitations.invite(by=request.actor, affiliation=None, invited=invited)
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "staff_form", form)
    except ThrottledError as error:
        return throttled(request, "staff_form", error.until, form=form)
    messages.success(request, _("Un e-mail avec un lien a été envoyé à %(email)s.") % {"email": invited.email})
    return redirect("accounts:staff", slug)


@administrator
@require_http_methods(["GET", "HEAD", "POST"])
def staff_edit(request: SpaceRequest, slug: str, member_id: UUID) -> HttpResponse:
    """Role and rights."""
    member = found(queries.staff_member(request.actor, member_id))
    if request.method != "POST":
        form = StaffRoleForm(initial={"role": member.role, "rights": member.rights})
        return show(request, "staff_form", form=form, member=member)
    form = StaffRoleForm(request.POST)
    if not form.is_valid():
        return invalid(request, "staff_form", form, member=member)
    typed = form.cleaned_data
    try:
        actions.change_staff(by=request.actor, member=member, role=StaffRole(typed["role"]), rights=typed["rights"])
    except ConflictError as error:
        return conflict(request, error, reverse("accounts:staff", args=[slug]))
    messages.success(request, _("Les modifications sont enregistrées."))
    return redirect("accounts:staff", slug)


@administrator
@require_http_methods(["GET", "HEAD", "POST"])
def staff_remove(request: SpaceRequest, slug: str, member_id: UUID) -> HttpResponse:
    """« Supprimer », after a page that says what will happen."""
    member = found(queries.staff_member(request.actor, member_id))
    if request.method != "POST":
        return show(
            request, "member_remove", member=member, myself=member.person_id == request.actor.person.pk, staff=True
        )
    try:
        actions.remove_staff(by=request.actor, member=member)
    except ConflictError as error:
        return conflict(request, error, reverse("accounts:staff", args=[slug]))
    messages.success(request, _("%(name)s n'a plus accès.") % {"name": member.person})
    return redirect("accounts:staff", slug)


@administrator
@require_POST
def staff_invitation_resend(request: SpaceRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    """A new link; the old one is dead."""
    return on_invitation(request, found(queries.open_invitation(request.actor, invitation_id)), again=True)


@administrator
@require_POST
def staff_invitation_revoke(request: SpaceRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    """The link is dead from now on."""
    return on_invitation(request, found(queries.open_invitation(request.actor, invitation_id)), again=False)
