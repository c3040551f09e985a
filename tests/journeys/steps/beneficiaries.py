"""Bénéficiaires of the company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guichet.invoices.tests.factories import small_pdf
from guichet.kernel.identifiers import format_avs
from tests.journeys.steps import people

if TYPE_CHECKING:
    from tests.journeys.steps.people import Someone

IBAN = "CH93 0076 2011 6238 5295 7"
REFERENCE = "21 00000 00003 13947 14300 09017"


@dataclass(frozen=True)
class Insured:
    """An invented insured person."""

    last_name: str
    first_name: str
    avs_number: str

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}"

    @property
    def written(self) -> str:
        """756.9999.1234.56."""
        return format_avs(self.avs_number)


def invented(first_name: str = "Loane") -> Insured:
    """Somebody no other journey knows."""
    number = people.new_avs_number()
    return Insured(f"Praz{number[7:12]}", first_name, number)


def fill(someone: Someone, whom: Insured) -> None:
    """The personal data, as the guide names them."""
    someone.fills(
        {
            "Nom": whom.last_name,
            "Prénom": whom.first_name,
            "Rue": "Rue des Alpes",
            "N°": "5",
            "NPA": "1950",
            "Localité": "Sion",
            "Date de naissance": "12.03.1988",
            "N° assuré": whom.written,
            "N° de référence de paiement": REFERENCE,
            "IBAN": IBAN,
        }
    )
    someone.page.get_by_role("radio", name="Féminin").check()


def add(someone: Someone, whom: Insured | None = None, *, power: bool = True) -> Insured:
    """« Ajouter un bénéficiaire » from the menu to the list that shows the person, with the signed power."""
    whom = whom or invented()
    someone.goes_to("/beneficiaires/ajouter/")
    fill(someone, whom)
    if power:
        paper = {"name": "procuration.pdf", "mimeType": "application/pdf", "buffer": small_pdf()}
        someone.page.locator("[name=power_of_attorney]").set_input_files(files=[paper])
    someone.presses("Enregistrer")
    someone.page.wait_for_url("**/beneficiaires/")
    return whom
