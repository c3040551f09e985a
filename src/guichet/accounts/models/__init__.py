"""The tables of people, partners, staff and logins, split by noun."""

from guichet.accounts.models.choices import MailChoice
from guichet.accounts.models.codes import OneTimeCode
from guichet.accounts.models.login import LoginAttempt, LoginSession, SecurityEvent, Throttle, Ticket
from guichet.accounts.models.parties import (
    Affiliation,
    AffiliationKind,
    AffiliationStatus,
    BankAccount,
    MemberRole,
    Membership,
    Partner,
    PartnerKind,
    Person,
    PersonManager,
    Right,
    StaffMember,
    StaffRole,
)
from guichet.accounts.models.requests import Identity, Invitation, Registration, TermsAcceptance

__all__ = [
    "Affiliation",
    "AffiliationKind",
    "AffiliationStatus",
    "BankAccount",
    "Identity",
    "Invitation",
    "LoginAttempt",
    "LoginSession",
    "MailChoice",
    "MemberRole",
    "Membership",
    "OneTimeCode",
    "Partner",
    "PartnerKind",
    "Person",
    "PersonManager",
    "Registration",
    "Right",
    "SecurityEvent",
    "StaffMember",
    "StaffRole",
    "TermsAcceptance",
    "Throttle",
    "Ticket",
]
