"""Registration (ACC-01, ACC-02): the page writes down what was typed, a job makes a requested affiliation of it.

Two steps, because the page must answer a known address or GLN exactly as an unknown one; the mail explains.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.utils import timezone

from guichet import notify
from guichet.accounts import passwords, throttles
from guichet.accounts.actions.warnings import PLATFORM
from guichet.accounts.errors import ThrottledError
from guichet.accounts.models import (
    Affiliation,
    AffiliationKind,
    AffiliationStatus,
    Identity,
    MemberRole,
    Membership,
    Partner,
    PartnerKind,
    Person,
    Registration,
    TermsAcceptance,
)
from guichet.accounts.models.requests import RegistrationOutcome
from guichet.accounts.tokens import new_number
from guichet.audit import Who, record

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.terms import Terms
    from guichet.accounts.visitor import Visitor
    from guichet.tenancy.models import Insurer

_ANONYMOUS: Final = Who()
_PEOPLE: Final = (AffiliationKind.INSURED, AffiliationKind.REPRESENTATIVE, AffiliationKind.EXPERT)
_OPEN: Final = (AffiliationStatus.REQUESTED, AffiliationStatus.ACCEPTED)


@dataclass(frozen=True, kw_only=True)
class Company:
    """The organisation as it was typed, in canonical spellings."""

    name: str
    gln: str = ""
    uid: str = ""
    zsr: str = ""
    nif: str = ""
    street: str = ""
    house_no: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "CH"
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Responsible:
    """Who registers, and becomes its manager."""

    first_name: str
    last_name: str
    email: str
    mobile: str


@dataclass(frozen=True, kw_only=True)
class Insured:
    """The insured person the registrant is, or represents. `birth_date` as ISO 8601."""

    last_name: str
    first_name: str
    avs_number: str
    birth_date: str
    sex: str
    iban: str


def register(
    *,
    insurer: Insurer,
    kind: AffiliationKind,
    company: Company,
    person: Responsible,
    password: str,
    terms: Terms,
    language: str,
    visitor: Visitor,
    insured: Insured | None = None,
) -> Registration:
    """Write the request down. One hash and the same statements, whoever is known already. Raises ThrottledError."""
    from guichet.accounts.tasks import process_registration

    turn = throttles.take(throttles.REGISTER_ADDRESS, visitor.network)
    if turn.until:
        raise ThrottledError(turn.until)
    encoded = passwords.hashed(password)
    with transaction.atomic():
        registration = Registration.objects.create(
            insurer=insurer,
            number=new_number(insurer.number_prefix),
            kind=kind,
            data={
                "company": asdict(company),
                "person": asdict(person),
                "insured": asdict(insured) if insured else None,
            },
            password=encoded,
            language=language,
            terms_version=terms.version,
            terms_hash=terms.text_hash,
        )
        process_registration.defer(insurer_id=insurer.pk, registration_id=str(registration.pk))
        record(
            "register.asked", insurer_id=insurer.pk, by=_ANONYMOUS, on="registration", object_id=str(registration.pk)
        )
    return registration


def process(*, insurer: Insurer, registration_id: UUID) -> None:
    """Make person, partner and requested affiliation of a registration, once; or explain by mail why not."""
    with transaction.atomic():
        registration = Registration.objects.select_for_update().filter(pk=registration_id, processed_at=None).first()
        if registration is None:
            return
        company = Company(**registration.data["company"])
        person = Responsible(**registration.data["person"])
        said = registration.data.get("insured")
        insured = Insured(**said) if said else None
        _one_at_a_time(insurer, insured.avs_number if insured else company.gln)
        outcome = _obstacle(insurer, company, person) or _same_insured(registration, insured)
        if outcome is None:
            registration.affiliation = _create(insurer, registration, company, person)
            if insured:
                Identity.objects.create(insurer=insurer, affiliation=registration.affiliation, **asdict(insured))
            outcome = RegistrationOutcome.REQUESTED
        _close(registration, outcome)
        _explain(insurer, registration, company, person)


def _one_at_a_time(insurer: Insurer, number: str) -> None:
    """Two registrations with the same GLN or AVS number wait for each other until the commit."""
    digest = hashlib.sha256(f"{insurer.pk}:{number}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])


def _obstacle(insurer: Insurer, company: Company, person: Responsible) -> RegistrationOutcome | None:
    known = Person.objects.filter(email__iexact=person.email).first()
    if known is not None and not _may_try_again(known):
        return RegistrationOutcome.KNOWN_EMAIL
    same = Affiliation.objects.filter(insurer=insurer, partner__gln=company.gln, status__in=_OPEN)
    if company.gln and same.exists():
        return RegistrationOutcome.KNOWN_GLN
    return None


def _same_insured(registration: Registration, insured: Insured | None) -> RegistrationOutcome | None:
    """An insured person has one account of her own at an office; representatives may be several."""
    if insured is None or registration.kind != AffiliationKind.INSURED:
        return None
    same = Identity.objects.filter(
        insurer_id=registration.insurer_id,
        avs_number=insured.avs_number,
        affiliation__kind=AffiliationKind.INSURED,
        affiliation__status__in=_OPEN,
    )
    return RegistrationOutcome.KNOWN_AVS if same.exists() else None


def _may_try_again(known: Person) -> bool:
    """Who was refused here, and never got in anywhere, may ask again with the same address."""
    if known.is_active or known.last_login:
        return False
    memberships = known.memberships.filter(removed_at=None)
    refused = memberships.filter(affiliation__status=AffiliationStatus.REFUSED)
    return refused.exists() and not memberships.exclude(affiliation__status=AffiliationStatus.REFUSED).exists()


def _create(insurer: Insurer, registration: Registration, company: Company, typed: Responsible) -> Affiliation:
    kind = PartnerKind.PERSON if registration.kind in _PEOPLE else PartnerKind.COMPANY
    partner = Partner.objects.create(kind=kind, **asdict(company))
    person, _new = Person.objects.update_or_create(
        email=typed.email,
        defaults={
            "first_name": typed.first_name,
            "last_name": typed.last_name,
            "mobile": typed.mobile,
            "language": registration.language,
            "password": registration.password,
            "password_changed_at": registration.created_at,
            "is_active": False,  # until the insurer has accepted: a login fails like a wrong password
        },
    )
    affiliation = Affiliation.objects.create(insurer=insurer, partner=partner, kind=registration.kind)
    Membership.objects.create(
        insurer=insurer, affiliation=affiliation, person=person, role=MemberRole.MANAGER, keeps_account=True
    )
    TermsAcceptance.objects.get_or_create(
        insurer=insurer,
        person=person,
        version=registration.terms_version,
        text_hash=registration.terms_hash,
        defaults={"accepted_at": registration.created_at},
    )
    return affiliation


def _close(registration: Registration, outcome: RegistrationOutcome) -> None:
    """What was typed lives on in its own tables or not at all; the password's hash as well."""
    registration.outcome = outcome
    registration.processed_at = timezone.now()
    registration.data, registration.password = {}, ""
    registration.save()
    record(
        f"register.{outcome.value}",
        insurer_id=registration.insurer_id,
        by=PLATFORM,
        on="registration",
        object_id=str(registration.pk),
        outcome="ok" if outcome is RegistrationOutcome.REQUESTED else "refused",
    )


def _explain(insurer: Insurer, registration: Registration, company: Company, person: Responsible) -> None:
    notify.mail(
        f"accounts/registration_{registration.outcome}",
        insurer=insurer,
        to=person.email,
        language=registration.language,
        context={"number": registration.number, "company": company.name},
        key=f"registration-{registration.pk}",
    )
