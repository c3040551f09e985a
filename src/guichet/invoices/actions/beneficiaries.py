"""Beneficiaries and their decision numbers (INV-03, INV-04)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Func, Value
from django.utils import timezone

from guichet import audit
from guichet.accounts.models import Affiliation, AffiliationKind, Identity
from guichet.accounts.rules import INSURED_KINDS
from guichet.casework import uploads
from guichet.casework.errors import CaseError
from guichet.invoices.actions.common import note
from guichet.invoices.models import Beneficiary, Decision, Invoice, PowerHow, PowerOfAttorney, PowerState
from guichet.invoices.queries import persons
from guichet.invoices.rules import NEW_IBAN
from guichet.invoices.states import CLOSED, Status
from guichet.kernel.text import searchable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.invoices.models import Representation


_OPEN = frozenset({Status.IN_REVIEW, Status.AWAITING_SECOND, Status.ACCEPTED})  # sent, and not yet paid out
_REGISTERED = ("last_name", "first_name", "avs_number", "birth_date", "sex", "iban")
_MOST_SHOWN = 50  # open invoices in the list of a refusal


class AlreadyThere(CaseError):
    """The company already has a beneficiary with this AVS number."""


class StillUsed(CaseError):
    """An invoice of this beneficiary is open; `invoices` lists them (INV-03)."""

    def __init__(self, invoices: list[Invoice]) -> None:
        super().__init__("still used")
        self.invoices = invoices


@transaction.atomic
def add_beneficiary(
    *, facts: Mapping[str, Any], power_of_attorney: uploads.Checked | None = None, by: Actor
) -> Beneficiary:
    """Save a new beneficiary of the actor's company. Raises `AlreadyThere`."""
    beneficiary = Beneficiary(insurer=by.insurer, affiliation=by.affiliation)
    return _save(beneficiary, facts, power_of_attorney, act="added", by=by)


@transaction.atomic
def own_beneficiary(*, by: Actor) -> Beneficiary | None:
    """The insured person herself, or the one somebody represents: made of the registration at first use (INV-16).

    None for companies, and for people whom the office registered without an AVS number.
    """
    if by.affiliation is None or by.affiliation.kind not in INSURED_KINDS:
        return None
    identity = Identity.objects.filter(affiliation=by.affiliation).first()
    if identity is None:
        return None
    mine = Beneficiary.objects.visible_to(by).filter(avs_number=identity.avs_number).first()
    if mine is not None:
        return mine
    try:
        return add_beneficiary(facts=_facts_of(identity, by.affiliation), by=by)
    except AlreadyThere:  # a second click was faster
        return Beneficiary.objects.visible_to(by).get(avs_number=identity.avs_number)


def _facts_of(known: Identity | Representation, affiliation: Affiliation) -> dict[str, Any]:
    """A profile made of what was registered; the address is that of who registered."""
    partner = affiliation.partner
    stands_for = affiliation.kind == AffiliationKind.REPRESENTATIVE
    address = f"{partner.street} {partner.house_no}, {partner.postcode} {partner.town}"
    return (
        {name: getattr(partner, name) for name in ("street", "house_no", "postcode", "town", "country")}
        | {name: getattr(known, name) for name in _REGISTERED}
        | {
            "holder": partner.name if stands_for else "",
            "representative_name": partner.name if stands_for else "",
            "representative_address": address if stands_for else "",
        }
    )


@transaction.atomic
def add_represented(known: Representation, *, by: Actor) -> None:
    """The profile of a further person somebody represents, once the office accepted it; an old one stays."""
    affiliation = Affiliation.objects.select_related("partner").get(pk=known.affiliation_id)
    if Beneficiary.objects.filter(affiliation=affiliation, avs_number=known.avs_number, archived_at=None).exists():
        return
    beneficiary = Beneficiary(insurer=by.insurer, affiliation=affiliation)
    _save(beneficiary, _facts_of(known, affiliation), None, act="added", by=by)


def follow_own_data(affiliation: Affiliation, *, iban_changed: bool, by: Actor) -> None:
    """Somebody changed the own data: the profile follows; open invoices to another account are marked for the desk."""
    identity = Identity.objects.filter(affiliation=affiliation).first()
    if identity is None:
        return
    mine = Beneficiary.objects.filter(affiliation=affiliation, avs_number=identity.avs_number, archived_at=None).first()
    if mine is None:
        return
    _save(mine, _facts_of(identity, affiliation), None, act="changed", by=by)
    if not iban_changed:
        return
    waiting = Invoice.objects.filter(beneficiary=mine, status__in=list(_OPEN)).select_related("beneficiary")
    marked = waiting.exclude(flags__contains=[NEW_IBAN])
    for invoice in waiting.order_by("id"):
        note(invoice, "iban_changed", by=None, who=by.who)
    marked.update(flags=Func(F("flags"), Value(NEW_IBAN), function="array_append"))


