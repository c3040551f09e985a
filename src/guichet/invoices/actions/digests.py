"""One mail a day with what became of a person's invoices, instead of one for every step (INV-31)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone, translation

from guichet import notify
from guichet.accounts import choices
from guichet.accounts.models import Membership, Person
from guichet.invoices.models import DigestChoice, InvoiceEvent
from guichet.invoices.states import Status

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.tenancy.models import Insurer

_TOLD: Final = {
    "accept": Status.ACCEPTED,
    "confirm": Status.ACCEPTED,
    "ask_correction": Status.TO_CORRECT,
    "refuse": Status.REFUSED,
    "transmitted": Status.TRANSMITTED,
    "paid": Status.PAID,
    "rejected": Status.REJECTED,
    "returned": Status.REJECTED,
}


def choose(*, wanted: bool, by: Actor) -> None:
    """Whether this person gets the summary of this company's invoices."""
    choices.choose(DigestChoice, act="digest.chosen", wanted=wanted, by=by)


def is_wanted(actor: Actor) -> bool:
    """The person's choice; yes if there was none."""
    return choices.is_wanted(DigestChoice, by=actor)


def send(insurer: Insurer, *, until: datetime) -> int:
    """The summaries of the 24 hours before `until`; how many mails. Asked again for the same day, none."""
    since = until - timedelta(days=1)
    events = InvoiceEvent.objects.filter(insurer=insurer, at__gte=since, at__lt=until, act__in=_TOLD)
    changes: dict[tuple[UUID, UUID], Counter[Status]] = {}
    for person, affiliation, act in events.order_by("at", "id").values_list(
        "case__responsible_id", "case__affiliation_id", "act"
    ):
        changes.setdefault((person, affiliation), Counter())[_TOLD[act]] += 1
    silent = set(DigestChoice.objects.filter(insurer=insurer, wanted=False).values_list("person_id", "affiliation_id"))
    members = set(
        Membership.objects.filter(insurer=insurer, removed_at=None).values_list("person_id", "affiliation_id")
    )
    wanted = {key: counts for key, counts in changes.items() if key in members and key not in silent}
    people = Person.objects.in_bulk([person for person, _affiliation in wanted])
    day = timezone.localdate(until)
    return sum(
        _mail(insurer, people[person], affiliation, counts, day) for (person, affiliation), counts in wanted.items()
    )


@transaction.atomic
def _mail(insurer: Insurer, person: Person, affiliation: UUID, counts: Counter[Status], day: date) -> bool:
    with translation.override(person.language):
        lines = [(str(status.label), counts[status]) for status in Status if counts[status]]
    return notify.mail(
        "invoices/digest",
        insurer=insurer,
        to=person.email,
        language=person.language,
        context={"lines": lines, "day": day, "path": f"/{insurer.slug}/guichet/"},
        key=f"invoice-digest-{affiliation}-{person.pk}-{day}",
    )
