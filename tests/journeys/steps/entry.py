"""Less typing, counted: an input is one field filled in or one button pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guichet import readers

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator

    from tests.journeys.steps.beneficiaries import Insured
    from tests.journeys.steps.people import Someone

HEAD = ["N° dans le fichier", "N° assuré", "IBAN", "Numéro de décision", "Date des prestations dispensées"]
HEAD += ["Genre de prestation", "Description", "Quantité", "Unité", "Tarif"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Counted:
    """Somebody whose every input is counted."""

    someone: Someone
    inputs: int = 0

    def fills(self, control: Locator, text: str) -> None:
        self.inputs += 1
        control.fill(text)

    def chooses(self, control: Locator, value: str) -> None:
        self.inputs += 1
        control.select_option(value)

    def presses(self, button: Locator) -> None:
        self.inputs += 1
        self.someone.settles()
        button.click()

    def button(self, words: str) -> Locator:
        return self.someone.page.get_by_role("button", name=words, exact=True)


def workbook(whom: Insured, *prices: str) -> FilePayload:
    """One invoice per price, for one person."""
    rows = [
        [str(no), whom.written, "bénéficiaire", "32320260001234", "02.11.2026", "Mesures médicales", "Logopédie", "2",
         "heure", price]
        for no, price in enumerate(prices, start=1)
    ]  # fmt: skip
    return {"name": "novembre.xlsx", "mimeType": XLSX, "buffer": readers.write_table(readers.Sheet("x", [HEAD, *rows]))}


def upload(someone: Someone, content: str, file: FilePayload) -> None:
    """« Importer un fichier »."""
    someone.goes_to("/importer/")
    someone.question("Contenu du fichier").select_option(content)
    someone.page.locator("input[type=file]").set_input_files(files=[file])
    someone.presses("Contrôler le fichier")


def electronic(whom: Insured) -> FilePayload:
    """A generalInvoiceRequest for this person."""
    text = f"""<request xmlns="http://www.forum-datenaustausch.ch/invoice" language="fr"><payload type="invoice">
<invoice request_timestamp="1" request_date="2026-11-03T00:00:00" request_id="F-{whom.avs_number[-4:]}"/>
<body role="therapist" place="practice"><tiers_garant><patient ssn="{whom.avs_number}" gender="female"/></tiers_garant>
<ivg case_id="32320260001234"/><treatment date_begin="2026-11-02T00:00:00"/>
<services><service name="Logopédie" quantity="2" amount="290.00" date_begin="2026-11-02"/>
<service name="Rabais" quantity="1" amount="-10.00"/></services></body></payload></request>"""
    return {"name": "facture.xml", "mimeType": "text/xml", "buffer": text.encode()}
