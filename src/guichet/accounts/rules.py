"""May-questions of accounts that are not rights: which registrations an insurer takes, who may be corrected by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guichet.accounts.models import AffiliationKind, Right, StaffRole
from guichet.tenancy.models import Kind

if TYPE_CHECKING:
    from guichet.accounts.models import Membership, StaffMember
    from guichet.tenancy.models import Insurer

_OFFERED: Final = {
    Kind.AI_OFFICE: (
        AffiliationKind.INSURED,
        AffiliationKind.REPRESENTATIVE,
        AffiliationKind.INSTITUTION,
        AffiliationKind.EXPERT,
        AffiliationKind.CENTRE,
    ),
    Kind.COMPENSATION_FUND: (AffiliationKind.EMPLOYER,),
    Kind.PENSION_FUND: (AffiliationKind.EMPLOYER,),
    Kind.PRIVATE_INSURER: (AffiliationKind.CLIENT,),
}

ORGANISATIONS: Final = frozenset({AffiliationKind.INSTITUTION, AffiliationKind.CENTRE})
"""Kinds with a company behind them: name, telephone, several members."""
INSURED_KINDS: Final = frozenset({AffiliationKind.INSURED, AffiliationKind.REPRESENTATIVE})
"""Kinds that act for one insured person: herself, or who represents her."""
ONLINE: Final = ORGANISATIONS | INSURED_KINDS | {AffiliationKind.EXPERT}
"""What can be asked for on the page itself; the others are registered by the insurer for now."""


def offered_kinds(insurer: Insurer) -> tuple[AffiliationKind, ...]:
    """Answers to « Je veux utiliser la plateforme en tant que » at this insurer (ACC-01)."""
    return _OFFERED[Kind(insurer.kind)]


def may_correct(member: Membership | StaffMember) -> bool:
    """Name, e-mail and mobile may be changed by the company or insurer that made the account, by nobody else:
    the same person may work for others as well (ORG-03).
    """
    return member.keeps_account and member.removed_at is None


def grantable_rights(role: str) -> tuple[Right, ...]:
    """Rights an administrator may give to a role; administrators have all but `listen` anyway (ORG-07).

    The quality commission may listen to what is opened to it, and nothing else (OPGA 7l al. 2).
    """
    if role in {StaffRole.ADMINISTRATOR, StaffRole.COMMISSION}:
        return (Right.LISTEN,)
    return tuple(Right) if role == StaffRole.AGENT else ()
