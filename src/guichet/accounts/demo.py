"""The demo's people, made by the real actions (demo.md): registered, vetted, invited, joined. Everybody is invented."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

from guichet.accounts.actions import bank, data, invitations, registration, vetting
from guichet.accounts.actions.staff_setup import open_administrator
from guichet.accounts.demo_people import ORGANISATIONS, STAFF, Organisation, Somebody, demo_iban
from guichet.accounts.models import Affiliation, AffiliationKind, Person, StaffRole
from guichet.accounts.rules import INSURED_KINDS
from guichet.accounts.sessions import actor_of
from guichet.accounts.terms import current_terms
from guichet.accounts.visitor import Visitor
from guichet.audit import Who
from guichet.kernel.identifiers import with_ean_digit
from guichet.tenancy.context import tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guichet.accounts.access import Actor
    from guichet.tenancy.models import Insurer

_OPERATOR: Final = Who(role="operator")
_WORDS: Final = [
    "cerise",
    "glacier",
    "lampion",
    "marmite",
    "nuage",
    "pinceau",
    "rivage",
    "sapin",
    "tilleul",
    "verger",
    "violon",
    "wagon",
]


@dataclass
class Seeding:
    """What is handed out while seeding: numbers that are nobody's twice, and the list of accounts."""

    accounts: list[dict[str, str]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def mobile(self) -> str:
        """+41 79 000 00 01 and so on."""
        return f"+4179{next(self._numbers):07d}"

    def gln(self) -> str:
        """A GLN with a valid check digit."""
        return with_ean_digit(f"76019990{next(self._numbers):04d}")

    def zsr(self) -> str:
        """A creditor number whose letter fits its digits (CH Core)."""
        digits = f"{next(self._numbers):06d}"
        total = sum(weight * int(digit) for weight, digit in zip(range(6, 0, -1), digits, strict=True))
        return f"{chr(ord('A') + (total - 1) % 26)}{digits}"

    def insured(self, who: Somebody) -> registration.Insured:
        """An invented insured person, with her account."""
        number = next(self._numbers)
        return registration.Insured(
            last_name=who.last,
            first_name=who.first,
            avs_number=with_ean_digit(f"75699999{number:04d}"),
            birth_date="1988-06-17",
            sex="f" if number % 2 else "m",
            iban=demo_iban("00765", 300_000_000 + number),
        )

    def note(self, insurer: Insurer, who: Somebody, email: str, password: str, mobile: str) -> None:
        """Put an account on the list of demo.md."""
        if who.role:
            self.accounts.append(
                {
                    "insurer": insurer.slug,
                    "role": who.role,
                    "name": f"{who.first} {who.last}",
                    "email": email,
                    "password": password,
                    "mobile": mobile,
                }
            )


def seed_accounts(insurers: Iterable[Insurer]) -> list[dict[str, str]]:
    """Every account of demo.md and some more companies; gives the content of demo.json.

    Passwords are drawn anew each time; running it twice on the same data gives nothing new.
    """
    seeding = Seeding()
    if Person.objects.exists():
        return seeding.accounts
    for insurer in insurers:
        with tenant(insurer.pk):
            _seed_space(seeding, insurer)
    return seeding.accounts


def _seed_space(seeding: Seeding, insurer: Insurer) -> None:
    administrator = _administrator(seeding, insurer, STAFF[insurer.slug][0])
    for who, role, rights in STAFF[insurer.slug][1:]:
        _invite_staff(seeding, administrator, who, role, rights)
    for organisation in ORGANISATIONS[insurer.slug]:
        _organisation(seeding, administrator, organisation)


def _password() -> str:
    """Three words and a number: easy to type from the screen, not to guess."""
    return "-".join(secrets.choice(_WORDS) for _ in range(3)) + f"-{secrets.randbelow(10_000):04d}"


def _email(who: Somebody, domain: str) -> str:
    name = f"{who.first}.{who.last}".casefold().replace(" ", "-")
    return f"{name.translate(str.maketrans('éèêëàâôöüïç', 'eeeeaaoouic'))}@{domain}"


def _actor(person: Person, insurer: Insurer) -> Actor:
    actor = actor_of(person, insurer)
    if actor is None:
        raise LookupError(person.email)
    return actor


def _staff_domain(insurer: Insurer) -> str:
    return insurer.email.rpartition("@")[2]


def _administrator(seeding: Seeding, insurer: Insurer, entry: tuple[Somebody, StaffRole, tuple[str, ...]]) -> Actor:
    who, password, mobile = entry[0], _password(), seeding.mobile()
    email = _email(who, _staff_domain(insurer))
    values = data.Data(first_name=who.first, last_name=who.last, email=email, mobile=mobile)
    language = insurer.languages[0]
    member = open_administrator(insurer=insurer, data=values, password=password, language=language, who=_OPERATOR)
    seeding.note(insurer, who, email, password, mobile)
    return _actor(member.person, insurer)


def _invite_staff(seeding: Seeding, by: Actor, who: Somebody, role: StaffRole, rights: tuple[str, ...]) -> None:
    _join(seeding, by, who, _staff_domain(by.insurer), None, role.value, rights)


def _join(
    seeding: Seeding,
    by: Actor,
    who: Somebody,
    domain: str,
    affiliation: Affiliation | None,
    role: str,
    rights: tuple[str, ...] = (),
) -> None:
    """Invited by mail and joined by the link."""
    email, password, mobile = _email(who, domain), _password(), seeding.mobile()
    invited = invitations.Invited(
        first_name=who.first, last_name=who.last, email=email, mobile=mobile, role=role, rights=rights
    )
    token = invitations.invite(by=by, affiliation=affiliation, invited=invited)
    invitations.accept(insurer=by.insurer, token=token, password=password, again=password)
    seeding.note(by.insurer, who, email, password, mobile)


def _organisation(seeding: Seeding, administrator: Actor, organisation: Organisation) -> None:
    insurer, who = administrator.insurer, organisation.registrant
    email, password, mobile = _email(who, organisation.domain), _password(), seeding.mobile()
    street, house_no, postcode, town = organisation.place
    with_gln = organisation.kind in (AffiliationKind.INSTITUTION, AffiliationKind.CENTRE)
    asked = registration.register(
        insurer=insurer,
        kind=organisation.kind,
        company=registration.Company(
            name=organisation.name,
            gln=seeding.gln() if with_gln else "",
            zsr=seeding.zsr() if with_gln else "",
            street=street,
            house_no=house_no,
            postcode=postcode,
            town=town,
            phone="+41275550100",
        ),
        person=registration.Responsible(first_name=who.first, last_name=who.last, email=email, mobile=mobile),
        password=password,
        terms=current_terms(insurer),
        language=insurer.languages[0],
        visitor=Visitor(),
        insured=seeding.insured(who) if organisation.kind in INSURED_KINDS else None,
    )
    registration.process(insurer=insurer, registration_id=asked.pk)
    affiliation = Affiliation.objects.select_related("partner").get(registration=asked)
    if organisation.answer == "accept":
        vetting.accept(by=administrator, affiliation=affiliation)
        seeding.note(insurer, who, email, password, mobile)
        _furnish(seeding, insurer, organisation, email)
    elif organisation.answer != "wait":
        vetting.refuse(by=administrator, affiliation=affiliation, reason=organisation.answer)


def _furnish(seeding: Seeding, insurer: Insurer, organisation: Organisation, email: str) -> None:
    manager = _actor(Person.objects.get(email=email), insurer)
    for colleague in organisation.colleagues:
        role = "manager" if colleague.role == "second_manager" else "collaborator"
        listed = Somebody(colleague.first, colleague.last, "" if role == "manager" else colleague.role)
        _join(seeding, manager, listed, organisation.domain, manager.affiliation, role)
    for number, iban in enumerate(organisation.ibans):
        label = "Compte principal" if number == 0 else "Compte QR"
        bank.add_account(by=manager, iban=iban, holder=organisation.name[:70], label=label)
