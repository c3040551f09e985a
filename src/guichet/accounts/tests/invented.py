"""Invented insurers and people as rows, for the factories of every system.

Registering costs a password hash each and is proved here, in `accounts`; elsewhere people only have to be there. All
but `insurer` want the tenant entered.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from guichet.accounts.access import Actor
from guichet.accounts.models import Affiliation, Membership, Partner, PartnerKind, Person, StaffMember, StaffRole
from guichet.kernel.identifiers import with_ean_digit
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from collections.abc import Iterable

following = itertools.count(1).__next__  # nobody invented twice in one run


def insurer(slug: str, *, systems: Iterable[str], **changes: Any) -> Insurer:
    """An AI office; `configuration={…}` and every other column can be named. It needs no tenant."""
    name = f"Office AI d'essai ({slug})"
    facts: dict[str, Any] = {
        "kind": "ai_office",
        "name_fr": name,
        "name_de": f"IV-Stelle Probe ({slug})",
        "name_it": name,
        "name_en": name,
        "number_prefix": slug.upper()[:4],
        "office_code": "323",
        "canton": "VS",
        "address": {
            "street": "Rue de l'Essai", "house_no": "1", "postcode": "1950", "town": "Sion", "country": "CH",
        },
        "phone": "027 000 00 00",
        "hours": "lu–ve 8–12",
        "email": f"office@{slug}.example",
        "languages": ["fr", "de"],
        "systems": list(systems),
    }  # fmt: skip
    return Insurer.objects.create(slug=slug, **(facts | changes))


def person(first_name: str = "Anna", last_name: str = "Exemple", language: str = "fr") -> Person:
    """Somebody who could log in, if the test gives a password."""
    number = following()
    return Person.objects.create(
        email=f"{first_name.lower()}.{number}@personne.example",
        first_name=first_name,
        last_name=last_name,
        mobile=f"+4179{number:07d}",
        language=language,
        password="!",
    )


def staff(of: Insurer, role: str = StaffRole.AGENT, *rights: str, who: Person | None = None) -> Actor:
    """Somebody who works for the insurer."""
    member = StaffMember.objects.create(insurer=of, person=who or person("Nora"), role=role, rights=list(rights))
    return Actor(person=member.person, insurer=of, role=role, rights=frozenset(rights))


def affiliation(of: Insurer, name: str, *, kind: str, partner: str = PartnerKind.COMPANY, gln: str = "") -> Affiliation:
    """An accepted partner of the insurer, without people."""
    company = Partner.objects.create(
        kind=partner,
        name=name,
        gln=gln,
        street="Chemin du Test",
        house_no="7a",
        postcode="1950",
        town="Sion",
        phone="027 000 00 01",
    )
    return Affiliation.objects.create(
        insurer=of, partner=company, kind=kind, status="accepted", decided_at=timezone.now()
    )


def member(of: Insurer, affiliation: Affiliation, role: str, who: Person | None = None) -> Actor:
    """Somebody who works for a partner."""
    joined = Membership.objects.create(insurer=of, affiliation=affiliation, person=who or person(), role=role)
    return Actor(person=joined.person, insurer=of, role=role, affiliation=affiliation)


def gln() -> str:
    """A location number nobody has, with its check digit."""
    return with_ean_digit(f"7601{following():08d}")


def avs_number() -> str:
    """756.9999.xxxx.xx: no such number is ever given to anybody."""
    return with_ean_digit(f"7569999{following():05d}")
