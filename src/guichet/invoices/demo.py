"""Invented people and invoices in every state, made by the real actions at earlier moments."""

from __future__ import annotations

import io
import random
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.utils import timezone

from guichet.casework.errors import Blocked
from guichet.invoices.actions import beneficiaries, deciding, drafts, payment, sending
from guichet.invoices.demo_answers import TOWNS, answers
from guichet.invoices.demo_bills import bill
from guichet.invoices.demo_words import said
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
# The form of each invoice in turn; the everyday ones come twice as often.
_CODES: Final = (
    "318.632",
    "318.635",
    "318.632.1",
    "318.632.2",
    "318.636",
    "300.001",
    "318.632",
    "318.637",
    "318.536",
    "318.638",
    "318.632.1",
    "318.639",
)
_WISHES: Final = (
    "Veuillez joindre le rapport de la prestation et vérifier la quantité.",
    "La pièce jointe est illisible : veuillez la numériser à nouveau.",
    "Le montant ne correspond pas à la facture jointe. Merci de le corriger.",
    "Veuillez préciser la période ; elle dépasse celle de la décision.",
    "Il manque la preuve du paiement.",
)
_ROUNDS: Final = 9  # in which every form meets every outcome
_MINORS: Final = "318.632.2"
_AT_HOME: Final = frozenset({"318.632.1", _MINORS, "318.536", "300.001"})  # refunded to the person


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
    postcode, town = dice.choice(TOWNS)
    child = number % 6 == 5
    years = (2012, 2021) if child else (1956, 2005)
    born = date(dice.randint(*years), dice.randint(1, 12), dice.randint(1, 28))
    parent = f"{dice.choice(_FIRST)} {_LAST[number % len(_LAST)]}" if child else ""
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
        "representative_name": parent,
        "avs_number": with_ean_digit(f"7569999{number:05d}"),
        "payment_reference": bank.with_qrr_digit(f"{number:026d}"),
        "iban": "CH9300762011623852957",
    }


def seed_invoices(
    *, partner: list[Actor], agent: Actor, people: list[Beneficiary], count: int, account: str, until: datetime
) -> list[Invoice]:
    """`count` invoices over the last months, the older ones decided; every form in every state."""
    dice = random.Random(count)
    children = [person for person in people if person.representative_name] or people
    made = []
    for index in range(count):
        sender, code = partner[index % len(partner)], _CODES[index % len(_CODES)]
        moment = until - timedelta(days=(count - index) * 150 / count, hours=dice.randint(0, 8))
        whom = children if code == _MINORS else people
        with at(moment):
            made.append(send_one(dice, sender, whom[index * 5 % len(whom)], code, account, moment))
        _decide(made[-1], agent, index, count, moment)
    return made


def send_one(
    dice: random.Random, sender: Actor, person: Beneficiary, code: str, account: str, moment: datetime
) -> Invoice:
    """One invoice of the month before `moment`, sent then."""
    month_end = dates.month_start(timezone.localtime(moment).date()) - timedelta(days=1)
    decision = f"{sender.insurer.office_code}2025{dice.randint(1000000, 9999999)}"
    beneficiaries.remember_decision(person, number=decision, description=said("Mesures 2025–2027"), by=sender)
    raw = answers(code, dice, month_end)
    refunded = "beneficiary" if code in _AT_HOME else account
    raw |= {"beneficiary": str(person.pk), "account": refunded, "decision": decision}
    invoice = drafts.open_draft(code=code, raw=raw, by=sender)
    if code != "318.632.1":
        _attach(invoice, raw, month_end, sender)
    send_answered(invoice, said("Vérifié avec l'office par téléphone."), by=sender)
    return invoice


def send_answered(invoice: Invoice, answer: str, *, by: Actor) -> None:
    """Send it; where the checks ask something, the same answer to each question."""
    try:
        sending.send(invoice, key=uuid4(), draft_no=invoice.draft_no, answered={}, by=by)
    except Blocked as blocked:
        answered = {f"{one.code}@{one.place}": answer for one in blocked.reading.findings}
        sending.send(invoice, key=uuid4(), draft_no=invoice.draft_no, answered=answered, by=by)


def _attach(invoice: Invoice, raw: dict[str, Any], day: date, sender: Actor) -> None:
    """The supplier's bill, or an attestation where no bill is typed."""
    number = raw.get("supplier_number") or f"{day:%y%m}"
    line = (raw.get("lines") or [{"description": said("Attestation"), "quantity": "1", "price": "0.05"}])[0]
    amount = f"{float(line['quantity']) * float(line['price']):.2f}"
    creditor = {"creditor": raw["supplier"]} if raw.get("supplier") else {}
    data = bill(amount=amount, number=number, day=dates.format_date(day), label=line["description"], **creditor)
    drafts.attach(invoice, source=io.BytesIO(data), name=f"facture-{number}.pdf", by=sender)


def _first_line(raw: dict[str, Any]) -> str:
    """The first line of the form, where the office has a remark."""
    return next((f"{name}-0" for name, value in raw.items() if isinstance(value, list) and value), "remark")


def _decide(invoice: Invoice, agent: Actor, index: int, count: int, moment: datetime) -> None:
    """The latest quarter waits; of the rest most are accepted, some are sent back, refused, or only looked at."""
    if index >= count * 3 // 4:
        return
    with at(moment + timedelta(days=4, hours=2)):
        match (index + index // len(_CODES)) % _ROUNDS:
            case 3:
                deciding.open_for_review(invoice, by=agent)
                deciding.ask_correction(
                    invoice,
                    version_no=1,
                    message=said(_WISHES[index % len(_WISHES)]),
                    pins={_first_line(invoice.raw): said("La quantité dépasse celle du rapport.")},
                    by=agent,
                )
            case 7:
                deciding.open_for_review(invoice, by=agent)
                deciding.refuse(
                    invoice,
                    version_no=1,
                    message=said("La prestation n'est pas couverte par la décision indiquée."),
                    by=agent,
                )
            case 8:
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
