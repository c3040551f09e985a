"""A person alone: inscription, acceptance, a trip, a photograph, both factors once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.invoices.tests.factories import small_png
from tests.journeys.steps import login, people, registration

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from tests.journeys.steps.people import Someone


def ask(someone: Someone) -> None:
    """« Assuré·e », from the home of the space to « Demande reçue »."""
    first, last = someone.account["name"].split(" ", 1)
    someone.goes_to("/")
    someone.follows("S'inscrire")
    someone.page.get_by_role("radio", name="Assuré·e").check()
    someone.fills(
        {
            "N° AVS": people.new_avs_number(),
            "Date de naissance": "12.03.1988",
            "IBAN": "CH56 0483 5012 3456 7800 9",
            "Rue": "Chemin des Essais",
            "N°": "7",
            "NPA": "1950",
            "Localité": "Sion",
            "Nom": last,
            "Prénom": first,
            "Email": someone.account["email"],
            "Mot de passe": someone.account["password"],
            "Numéro de téléphone portable": someone.account["mobile"],
        }
    )
    someone.page.get_by_role("radio", name="Féminin").check()
    someone.page.get_by_role("checkbox", name="J'ai lu et j'accepte").check()
    fits(someone)
    someone.presses("S'inscrire")
    someone.sees("Demande reçue")
    someone.live.message_for(someone.account["email"], kind="mail", containing="bien reçu")


def accept(agent: Someone, someone: Someone) -> None:
    """The office lets her in."""
    registration.open_request(agent, someone.account["name"])
    agent.presses("Accepter")


def fits(someone: Someone) -> None:
    """Nothing is beyond the edge of the phone."""
    reach = someone.page.evaluate("() => document.documentElement.scrollWidth")
    assert reach <= 320, f"{someone.page.url} is {reach} px wide"


def fill_trip(someone: Someone) -> None:
    """To the hospital and back by car."""
    someone.question("Numéro de décision").fill("32320260001234")
    someone.chooses("Motif du voyage", "Mesure médicale")
    someone.answers(
        **{
            "trips-0-on": "03.11.2026",
            "trips-0-origin": "Sion",
            "trips-0-destination": "Lausanne, hôpital",
        }
    )
    someone.page.locator("[name=trips-0-way]").select_option("return")
    someone.page.locator("[name=trips-0-transport]").select_option("car")
    someone.answers(**{"trips-0-kilometres": "94", "trips-0-departure": "07:30", "trips-0-back": "16:00"})
    someone.page.locator("[name=trips-0-car_needed]").check()


def photo() -> FilePayload:
    """What the camera gives."""
    return {"name": "billet.png", "mimeType": "image/png", "buffer": small_png(400, 300)}


def step_up(someone: Someone) -> None:
    """Password and code once more."""
    someone.question("Mot de passe").fill(someone.account["password"])
    someone.page.locator("main button[type=submit]").first.click()
    someone.page.wait_for_url("**/confirmation/code/**")
    login.type_code(someone, login.code_of_this_page(someone))
    someone.page.wait_for_url(lambda url: "/confirmation/" not in url)
