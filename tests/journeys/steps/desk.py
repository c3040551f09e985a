"""The office's side: the queue, the decision, the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.journeys.steps.people import Someone


def find(agent: Someone, number: str) -> None:
    """The invoice in the queue, opened by who decides."""
    agent.goes_to(f"/bureau/?recherche={number}")
    agent.follows(number)
    agent.sees(number)


def take(agent: Someone, number: str) -> None:
    """Open it: from now on the sender cannot withdraw it."""
    find(agent, number)
    agent.presses("Ouvrir la demande")
    expect(agent.page.get_by_role("button", name="Accepter")).to_be_visible()


def accept(agent: Someone, number: str) -> None:
    """« Accepter »."""
    take(agent, number)
    agent.presses("Accepter")
    agent.reads(f"{number} : acceptée et prête pour le paiement.")


def ask_correction(agent: Someone, number: str, message: str, **remarks: str) -> None:
    """« Demander une correction », with remarks at fields and lines."""
    take(agent, number)
    agent.question("Message au demandeur").fill(message)
    for label, text in remarks.items():
        remark(agent, f"Remarque : {label}", text)
    agent.presses("Demander une correction")
    agent.reads(f"{number} : une correction est demandée.")


def remark(agent: Someone, where: str, text: str) -> None:
    """A remark beside a field, a line or a page."""
    place = agent.page.get_by_label(where, exact=True)
    agent.page.locator("details.pin", has=place).locator("summary").click()
    place.fill(text)


def refuse(agent: Someone, number: str, reason: str) -> None:
    """« Refuser », with the reason."""
    take(agent, number)
    agent.question("Message au demandeur").fill(reason)
    agent.presses("Refuser")
    agent.reads(f"{number} : refusée.")
