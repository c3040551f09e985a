"""A person alone changes her own name, address and IBAN, after both factors once more (ACC-08).

Systems that keep copies of these data say so with `follow` when they start; they are asked in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from django.db import transaction
from django.utils import timezone

from guichet import notify
from guichet.accounts.actions import stepup
from guichet.accounts.actions.bank import StepUpNeededError
from guichet.accounts.errors import ConflictError
from guichet.accounts.history import note
from guichet.accounts.models import AffiliationKind, Identity, Partner, PartnerKind, Person
from guichet.accounts.models.login import SecurityEventKind
from guichet.audit import record

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.accounts.models import Affiliation, LoginSession


class Follower(Protocol):
    """What a system does when somebody's own data have changed."""

    def __call__(self, affiliation: Affiliation, *, iban_changed: bool, by: Actor) -> None: ...


_ADDRESS: Final = ("street", "house_no", "postcode", "town")
_followers: list[Follower] = []


@dataclass(frozen=True, kw_only=True)
class OwnData:
    """What a person says of herself; `iban` in electronic form, empty where none is kept."""

    last_name: str
    first_name: str
    street: str
    house_no: str
    postcode: str
    town: str
    iban: str = ""


def follow(follower: Follower) -> None:
    """Have `follower` called after every change; twice the same counts once."""
    if follower not in _followers:
        _followers.append(follower)


def is_alone(by: Actor) -> bool:
    """Whether the partner is the person herself."""
    return by.affiliation is not None and by.affiliation.partner.kind == PartnerKind.PERSON


def change(*, by: Actor, session: LoginSession, data: OwnData) -> None:
    """Change what differs. Raises ConflictError("no_person") for companies, StepUpNeededError."""
    affiliation = by.affiliation
    if affiliation is None or not is_alone(by):
        raise ConflictError("no_person")
    if not stepup.is_fresh(session):
        raise StepUpNeededError
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=affiliation.partner_id)
        identity = Identity.objects.select_for_update().filter(affiliation=affiliation).first()
        changed = _changed(data, by.person, partner, identity)
        if not changed:
            return
        names = {"first_name": data.first_name, "last_name": data.last_name}
        Person.objects.filter(pk=by.person.pk).update(**names)
        for name in _ADDRESS:
            setattr(partner, name, getattr(data, name))
        partner.name = f"{data.first_name} {data.last_name}"
        partner.save(update_fields=["name", *_ADDRESS])
        if identity is not None:
            own = names if affiliation.kind == AffiliationKind.INSURED else {}
            Identity.objects.filter(pk=identity.pk).update(iban=data.iban or identity.iban, **own)
        _record(by, changed)
        affiliation.partner = partner
        for follower in _followers:
            follower(affiliation, iban_changed="iban" in changed, by=by)
        if "iban" in changed:
            _tell(by, data.iban)


def _changed(data: OwnData, person: Person, partner: Partner, identity: Identity | None) -> list[str]:
    names = [name for name in ("last_name", "first_name") if getattr(person, name) != getattr(data, name)]
    address = [name for name in _ADDRESS if getattr(partner, name) != getattr(data, name)]
    iban = ["iban"] if identity is not None and data.iban and identity.iban != data.iban else []
    return [*names, *address, *iban]


def _record(by: Actor, changed: list[str]) -> None:
    note(SecurityEventKind.DATA_CHANGED, person_id=by.person.pk, space=by.insurer)
    record(
        "account.own_data.changed",
        insurer_id=by.insurer.pk,
        by=by.who,
        on="person",
        object_id=str(by.person.pk),
        detail={"fields": " ".join(changed)},
    )


def _tell(by: Actor, iban: str) -> None:
    now = timezone.now()
    note(SecurityEventKind.IBAN_CHANGED, person_id=by.person.pk, space=by.insurer)
    notify.mail(
        "accounts/own_iban_changed",
        insurer=by.insurer,
        to=by.person.email,
        language=by.person.language,
        context={"ending": iban[-4:], "at": now},
        key=f"own-iban-{by.person.pk}-{now:%Y%m%d%H%M%S%f}",
    )
