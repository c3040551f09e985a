"""What people do with recordings that have arrived: open, hear, mark, give access, listen by link and code."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import login

ROWS = "table tbody tr"


def archived(someone, name):
    """The page of this person's recording, which is archived."""
    someone.goes_to(f"/bureau/enregistrements/?statut=archived&recherche={name}")
    someone.page.locator(ROWS, has_text=name).get_by_role("link").first.click()
    expect(someone.page.get_by_role("heading", name="Qui a écouté quoi")).to_be_visible()


def begin(someone, ground, case):
    """State ground and case; ends at the player, which offers nothing until its script listens."""
    script, held = re.compile(r"/player[.\w]*\.js"), []

    def hold(route):
        held.append(route)

    someone.page.route(script, hold)
    someone.page.get_by_role("link", name="Écouter", exact=True).click()
    someone.page.get_by_label(ground).check()
    someone.page.get_by_label("Référence du dossier").fill(case)
    someone.page.get_by_role("button", name="Commencer l'écoute").click()
    expect(someone.page.locator("[data-player]")).to_be_visible()
    expect(someone.page.locator("[data-toggle]")).to_be_disabled()
    for route in held:
        route.continue_()
    someone.page.unroute(script)


def play(someone):
    """Press « Écouter » and hear sound: time goes on."""
    someone.page.locator("[data-toggle]").click()
    expect(someone.page.locator("[data-player]")).to_have_attribute("data-state", "playing")
    someone.page.wait_for_function("() => document.querySelector('[data-player] audio').currentTime > 0.8")


def pause(someone):
    """Press « Pause »: what is heard later is not used up meanwhile."""
    someone.page.locator("[data-toggle]").click()
    expect(someone.page.locator("[data-player]")).to_have_attribute("data-state", "paused")


def place(someone):
    """Where the sound stands, in seconds."""
    return someone.page.evaluate("() => document.querySelector('[data-player] audio').currentTime")


def forward(someone):
    """Ten seconds on, and another one or two heard there."""
    before = place(someone)
    someone.page.locator("[data-forward]").click()
    someone.page.wait_for_function(
        "before => document.querySelector('[data-player] audio').currentTime > before + 11.5", arg=before
    )


def steer(someone):
    """By keyboard: a space ends the sound, plus and minus change the speed, arrows, J and L the place and back."""
    keys, speed = someone.page.keyboard, someone.page.locator("[data-speed]")
    someone.page.locator("h1").click()
    keys.press("Space")
    expect(someone.page.locator("[data-player]")).to_have_attribute("data-state", "paused")
    keys.press("+")
    expect(speed).to_have_value("1.25")
    keys.press("-")
    expect(speed).to_have_value("1")
    slider, at = someone.page.locator("[data-place]"), int(place(someone))
    for key in ("ArrowLeft", "ArrowRight", "j", "l"):
        keys.press(key)
        away = {"ArrowLeft": -5, "j": -10}.get(key, 0)
        expect(slider).to_have_value(str(at + away))
    someone.page.wait_for_function(
        "at => Math.floor(document.querySelector('[data-player] audio').currentTime) === at", arg=at
    )


def is_silenced(someone):
    """The player says that the listening is over, and nothing plays."""
    expect(someone.page.locator("[data-player]")).to_have_attribute("data-state", "over")
    assert someone.page.evaluate("() => document.querySelector('[data-player] audio').paused")


def give(someone, *, name, mobile, email):
    """Open the recording on the page to the insured person; ends at the access."""
    someone.page.get_by_role("link", name="Ouvrir un accès temporaire").click()
    someone.page.get_by_label("Personne assurée", exact=True).check()
    someone.page.get_by_label("Prénom et nom").fill(name)
    someone.page.get_by_label("Téléphone portable").fill(mobile)
    someone.page.get_by_label("Email").fill(email)
    someone.page.get_by_label(re.compile("^Consultation du dossier")).check()
    someone.page.get_by_role("button", name="Ouvrir l'accès").click()
    expect(someone.page.get_by_role("button", name="Révoquer l'accès")).to_be_visible()


def revoke(someone):
    """End the access on the page at once."""
    someone.is_sure("Révoquer l'accès", "Révoquer")
    expect(someone.page.get_by_role("heading", name="Qui a écouté quoi")).to_be_visible()


def enter(someone, link, mobile):
    """From the link in the mail to the player, with the code on the phone."""
    someone.page.goto(link)
    someone.page.get_by_role("button", name="Recevoir le code par SMS").click()
    someone.page.locator("input[name=code]").wait_for()
    login.type_code(someone, login.code_of_this_page(someone, mobile))
    expect(someone.page.locator("[data-player]")).to_be_visible()
