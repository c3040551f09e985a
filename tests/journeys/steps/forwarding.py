"""A recording that came to the wrong office goes on to the right one; its expert follows."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import listening, login
from tests.journeys.steps.people import Someone

REASON = "Domicile dans le canton de Berne"


def opens(someone: Someone, name: str) -> None:
    """The recording of this person in the office's archive."""
    someone.goes_to(f"/bureau/enregistrements/?recherche={name}")
    someone.page.locator(listening.ROWS, has_text=name).get_by_role("link").first.click()
    expect(someone.page.get_by_role("heading", level=1)).to_have_text(re.compile(name))
    someone.settles()


def archives(someone: Someone) -> None:
    """Confirm the receipt of the recording on the page."""
    someone.presses("Archiver l'enregistrement")
    expect(someone.page.get_by_role("link", name="Ouvrir un accès temporaire")).to_be_visible()


def asks(someone: Someone, office: str, reason: str) -> None:
    """« Transmettre à un autre office », filled in and sent."""
    someone.chooses("Office destinataire", office)
    someone.question("Raison").fill(reason)
    someone.presses("Transmettre l'enregistrement")


def in_german(someone: Someone) -> None:
    """Everything this person reads from now on is German."""
    someone.presses("Deutsch")
    expect(someone.page.locator("html")).to_have_attribute("lang", re.compile("^de"))
    someone.settles()


def follows_to(someone: Someone, slug: str) -> None:
    """The expert logs in at another office with the account they have."""
    someone.slug = slug
    someone.goes_to("/")
    login.identify(someone)
    login.confirm(someone)


def accepts_terms(someone: Someone) -> None:
    """Before anything opens at an office where they never registered."""
    someone.sees("Conditions d'utilisation")
    someone.goes_to("/mandats/")
    someone.presses("Accepter et continuer")
    assert someone.is_told() == ["Cochez la case pour accepter les conditions d'utilisation."]
    someone.page.get_by_label("J'ai lu et j'accepte les conditions d'utilisation").check()
    someone.presses("Accepter et continuer")
