"""Invented answers for every form, for a month that is over: what the demo's senders type."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from guichet.invoices.demo_words import said
from guichet.kernel import dates

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Raw = dict[str, Any]

TOWNS: Final = (("1950", "Sion"), ("3960", "Sierre"), ("1920", "Martigny"), ("3900", "Brig"), ("3930", "Visp"))
_SERVICES: Final = (
    ("medical", "Logopédie", "hour", "145.00"),
    ("medical", "Ergothérapie", "hour", "118.00"),
    ("early", "Intervention précoce", "hour", "132.50"),
    ("vocational", "Stage d'observation", "day", "96.00"),
    ("transport", "Transport adapté", "piece", "48.20"),
)


class Aid(NamedTuple):
    """Something a supplier of the demo sells."""

    position: str
    purpose: str
    supplier: str
    town: str
    label: str
    price: str


_AIDS: Final[dict[str, tuple[Aid, ...]]] = {
    "318.635": (
        Aid("13.02", "acquisition", "Ergo Romandie SA", "1950 Sion", "Siège de travail adapté", "1480.00"),
        Aid("13.01-fm", "upkeep", "Audio Martigny Sàrl", "1920 Martigny", "Piles du système FM", "46.50"),
        Aid("13.03", "acquisition", "Ergo Romandie SA", "1950 Sion", "Table réglable en hauteur", "1175.00"),
    ),
    "318.636": (
        Aid("10.05", "acquisition", "Garage des Bords du Rhône", "1920 Martigny", "Accélérateur au volant", "3860.00"),
        Aid("14.04", "acquisition", "Menuiserie Les Combes", "3960 Sierre", "Élargissement de portes", "2240.00"),
    ),
    "318.637": (
        Aid("5.06", "acquisition", "Atelier Capelline", "1950 Sion", "Perruque", "890.00"),
        Aid("5.01", "adaptation", "Institut de l'œil artificiel", "1950 Sion", "Polissage de la prothèse", "165.00"),
    ),
    "318.638": (
        Aid("11.06", "acquisition", "Optique Basse Vision Sàrl", "1950 Sion", "Plage braille", "4250.00"),
        Aid("11.01", "acquisition", "Optique Basse Vision Sàrl", "1950 Sion", "Canne blanche", "78.00"),
    ),
    "318.639": (
        Aid("14.03", "acquisition", "Ortho-Soins Valais SA", "1950 Sion", "Lit électrique", "2150.00"),
        Aid("9", "repair", "Ortho-Soins Valais SA", "1950 Sion", "Révision du fauteuil roulant", "312.40"),
        Aid("4.04", "acquisition", "Chaussures du Bourg", "1920 Martigny", "Seconde paire, pointure 42", "219.00"),
    ),
}


def answers(code: str, dice: random.Random, month_end: date) -> Raw:
    """What is typed into this form for the month, without its header."""
    return _BY_CODE[code](dice, month_end) if code in _BY_CODE else _aid(code, dice, month_end)


def _other(dice: random.Random, month_end: date) -> Raw:
    service, label, unit, price = dice.choice(_SERVICES)
    return {
        "period_from": dates.format_date(dates.month_start(month_end)),
        "period_to": dates.format_date(month_end),
        "service": service,
        "supplier_number": f"{month_end:%Y}-{dice.randint(1, 9):04d}",
        "supplier_date": dates.format_date(month_end),
        "lines": [{"description": said(label), "quantity": str(dice.randint(2, 6)), "unit": unit, "price": price}],
    }


def _travel(dice: random.Random, month_end: date) -> Raw:
    trips = [
        {
            "on": dates.format_date(month_end - timedelta(days=days)),
            "origin": dice.choice(TOWNS)[1],
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


def _aid(code: str, dice: random.Random, month_end: date) -> Raw:
    aid = dice.choice(_AIDS[code])
    day = dates.format_date(month_end - timedelta(days=dice.randint(2, 22)))
    return {
        "position": aid.position,
        "purpose": aid.purpose,
        "period_from": day,
        "supplier": aid.supplier,
        "supplier_town": aid.town,
        "supplier_number": f"{month_end:%y%m}-{code[-1]}",
        "supplier_date": day,
        "vat": "8.1",
        "lines": [{"description": said(aid.label), "quantity": "1", "price": aid.price}],
    }


def _minor(dice: random.Random, month_end: date) -> Raw:
    days = calendar.monthrange(month_end.year, month_end.month)[1]
    away = dice.choice((0, 0, 2, 4))
    first = month_end.replace(day=10)
    absence = {
        "first": dates.format_date(first),
        "last": dates.format_date(first + timedelta(days=away - 1)),
        "where": "institution",
        "name": "Foyer Les Cytises",
    }
    return {
        "period_from": dates.format_date(dates.month_start(month_end)),
        "period_to": dates.format_date(month_end),
        "degree": dice.choice(("light", "medium", "grave")),
        "ssi": dice.choice(("0", "0", "4", "6")),
        "months": [{"month": f"{month_end:%m.%Y}", "home": str(days - away), "institution": str(away)}],
        "absences": [absence] if away else [],
    }


def _hearing(dice: random.Random, month_end: date) -> Raw:
    day = dates.format_date(month_end - timedelta(days=dice.randint(2, 22)))
    if dice.random() < 0.5:
        repair = {"on": day, "tariff": dice.choice(("909.04", "909.05")), "maker": "Otion"}
        return {"insurance": "ai", "repairs": [repair]}
    both = dice.random() < 0.6
    worn = [{"side": side, "brand": "Otion", "model": "Flux 3"} for side in ("left", "right")[: 1 + both]]
    return {
        "insurance": "ai",
        "device": "909.02" if both else "909.01",
        "supply": dice.choice(("first", "next")),
        "seller": "Acoustique du Rhône SA",
        "delivered_on": day,
        "worn": worn,
    }


def _assistance(dice: random.Random, month_end: date) -> Raw:
    hours = dice.randint(12, 40)
    return {
        "year": f"{month_end:%Y}",
        "month": f"{month_end:%m}",
        "assistants": [
            {
                "name": dice.choice(("Inès Modèle", "Paul Modèle", "Rita Modèle")),
                "identity": "03.04.1990",
                "standard": str(hours),
                "pay": f"{hours * 31}.00",
            }
        ],
    }


_BY_CODE: Final[dict[str, Callable[[random.Random, date], Raw]]] = {
    "318.632": _other,
    "318.632.1": _travel,
    "318.632.2": _minor,
    "300.001": _hearing,
    "318.536": _assistance,
}
