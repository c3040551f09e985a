"""Whom somebody acts for, what was sent in these names, and who else may act (INV-16, INV-30)."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils import timezone

from guichet.accounts.models import AffiliationKind, Identity, Membership
from guichet.accounts.rules import INSURED_KINDS
from guichet.invoices.models import Answer, Invoice, Objection, PowerOfAttorney, PowerState, Representation
from guichet.invoices.queries.lists import Page, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.accounts.models import Affiliation, Person
    from guichet.invoices.queries.lines import Line

ENDS_SOON: Final = timedelta(days=60)
ADULT: Final = 18  # years (CC 14)
_MOST: Final = 100


@dataclass(frozen=True)
class Acted:
    """A person somebody acts for at this office: herself, or who is represented."""

    last_name: str
    first_name: str
    avs_number: str
    birth_date: date
    is_oneself: bool
    since: date  # of the registration, or of the request

    @property
    def name(self) -> str:
        """First name first."""
        return f"{self.first_name} {self.last_name}"

    @property
    def adult_on(self) -> date:
        """The eighteenth birthday."""
        return birthday(self.birth_date, ADULT)

    @property
    def ends_parental_power(self) -> bool:
        """Whether who was a minor then is of age now, or within sixty days: the power of a parent ends (CC 14)."""
        ends_soon = self.adult_on - ENDS_SOON <= timezone.localdate()
        return not self.is_oneself and self.since < self.adult_on and ends_soon


def birthday(born: date, years: int) -> date:
    """The day somebody reaches an age; who was born on 29 February, on 1 March of other years."""
    day = (born.month, born.day)
    if day == (2, 29) and not isleap(born.year + years):
        day = (3, 1)
    return date(born.year + years, *day)


def is_insured(actor: Actor) -> bool:
    """Whether somebody acts for one insured person, not for a company. No statement."""
    return actor.affiliation is not None and actor.affiliation.kind in INSURED_KINDS


def acted_for(actor: Actor) -> list[Acted]:
    """Whom this actor acts for; nobody for companies. At most two statements."""
    affiliation = actor.affiliation
    if affiliation is None or not is_insured(actor):
        return []
    found = [_first(one, affiliation) for one in Identity.objects.filter(affiliation=affiliation)]
    if affiliation.kind == AffiliationKind.REPRESENTATIVE:
        rows = Representation.objects.visible_to(actor).filter(state=Answer.ACCEPTED)
        found += [_further(one) for one in rows.order_by("asked_at", "id")[:_MOST]]
    return found


def _first(identity: Identity, affiliation: Affiliation) -> Acted:
    return Acted(
        identity.last_name,
        identity.first_name,
        identity.avs_number,
        identity.birth_date,
        affiliation.kind == AffiliationKind.INSURED,
        timezone.localdate(affiliation.requested_at),
    )


def _further(row: Representation) -> Acted:
    day = timezone.localdate(row.asked_at)
    return Acted(row.last_name, row.first_name, row.avs_number, row.birth_date, is_oneself=False, since=day)


def numbers_of(actor: Actor) -> tuple[str, ...]:
    """The AVS numbers of whom this actor acts for."""
    return tuple(one.avs_number for one in acted_for(actor))


def in_name(actor: Actor, numbers: Iterable[str], *, after: str = "", before: str = "") -> Page:
    """Everything anybody sent at this office in these names, the latest first."""
    rows = Invoice.objects.filter(
        insurer=actor.insurer, avs_number__in=list(numbers), sent_at__isnull=False, erased_at=None
    )
    return page_of(rows, after=after, before=before)


def one_in_name(actor: Actor, numbers: Iterable[str], invoice_id: UUID) -> Invoice | None:
    """One of them; nothing for anybody else's."""
    rows = Invoice.objects.filter(
        insurer=actor.insurer, avs_number__in=list(numbers), sent_at__isnull=False, erased_at=None
    )
    return rows.select_related("affiliation__partner", "beneficiary").defer("raw").filter(pk=invoice_id).first()


def objections_to(invoices: Iterable[Invoice | Line]) -> list[Objection]:
    """What was objected to these invoices, the latest version last; one statement."""
    return list(
        Objection.objects.filter(invoice__in=[one.pk for one in invoices])
        .select_related("answered_by")
        .order_by("version_no", "at", "id")[: _MOST * 10]
    )


def powers_held(actor: Actor, avs_number: str) -> list[PowerOfAttorney]:
    """What one person gave to the actor's company, the latest first."""
    rows = PowerOfAttorney.objects.visible_to(actor).filter(avs_number=avs_number)
    return list(rows.select_related("signed_by", "ended_by").order_by("-asked_at", "-id")[:_MOST])


def powers_given(actor: Actor, numbers: Iterable[str]) -> list[PowerOfAttorney]:
    """What these persons gave, or are asked to give, at this office; the latest first."""
    rows = PowerOfAttorney.objects.given_by(actor, tuple(numbers))
    return list(rows.select_related("affiliation__partner", "beneficiary").order_by("-asked_at", "-id")[:_MOST])


def is_asked(actor: Actor) -> bool:
    """Whether a signature of somebody this actor acts for is awaited; no statement for companies."""
    numbers = numbers_of(actor)
    if not numbers:
        return False
    rows = PowerOfAttorney.objects.given_by(actor, numbers)
    return bool(rows.filter(state=PowerState.ASKED, valid_to__gte=timezone.localdate()).exists())


def power_ends(actor: Actor, numbers: Iterable[str]) -> dict[str, date]:
    """The last day of the power in force of each of these persons; one statement."""
    rows = PowerOfAttorney.objects.visible_to(actor).filter(avs_number__in=list(numbers), state=PowerState.ACTIVE)
    return dict(rows.order_by("valid_to").values_list("avs_number", "valid_to"))  # the latest stays


def accounts_of(insurer_id: int, avs_number: str) -> list[Person]:
    """Who has a login here for this person: herself and who represents her."""
    first = Identity.objects.filter(insurer_id=insurer_id, avs_number=avs_number).values("affiliation_id")
    further = Representation.objects.filter(insurer_id=insurer_id, avs_number=avs_number, state=Answer.ACCEPTED).values(
        "affiliation_id"
    )
    members = Membership.objects.filter(removed_at=None, affiliation__status="accepted")
    theirs = Q(affiliation_id__in=first) | Q(affiliation_id__in=further)
    rows = members.filter(theirs).select_related("person")
    return [row.person for row in rows.order_by("created_at", "id")[:_MOST]]
