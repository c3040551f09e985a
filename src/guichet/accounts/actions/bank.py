"""A company's bank accounts (ORG-05): added, changed, archived; every manager is told of another IBAN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guichet import notify
from guichet.accounts.actions import stepup
from guichet.accounts.errors import ConflictError, InvalidFieldsError
from guichet.accounts.history import note
from guichet.accounts.models import BankAccount, MemberRole
from guichet.accounts.models.login import SecurityEventKind
from guichet.audit import record

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.accounts.models import Affiliation, LoginSession


class StepUpNeededError(ConflictError):
    """Another IBAN asks for both factors first."""

    def __init__(self) -> None:
        super().__init__("step_up")


def add_account(*, by: Actor, iban: str, holder: str, label: str) -> BankAccount:
    """A further account of the company; the canonical IBAN. Raises InvalidFieldsError if it is there already."""
    affiliation = _company(by)
    try:
        with transaction.atomic():
            account = BankAccount.objects.create(
                insurer=by.insurer, affiliation=affiliation, iban=iban, holder=holder, label=label
            )
            record(
                "bank_account.added", insurer_id=by.insurer.pk, by=by.who, on="bank_account", object_id=str(account.pk)
            )
            _tell_managers(by, affiliation, account, "accounts/iban_added", "added")
    except IntegrityError:
        raise _there_already() from None
    return account


def change_account(
    *, by: Actor, session: LoginSession, account: BankAccount, iban: str, holder: str, label: str
) -> None:
    """Change it. Another IBAN needs both factors, is told to every manager and flags open invoices (`changed_at`).

    Raises InvalidFieldsError, StepUpNeededError, ConflictError.
    """
    affiliation = _company(by)
    other = iban != account.iban
    if other and not stepup.is_fresh(session):
        raise StepUpNeededError
    values = {"iban": iban, "holder": holder, "label": label} | ({"changed_at": timezone.now()} if other else {})
    try:
        with transaction.atomic():
            alive = BankAccount.objects.filter(
                pk=account.pk, affiliation=affiliation, archived_at=None, iban=account.iban
            )
            if not alive.update(**values):
                raise ConflictError("account_changed")
            account.refresh_from_db()
            action = "bank_account.iban.changed" if other else "bank_account.changed"
            record(action, insurer_id=by.insurer.pk, by=by.who, on="bank_account", object_id=str(account.pk))
            if other:
                _tell_managers(
                    by, affiliation, account, "accounts/iban_changed", f"changed-{account.changed_at:%Y%m%d%H%M%S%f}"
                )
    except IntegrityError:
        raise _there_already() from None


def archive_account(*, by: Actor, account: BankAccount) -> None:
    """It can no longer be chosen; invoices keep their snapshot. Raises ConflictError."""
    with transaction.atomic():
        alive = BankAccount.objects.filter(pk=account.pk, affiliation=_company(by), archived_at=None)
        if not alive.update(archived_at=timezone.now()):
            raise ConflictError("account_changed")
        record(
            "bank_account.archived", insurer_id=by.insurer.pk, by=by.who, on="bank_account", object_id=str(account.pk)
        )


def _company(by: Actor) -> Affiliation:
    if by.affiliation is None:
        raise ConflictError("no_company")
    return by.affiliation


def _there_already() -> InvalidFieldsError:
    return InvalidFieldsError(iban=_("Ce compte figure déjà dans la liste de votre société."))


def _tell_managers(by: Actor, affiliation: Affiliation, account: BankAccount, template: str, what: str) -> None:
    managers = affiliation.memberships.filter(role=MemberRole.MANAGER, removed_at=None).select_related("person")
    for member in managers.order_by("created_at"):
        note(SecurityEventKind.IBAN_CHANGED, person_id=member.person_id, space=by.insurer)
        notify.mail(
            template,
            insurer=by.insurer,
            to=member.person.email,
            language=member.person.language,
            context={
                "person": member.person,
                "actor": by.person,
                "company": affiliation.partner.name,
                "ending": account.iban[-4:],
                "at": timezone.now(),
            },
            key=f"iban-{account.pk}-{what}-{member.person_id}",
        )
