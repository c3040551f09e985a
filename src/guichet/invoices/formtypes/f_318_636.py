"""318.636 Travaux de transformation et véhicules à moteur (OMAI; domain page § 2.1–2.5)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guichet.formspec.declare import Ask, Kind, Section, Titles
from guichet.formspec.registry import register
from guichet.formspec.types import ShortText
from guichet.invoices.formtypes.aids import POSITION, AidInvoice


class BuildingOrVehicle(TextChoices):
    """Positions of the OMAI list; which of them belong to this form is a proposal of the domain page."""

    CAR = "10.04", _("10.04* Voiture automobile")
    CONVERSION = "10.05", _("10.05 Transformation d'un véhicule à moteur")
    WORK_OBSTACLES = "13.05", _("13.05* Suppression d'obstacles architecturaux au travail")
    DWELLING = "14.04", _("14.04 Aménagement de la demeure")
    OTHER = "other", _("Autre moyen auxiliaire de cette catégorie")


@register
class BuildingAndVehicles(AidInvoice):
    """318.636."""

    code = "318.636"
    edition = "2026-01"
    title = _("Travaux de transformation et véhicules à moteur")
    official_titles: ClassVar[Titles] = {
        "fr": "Travaux de transformation et véhicules à moteur",
        "de": "Bauliche Änderungen und Motorfahrzeuge",
        "it": "Lavori di trasformazione e veicoli a motore",
        "en": "Building alterations and motor vehicles",
    }
    explanation = _("Voiture, adaptation d'un véhicule, obstacles architecturaux.")

    position: Annotated[BuildingOrVehicle, Kind("select"), POSITION]
    object: Annotated[ShortText, Ask(_("Véhicule ou immeuble"), _("Marque et plaque, ou adresse des travaux."))] = ""

    sections: ClassVar[tuple[Section, ...]] = AidInvoice.parts("object")

    @classmethod
    def example(cls) -> Self:
        """Invented: one delivery by one supplier."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "position": "10.05",
                "purpose": "acquisition",
                "period_from": "20.04.2026",
                "supplier": "Garage des Bords du Rhône",
                "supplier_street": "Route Cantonale 88",
                "supplier_town": "1920 Martigny",
                "supplier_number": "4471",
                "supplier_date": "24.04.2026",
                "object": "Break, VS 000 123",
                "vat": "8.1",
                "lines": [
                    {"description": "Commande d'accélérateur au volant", "quantity": "1", "price": "3860.00"},
                    {"description": "Expertise du véhicule", "quantity": "1", "price": "145.00"},
                ],
            }
        )
