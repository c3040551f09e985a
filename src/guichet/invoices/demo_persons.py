"""The demo's powers of attorney, and an insured person with invoices of her own and in her name."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from guichet.accounts.models import Identity
from guichet.casework import uploads
from guichet.invoices import demo
from guichet.invoices.actions import beneficiaries, powers
from guichet.invoices.demo_bills import bill
from guichet.invoices.queries import persons
from guichet.kernel import dates

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.casework.uploads import Checked
    from guichet.invoices.models import Beneficiary

_WITHOUT: Final = 3  # people whose power nobody has asked for yet
_SOON: Final = timedelta(days=41)
_REGISTERED: Final = ("last_name", "first_name", "avs_number", "birth_date", "sex", "iban")


def seed_papers(sender: Actor, people: list[Beneficiary]) -> None:
    """Signed papers of most people; that of the first ends soon."""
    paper, today = _paper(), timezone.localdate()
    first = persons.birthday(today, -2)
    for index, person in enumerate(people[: len(people) - _WITHOUT]):
        last = today + _SOON if index == 0 else persons.birthday(first, 4)
        powers.add_scanned(person, file=paper, first=first, last=last, by=sender)


def _paper() -> Checked:
    """One page that was signed by hand."""
    day = dates.format_date(timezone.localdate())
    data = bill(amount="0.05", number="PROCURATION", day=day, label="Procuration signée")
    return uploads.check(io.BytesIO(data), name="procuration-signee.pdf")


def seed_insured(sender: Actor, insured: Actor | None, *, account: str) -> None:
    """Two invoices of her own; from the company one in her name, a power in force and one that waits for her."""
    if insured is None or insured.affiliation is None:
        return
    dice, now = random.Random(30), timezone.now()  # noqa: S311 -- invented journeys
    mine = beneficiaries.own_beneficiary(by=insured)
    identity = Identity.objects.filter(affiliation=insured.affiliation).first()
    if mine is None or identity is None:
        return
    for days in (47, 12):
        moment = now - timedelta(days=days)
        with demo.at(moment):
            demo.send_one(dice, insured, mine, "318.632.1", "beneficiary", moment)
    partner = insured.affiliation.partner
    facts = {name: getattr(partner, name) for name in ("street", "house_no", "postcode", "town", "country")}
    facts |= {name: getattr(identity, name) for name in _REGISTERED}
    known = beneficiaries.add_beneficiary(facts=facts, by=sender)
    today = timezone.localdate()
    first = persons.birthday(today, -1)
    powers.add_scanned(known, file=_paper(), first=first, last=persons.birthday(today, 1), codes=["318.632"], by=sender)
    powers.ask(known, first=first, last=persons.birthday(first, 4), by=sender)
    moment = now - timedelta(days=3)
    with demo.at(moment):
        demo.send_one(dice, sender, known, "318.632", account, moment)
