"""Factures: opened, filled in, sent, found again."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from tests.journeys.steps.beneficiaries import Insured
    from tests.journeys.steps.people import Someone

OTHER, TRAVEL = "318.632", "318.632.1"
DECISION = {"vs": "32320260001234", "be": "30220260001234"}
NUMBER = re.compile(r"^[A-Z]{2}-\d{4}-\d{6}$")


def new(someone: Someone, code: str = OTHER) -> None:
    """« + Nouvelle facture » and the type in the list that opens."""
    if "/guichet/" not in someone.page.url:
        someone.goes_to("/guichet/")
    someone.page.locator(".menu--new > summary").click()
    someone.page.locator(".menu--new").get_by_role("button").filter(
        has=someone.page.get_by_text(code, exact=True)
    ).click()
    someone.page.wait_for_url(re.compile("/saisie/"), wait_until="domcontentloaded")
    someone.settles()


def fill_header(someone: Someone, whom: Insured, *, account: str = "Compte du bénéficiaire") -> None:
    """Beneficiary, account, decision."""
    someone.question("Bénéficiaire").select_option(label=_option(someone, "Bénéficiaire", whom.written))
    someone.question("IBAN").select_option(label=_option(someone, "IBAN", account))
    someone.question("Numéro de décision").fill(DECISION[someone.slug])


def _option(someone: Someone, label: str, containing: str) -> str:
    options = someone.question(label).locator("option").all_inner_texts()
    return next(text for text in options if containing in text)


def fill_other(someone: Someone, whom: Insured, **options: str) -> None:
    """« Autre facture »: a morning of speech therapy, 2 hours at CHF 145.00."""
    fill_header(someone, whom, **options)
    someone.fills({"Date des prestations dispensées": "02.11.2026"})
    someone.chooses("Genre de prestation", "Mesures médicales")
    line(someone, 0, description="Logopédie", quantity="2", unit="hour", price="145")


def line(someone: Someone, index: int, **answers: str) -> None:
    """A line of the table."""
    for name, text in answers.items():
        control = someone.page.locator(f"[name='lines-{index}-{name}']")
        control.select_option(text) if name == "unit" else control.fill(text)


def paper(name: str = "justificatif.pdf") -> FilePayload:
    """A document of one page."""
    return {"name": name, "mimeType": "application/pdf", "buffer": _small()}


def attach(someone: Someone, file: FilePayload | None = None) -> None:
    """Choose a document; with scripts it is there at once, without them the button brings it."""
    file = file or paper()
    someone.page.locator("#files").set_input_files(files=[file])
    if not someone.scripts:
        someone.presses("Ajouter le document")
    expect(someone.page.locator(".files").get_by_role("link", name=file["name"]).last).to_be_visible()


def confirm(someone: Someone, button: str = "Envoyer ma demande") -> None:
    """« Envoyer ma demande »: the summary to be confirmed."""
    someone.presses(button)
    someone.page.wait_for_url(re.compile("/confirmer/"), wait_until="commit")
    has_no_power(someone)


def is_asked_to_confirm(someone: Someone) -> None:
    """The summary is here as a whole, with every question it asks."""
    expect(someone.page.get_by_role("button", name="Envoyer la demande", exact=True)).to_be_visible()
    someone.settles()


def has_no_power(someone: Someone) -> None:
    """The first invoice for somebody without a power of attorney wants a word; later ones do not ask."""
    is_asked_to_confirm(someone)
    asked = someone.page.locator("[name^='answer:power.missing']")
    if asked.count():
        asked.fill("L'office connaît cette personne depuis 2024.")


def send(someone: Someone) -> str:
    """« Envoyer la demande »; gives the number on the page of success. Without a power, why it may be sent is said."""
    is_asked_to_confirm(someone)
    for question in someone.page.locator("[name='answer:power.missing@beneficiary']").all():
        question.fill("La procuration suit par la poste.")
    someone.presses("Envoyer la demande")
    someone.page.wait_for_url(re.compile("/envoyee/"), wait_until="commit")
    number = someone.page.locator(".done__number").inner_text()
    assert NUMBER.match(number), number
    return number


def sent(someone: Someone, whom: Insured, file: FilePayload | None = None) -> str:
    """A whole « Autre facture » in one step, for the journeys that begin after it."""
    new(someone)
    fill_other(someone, whom)
    attach(someone, file)
    confirm(someone)
    return send(someone)


def find(someone: Someone, whom: Insured) -> None:
    """The page of the person's latest invoice."""
    someone.goes_to(f"/guichet/?beneficiaire={whom.avs_number}")
    someone.page.locator("#historique").get_by_role("link", name=whom.name).first.click()


def in_history(someone: Someone, whom: Insured) -> str:
    """The words of the person's line in « Historique des factures »."""
    someone.goes_to(f"/guichet/?beneficiaire={whom.avs_number}")
    return someone.page.locator("#historique tbody tr").first.inner_text()


@cache
def _small() -> bytes:
    from guichet.invoices.tests.factories import small_pdf

    return small_pdf()
