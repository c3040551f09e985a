"""318.638 Moyens auxiliaires pour aveugles et handicapés graves de la vue (OMAI; domain page § 2.1–2.5)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guichet.formspec.declare import Kind, Section, Titles
from guichet.formspec.registry import register
from guichet.invoices.formtypes.aids import POSITION, AidInvoice


class SightAid(TextChoices):
    """Positions of the OMAI list; which of them belong to this form is a proposal of the domain page."""

    CANE = "11.01", _("11.01 Cannes blanches et systèmes de navigation")
    GUIDE_DOG = "11.02", _("11.02 Chien-guide")
    AUDIO = "11.04", _("11.04 Appareils de lecture sonore")
    READING = "11.06", _("11.06 Systèmes de lecture et d'écriture")
    LENSES = "11.07", _("11.07 Lunettes-loupes, jumelles, verres filtrants")
    OTHER = "other", _("Autre moyen auxiliaire de cette catégorie")


@register
class SightAids(AidInvoice):
    """318.638."""

    code = "318.638"
    edition = "2026-01"
    title = _("Moyens auxiliaires pour aveugles et handicapés graves de la vue")
    official_titles: ClassVar[Titles] = {
        "fr": "Moyens auxiliaires pour aveugles et handicapés graves de la vue",
        "de": "Hilfsmittel für Blinde und hochgradig Sehbehinderte",
        "it": "Mezzi ausiliari per ciechi e ipovedenti gravi",
        "en": "Aids for blind and severely visually impaired persons",
    }
    explanation = _("Canne, chien-guide, lecture et écriture, loupes.")

    position: Annotated[SightAid, Kind("select"), POSITION]

    sections: ClassVar[tuple[Section, ...]] = AidInvoice.parts()

    @classmethod
    def example(cls) -> Self:
        """Invented: one delivery by one supplier."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "position": "11.06",
                "purpose": "acquisition",
                "period_from": "08.06.2026",
                "period_to": "09.06.2026",
                "supplier": "Optique Basse Vision Sàrl",
                "supplier_street": "Avenue du Midi 12",
                "supplier_town": "1950 Sion",
                "supplier_number": "BV-0608",
                "supplier_date": "10.06.2026",
                "vat": "8.1",
                "lines": [
                    {"description": "Plage braille", "quantity": "1", "price": "4250.00"},
                    {"description": "Formation", "quantity": "3.5", "price": "120.00"},
                ],
            }
        )
