"""Collaborateurs of a company: invited by a manager, joined by the link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.journeys.steps.people import Someone


def invite(manager: Someone, whom: Someone, *, role: str = "Collaborateur") -> None:
    """« Ajouter un collaborateur », up to « Enregistrer »."""
    first, last = whom.account["name"].split(" ", 1)
    manager.goes_to("/ma-societe/collaborateurs/nouveau/")
    manager.fills(
        {"Nom": last, "Prénom": first, "Email": whom.account["email"], "Téléphone portable": whom.account["mobile"]}
    )
    manager.page.get_by_role("radio", name=role).check()
    manager.presses("Enregistrer")
    manager.page.wait_for_url("**/ma-societe/")


def join(whom: Someone) -> None:
    """Follow the link of the mail and choose a password."""
    whom.page.goto(whom.live.link_for(whom.account["email"]))
    whom.sees("Bienvenue")
    whom.fills(
        {
            "Nouveau mot de passe": whom.account["password"],
            "Confirmation du mot de passe": whom.account["password"],
        }
    )
    whom.presses("Enregistrer le mot de passe")
    expect(whom.page.get_by_role("button", name="Se connecter")).to_be_visible()


def joined(manager: Someone, whom: Someone) -> Someone:
    """Both, for the journeys that begin after it."""
    invite(manager, whom)
    join(whom)
    return whom