@transaction.atomic
def change_beneficiary(
    beneficiary: Beneficiary, *, facts: Mapping[str, Any], power_of_attorney: uploads.Checked | None = None, by: Actor
) -> Beneficiary:
    """Change the profile; invoices already sent keep what they said. Raises `AlreadyThere`."""
    return _save(beneficiary, facts, power_of_attorney, act="changed", by=by)


def _save(
    beneficiary: Beneficiary,
    facts: Mapping[str, Any],
    power_of_attorney: uploads.Checked | None,
    *,
    act: str,
    by: Actor,
) -> Beneficiary:
    for name, value in facts.items():
        setattr(beneficiary, name, value)
    beneficiary.search = searchable(f"{beneficiary.last_name} {beneficiary.first_name} {beneficiary.last_name}")[:180]
    try:
        with transaction.atomic():
            beneficiary.save()
    except IntegrityError as error:
        if "beneficiary_once" in str(error):
            raise AlreadyThere from error
        raise
    if power_of_attorney is not None:  # after the row: a refused profile leaves no bytes behind
        beneficiary.power_of_attorney = uploads.keep(power_of_attorney, insurer=by.insurer)
        beneficiary.power_of_attorney_name = power_of_attorney.name
        beneficiary.save(update_fields=["power_of_attorney", "power_of_attorney_name"])
        _keep_power(beneficiary, by=by)
    _record(beneficiary, act, by=by, detail={"fields": " ".join(sorted(facts))})
    return beneficiary


def _keep_power(beneficiary: Beneficiary, *, by: Actor) -> None:
    """The paper handed in with a profile holds for all forms, from a year ago for as long as a power may."""
    today = timezone.localdate()
    first = persons.birthday(today, -1)
    power = PowerOfAttorney.objects.create(
        insurer=by.insurer,
        affiliation_id=beneficiary.affiliation_id,
        beneficiary=beneficiary,
        avs_number=beneficiary.avs_number,
        valid_from=first,
        valid_to=persons.birthday(first, int(by.insurer.setting("power_years"))) - timedelta(days=1),
        how=PowerHow.SCANNED,
        state=PowerState.ACTIVE,
        file=beneficiary.power_of_attorney,
        file_name=beneficiary.power_of_attorney_name,
        asked_by=by.person,
        asked_at=timezone.now(),
    )
    _record(beneficiary, "power_added", by=by, detail={"power": str(power.pk)})


@transaction.atomic
def remove_beneficiary(beneficiary: Beneficiary, *, by: Actor) -> None:
    """Take a beneficiary off the list. Raises `StillUsed` while an invoice is open; drafts count (INV-03)."""
    locked = Beneficiary.objects.select_for_update().get(pk=beneficiary.pk)
    open_invoices = Invoice.objects.filter(beneficiary=locked).exclude(status__in=list(CLOSED))
    shown = list(open_invoices.order_by("-modified_at", "-id")[:_MOST_SHOWN])
    if shown:
        raise StillUsed(shown)
    if Beneficiary.objects.filter(pk=locked.pk, archived_at=None).update(archived_at=timezone.now()):
        _record(locked, "removed", by=by)


@transaction.atomic
def remember_decision(beneficiary: Beneficiary, *, number: str, description: str, by: Actor) -> Decision:
    """Save a number at the profile, or renew its description; what is saved already leaves no trace."""
    decision, created = Decision.objects.get_or_create(
        beneficiary=beneficiary,
        number=number,
        archived_at=None,
        defaults={"insurer": by.insurer, "description": description},
    )
    renewed = bool(description) and decision.description != description
    if renewed:
        decision.description = description
        decision.save(update_fields=["description"])
    if created or renewed:
        _record(beneficiary, "decision_saved", by=by, detail={"decision": str(decision.pk)})
    return decision


@transaction.atomic
def forget_decision(beneficiary: Beneficiary, *, decision_id: UUID, by: Actor) -> None:
    """Delete a saved number; a used one is archived (INV-04). Nothing happens to one that is gone."""
    decision = Decision.objects.filter(pk=decision_id, beneficiary=beneficiary, archived_at=None).first()
    if decision is None:
        return
    if Invoice.objects.filter(beneficiary=beneficiary, decision_number=decision.number).exists():
        Decision.objects.filter(pk=decision.pk).update(archived_at=timezone.now())
    else:
        decision.delete()
    _record(beneficiary, "decision_forgotten", by=by, detail={"decision": str(decision_id)})


def _record(beneficiary: Beneficiary, act: str, *, by: Actor, detail: Mapping[str, object] | None = None) -> None:
    audit.record(
        f"beneficiary.{act}",
        insurer_id=by.insurer.pk,
        by=by.who,
        on="beneficiary",
        object_id=str(beneficiary.pk),
        subject=beneficiary.avs_number,
        detail=detail,
    )
