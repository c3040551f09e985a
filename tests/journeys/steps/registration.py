"""Inscription of an organisation, and the office that vets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.steps import people

if TYPE_CHECKING:
    from tests.journeys.steps.people import Someone


def fill(someone: Someone, *, company: str, gln: str = "") -> None:
    """Everything the page asks of an « Organisme / entreprise »."""
    first, last = someone.account["name"].split(" ", 1)
    someone.page.get_by_role("radio", name="Organisme / entreprise").check()
    someone.fills(
        {
            "GLN": gln or people.new_gln(),
            "Nom de l'organisme / entreprise": company,
            "Rue": "Chemin des Essais",
            "N°": "7",
            "NPA": "1950",
            "Localité": "Sion",
            "Téléphone de la société": "027 555 01 99",
            "Nom": last,
            "Prénom": first,
            "Email": someone.account["email"],
            "Mot de passe": someone.account["password"],
            "Numéro de téléphone portable": someone.account["mobile"],
        }
    )
    someone.page.get_by_role("checkbox", name="J'ai lu et j'accepte").check()


def ask(someone: Someone, *, company: str) -> None:
    """From the home of the space to « Demande reçue »."""
    someone.goes_to("/")
    someone.follows("S'inscrire")
    fill(someone, company=company)
    someone.presses("S'inscrire")
    someone.sees("Demande reçue")


def open_request(agent: Someone, company: str) -> None:
    """The registration on the desk of the office."""
    agent.goes_to("/bureau/inscriptions/")
    for _ in range(200):
        if agent.page.get_by_role("link", name=company).count():
            break
        agent.page.wait_for_timeout(250)
        agent.page.reload()
    agent.follows(company)
    agent.sees(company)
