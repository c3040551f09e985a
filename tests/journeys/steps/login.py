"""Connexion: address and password, then the code of the SMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.journeys.steps.people import Someone


def identify(someone: Someone, *, password: str = "") -> None:
    """Type address and password on the page of the login."""
    someone.fills({"Email": someone.account["email"], "Mot de passe": password or someone.account["password"]})
    someone.presses("Se connecter")


def confirm(someone: Someone) -> None:
    """Type the code of the SMS; it is sent when it is complete, without scripts by the button."""
    someone.page.wait_for_url("**/connexion/code/")
    type_code(someone, code_of_this_page(someone))
    someone.page.wait_for_url(lambda url: "/connexion/" not in url)


def code_of_this_page(someone: Someone, mobile: str = "") -> str:
    """The digits of the SMS whose letters the page shows, whatever came to this phone before."""
    letters = someone.main.locator("p strong").first.inner_text()
    return someone.live.code_for(mobile or someone.account["mobile"], letters)


def type_code(someone: Someone, code: str) -> None:
    """Six digits: with scripts that is all, without them « Envoyer » follows."""
    someone.settles()
    someone.page.locator("input[name=code]").fill(code)
    if not someone.scripts:
        someone.presses("Envoyer")


def log_in(someone: Someone, path: str = "/") -> None:
    """All of it, from wherever the person wants to be."""
    someone.goes_to(path)
    identify(someone)
    confirm(someone)


def log_out(someone: Someone) -> None:
    """« Déconnexion » in the menu."""
    someone.opens_menu("Déconnexion")
    expect(someone.page.get_by_role("button", name="Se connecter")).to_be_visible()


def log_in_refused(someone: Someone) -> None:
    """Who is not accepted gets the words everybody gets."""
    someone.goes_to("/")
    identify(someone)
    someone.reads("E-mail ou mot de passe incorrect")
