"""318.639 Moyens auxiliaires servant à développer l'autonomie personnelle (OMAI; domain page § 2.1–2.5)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guichet.formspec.declare import Kind, Section, Titles
from guichet.formspec.registry import register
from guichet.invoices.formtypes.aids import POSITION, AidInvoice


class AutonomyAid(TextChoices):
    """Positions of the OMAI list; which of them belong to this form is a proposal of the domain page."""

    UNEQUAL_SHOES = "4.04", _("4.04* Chaussures, pointures inégales")
    WHEELCHAIR = "9", _("9 Fauteuils roulants")
    SHOWER_WC = "14.01", _("14.01 WC-douches et WC-séchoirs")
    LIFT = "14.02", _("14.02 Élévateurs pour malades")
    BED = "14.03", _("14.03 Lits électriques")
    STAIRS = "14.05", _("14.05 Monte-escaliers et rampes")
    ASSISTANCE_DOG = "14.06", _("14.06 Chien d'assistance")
    COMMUNICATION = "15.02", _("15.02 Appareils de communication")
    ENVIRONMENT = "15.05", _("15.05 Contrôle de l'environnement")
    OTHER = "other", _("Autre moyen auxiliaire de cette catégorie")


@register
class AutonomyAids(AidInvoice):
    """318.639."""

    code = "318.639"
    edition = "2026-01"
    title = _("Moyens auxiliaires servant à développer l'autonomie personnelle")
    official_titles: ClassVar[Titles] = {
        "fr": "Moyens auxiliaires servant à développer l'autonomie personnelle",
        "de": "Hilfsmittel zur Selbstsorge",
        "it": "Mezzi ausiliari per sviluppare l'autonomia personale",
        "en": "Aids for personal autonomy",
    }
    explanation = _("Chaussures, fauteuil roulant, lit, élévateur, communication.")

    position: Annotated[AutonomyAid, Kind("select"), POSITION]

    sections: ClassVar[tuple[Section, ...]] = AidInvoice.parts()

    @classmethod
    def example(cls) -> Self:
        """Invented: one delivery by one supplier."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "position": "14.03",
                "purpose": "acquisition",
                "period_from": "21.08.2026",
                "period_to": "22.08.2026",
                "supplier": "Ortho-Soins Valais SA",
                "supplier_street": "Rue des Casernes 40",
                "supplier_town": "1950 Sion",
                "supplier_number": "F-8820",
                "supplier_date": "25.08.2026",
                "vat": "8.1",
                "lines": [
                    {"description": "Lit électrique, modèle simple", "quantity": "1", "price": "2150.00"},
                    {"description": "Livraison et montage", "quantity": "1", "price": "180.00"},
                ],
                "participation": "330.00",
            }
        )
