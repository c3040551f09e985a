"""318.635 Moyens auxiliaires servant à l'aménagement du poste de travail (OMAI; domain page § 2.1–2.5)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guichet.formspec.declare import Ask, Kind, Section, Titles
from guichet.formspec.registry import register
from guichet.formspec.types import ShortText
from guichet.invoices.formtypes.aids import POSITION, AidInvoice


class WorkplaceAid(TextChoices):
    """Positions of the OMAI list; which of them belong to this form is a proposal of the domain page."""

    TOOLS = "13.01", _("13.01* Instruments de travail et appareils")
    FM_BATTERIES = "13.01-fm", _("13.01* Piles d'un système FM")
    SEATS = "13.02", _("13.02* Sièges, lits, supports pour la position debout")
    SURFACES = "13.03", _("13.03* Surfaces de travail")
    PREMISES = "13.04", _("13.04* Aménagement des locaux au lieu de travail")
    OTHER = "other", _("Autre moyen auxiliaire de cette catégorie")


@register
class WorkplaceAids(AidInvoice):
    """318.635."""

    code = "318.635"
    edition = "2026-01"
    title = _("Moyens auxiliaires servant à l'aménagement du poste de travail")
    official_titles: ClassVar[Titles] = {
        "fr": (
            "Moyens auxiliaires servant à l'aménagement du poste de travail / dans le domaine des "
            "tâches de la personne assurée"
        ),
        "de": "Hilfsmittel am Arbeitsplatz / im Aufgabenbereich der versicherten Person",
        "it": (
            "Mezzi ausiliari per la sistemazione del posto di lavoro / nell'ambito delle mansioni "
            "della persona assicurata"
        ),
        "en": "Aids for the workplace / for the tasks of the insured person",
    }
    explanation = _("Instruments de travail, sièges, surfaces, locaux.")

    position: Annotated[WorkplaceAid, Kind("select"), POSITION]
    workplace: Annotated[
        ShortText, Ask(_("Lieu de travail ou d'activité"), _("Employeur et localité, ou domicile."))
    ] = ""

    sections: ClassVar[tuple[Section, ...]] = AidInvoice.parts("workplace")

    @classmethod
    def example(cls) -> Self:
        """Invented: one delivery by one supplier."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "position": "13.02",
                "purpose": "acquisition",
                "period_from": "12.03.2026",
                "supplier": "Ergo Romandie SA",
                "supplier_street": "Rue de la Dixence 9",
                "supplier_town": "1950 Sion",
                "supplier_number": "R-26104",
                "supplier_date": "14.03.2026",
                "workplace": "Menuiserie du Lac, Sierre",
                "vat": "8.1",
                "lines": [
                    {"description": "Siège de travail adapté", "quantity": "1", "price": "1480.00"},
                    {"description": "Montage et réglage", "quantity": "2", "price": "110.00"},
                ],
            }
        )
