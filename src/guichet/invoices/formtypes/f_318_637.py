"""318.637 Moyens auxiliaires pour le crâne et le visage (OMAI; domain page § 2.1–2.5)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guichet.formspec.declare import Kind, Section, Titles
from guichet.formspec.registry import register
from guichet.invoices.formtypes.aids import POSITION, AidInvoice


class HeadAid(TextChoices):
    """Positions of the OMAI list; which of them belong to this form is a proposal of the domain page."""

    EYE = "5.01", _("5.01 Prothèses de l'œil")
    EPITHESIS = "5.02", _("5.02 Épithèses faciales")
    DENTAL = "5.05", _("5.05* Prothèses dentaires")
    WIG = "5.06", _("5.06 Perruques")
    OTHER = "other", _("Autre moyen auxiliaire de cette catégorie")


@register
class HeadAids(AidInvoice):
    """318.637."""

    code = "318.637"
    edition = "2026-01"
    title = _("Moyens auxiliaires pour le crâne et le visage")
    official_titles: ClassVar[Titles] = {
        "fr": "Moyens auxiliaires pour le crâne et le visage",
        "de": "Hilfsmittel im Kopfbereich",
        "it": "Mezzi ausiliari per la testa e il viso",
        "en": "Aids for the head and face",
    }
    explanation = _("Prothèses de l'œil, épithèses, prothèses dentaires, perruques.")

    position: Annotated[HeadAid, Kind("select"), POSITION]

    sections: ClassVar[tuple[Section, ...]] = AidInvoice.parts()

    @classmethod
    def example(cls) -> Self:
        """Invented: one delivery by one supplier."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "position": "5.06",
                "purpose": "acquisition",
                "period_from": "02.02.2026",
                "supplier": "Atelier Capelline",
                "supplier_street": "Grand-Rue 3",
                "supplier_town": "1950 Sion",
                "supplier_number": "118",
                "supplier_date": "02.02.2026",
                "vat": "8.1",
                "lines": [
                    {"description": "Perruque en cheveux synthétiques", "quantity": "1", "price": "890.00"},
                    {"description": "Produits d'entretien", "quantity": "2", "price": "24.50"},
                ],
                "participation": "50.00",
            }
        )
