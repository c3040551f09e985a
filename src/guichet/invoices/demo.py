"""Invented people and invoices in every state, made by the real actions at earlier moments."""

from __future__ import annotations

import io
import random
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.utils import timezone

from guichet.invoices.actions import beneficiaries, deciding, drafts, payment, sending
from guichet.invoices.demo_bills import bill
from guichet.kernel import bank, dates
from guichet.kernel.identifiers import with_ean_digit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.accounts.access import Actor
    from guichet.invoices.models import Beneficiary, Invoice

_LAST: Final = [
    "Bonvin",
    "Zufferey",
    "Rossier",
    "Fournier",
    "Carron",
    "Métrailler",
    "Berclaz",
    "Schnyder",
    "Imhof",
    "Kalbermatter",
    "Favre",
    "Dubuis",
    "Germanier",
    "Lorenz",
    "Moulin",
    "Pralong",
    "Salamin",
    "Théler",
    "Udry",
    "Varone",
]
_FIRST: Final = [
    "Adèle",
    "Basile",
    "Clémence",
    "Dario",
    "Élodie",
    "Fabien",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Jérôme",
    "Karine",
    "Loïc",
    "Mireille",
    "Noé",
    "Océane",
    "Pascal",
    "Quentin",
    "Romaine",
    "Sylvain",
    "Tamara",
]
_TOWNS: Final = (("1950", "Sion"), ("3960", "Sierre"), ("1920", "Martigny"), ("3900", "Brig"), ("3930", "Visp"))
_SERVICES: Final = (
    ("medical", "Logopédie", "hour", "145.00"),
    ("medical", "Ergothérapie", "hour", "118.00"),
    ("early", "Intervention précoce", "hour", "132.50"),
    ("vocational", "Stage d'observation", "day", "96.00"),
    ("transport", "Transport adapté", "piece", "48.20"),
)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Act at an earlier moment: the demo's past is made by the same actions as its present."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


def seed_beneficiaries(actor: Actor, *, count: int, first: int) -> list[Beneficiary]:
    """`count` invented persons of one company; `first` makes their AVS numbers differ between companies."""
    dice = random.Random(first)
    return [beneficiaries.add_beneficiary(facts=_person(dice, first + index), by=actor) for index in range(count)]


def _person(dice: random.Random, number: int) -> dict[str, Any]:
    postcode, town = dice.choice(_TOWNS)
    born = date(dice.randint(1956, 2005), dice.randint(1, 12), dice.randint(1, 28))
    return {
        "last_name": _LAST[number % len(_LAST)],
        "first_name": _FIRST[(number * 7 + number // 20) % len(_FIRST)],
        "street": dice.choice(("Rue du Lac", "Chemin des Vignes", "Avenue de la Gare", "Dorfstrasse")),
        "house_no": str(dice.randint(1, 80)),
        "postcode": postcode,
        "town": town,
        "country": "CH",
        "birth_date": born,
        "sex": dice.choice("mf"),
        "avs_number": with_ean_digit(f"7569999{number:05d}"),
        "payment_reference": bank.with_qrr_digit(f"{number:026d}"),
        "iban": "CH9300762011623852957",
    }


def seed_invoices(
    *, partner: list[Actor], agent: Actor, people: list[Beneficiary], count: int, account: str, until: datetime
) -> list[Invoice]:
    """`count` invoices over the last months, the older ones decided; both forms, every state."""
    dice = random.Random(count)
    made = []
    for index in range(count):
        sender = partner[index % len(partner)]
        moment = until - timedelta(days=(count - index) * 150 / count, hours=dice.randint(0, 8))
        with at(moment):
            made.append(_one(dice, sender, people[index % len(people)], account, moment))
        _decide(made[-1], agent, index, count, moment)
    return made


def _one(dice: random.Random, sender: Actor, person: Beneficiary, account: str, moment: datetime) -> Invoice:
    month_end = dates.month_start(timezone.localtime(moment).date()) - timedelta(days=1)
    decision = f"{sender.insurer.office_code}2025{dice.randint(1000000, 9999999)}"
    beneficiaries.remember_decision(person, number=decision, description="Mesures 2025–2027", by=sender)
    travel = dice.random() < 0.3
    raw = (_travel if travel else _other)(dice, month_end)
    raw |= {"beneficiary": str(person.pk), "account": "beneficiary" if travel else account, "decision": decision}
    invoice = drafts.open_draft(code="318.632.1" if travel else "318.632", raw=raw, by=sender)
    if not travel:
        _attach(invoice, raw, month_end, sender)
    invoice.refresh_from_db()
    sending.send(invoice, key=uuid4(), draft_no=invoice.draft_no, answered={}, by=sender)
    invoice.refresh_from_db()
    return invoice


def _attach(invoice: Invoice, raw: dict[str, Any], day: date, sender: Actor) -> None:
    line = raw["lines"][0]
    amount = f"{float(line['quantity']) * float(line['price']):.2f}"
    data = bill(amount=amount, number=raw["supplier_number"], day=dates.format_date(day), label=line["description"])
    drafts.attach(invoice, source=io.BytesIO(data), name=f"facture-{raw['supplier_number']}.pdf", by=sender)


def _other(dice: random.Random, month_end: date) -> dict[str, Any]:
    service, label, unit, price = dice.choice(_SERVICES)
    return {
        "period_from": dates.format_date(dates.month_start(month_end)),
        "period_to": dates.format_date(month_end),
        "service": service,
        "supplier_number": f"{month_end:%Y}-{dice.randint(1, 9):04d}",
        "supplier_date": dates.format_date(month_end),
        "lines": [{"description": label, "quantity": str(dice.randint(2, 6)), "unit": unit, "price": price}],
    }


def _travel(dice: random.Random, month_end: date) -> dict[str, Any]:
    trips = [
        {
            "on": dates.format_date(month_end - timedelta(days=days)),
            "origin": dice.choice(_TOWNS)[1],
            "destination": "Sion, clinique",
            "way": "return",
            "times": "1",
            "transport": "car",
            "kilometres": str(dice.randint(12, 90)),
            "car_needed": "on",
            "departure": "08:00",
            "back": dice.choice(("12:30", "14:15", "17:10")),
        }
        for days in range(3, 3 + dice.randint(1, 3) * 4, 4)
    ]
    return {"motive": "medical", "trips": trips}


def _decide(invoice: Invoice, agent: Actor, index: int, count: int, moment: datetime) -> None:
    """The latest quarter waits; of the rest most are accepted, some are sent back or refused, some withdrawn."""
    if index >= count * 3 // 4:
        return
    with at(moment + timedelta(days=4, hours=2)):
        match index % 12:
            case 3:
                deciding.open_for_review(invoice, by=agent)
                deciding.ask_correction(
                    invoice,
                    version_no=1,
                    message="Veuillez joindre le rapport de la prestation et vérifier la quantité.",
                    pins={"lines-0": "La quantité dépasse celle du rapport."},
                    by=agent,
                )
            case 7:
                deciding.open_for_review(invoice, by=agent)
                deciding.refuse(
                    invoice,
                    version_no=1,
                    message="La prestation n'est pas couverte par la décision indiquée.",
                    by=agent,
                )
            case 11:
                deciding.open_for_review(invoice, by=agent)
            case _:
                deciding.open_for_review(invoice, by=agent)
                deciding.accept(invoice, version_no=1, by=agent)


def seed_batch(administrator: Actor, *, moment: datetime) -> None:
    """What was accepted until then goes to the Centrale in one batch."""
    with at(moment):
        payment.make_batch(administrator.insurer, by=administrator)


def seed_drafts(actor: Actor, people: list[Beneficiary]) -> None:
    """Two drafts somebody left on the table."""
    first = drafts.open_draft(code="318.632", by=actor)
    drafts.save_draft(
        first,
        raw={"beneficiary": str(people[0].pk), "period_from": "01.11.2026", "lines": [{"description": "Logopédie"}]},
        draft_no=first.draft_no,
        by=actor,
    )
    second = drafts.open_draft(code="318.632.1", by=actor)
    drafts.save_draft(second, raw={"beneficiary": str(people[1].pk), "motive": "medical"}, draft_no=1, by=actor)
