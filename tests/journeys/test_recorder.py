"""An interview is recorded on a device that fails in every way, and arrives whole (REC-01, 04, 09, 18)."""

import os
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import recorder
from tests.rails.browser import ROOT, assert_accessible

pytestmark = pytest.mark.journey

SECONDS = int(os.environ.get("GUICHET_RECORDER_SECONDS", "5"))
"""Of each of the three stretches; 20 makes the interview of a minute."""


@pytest.fixture
def device(live, tmp_path_factory):
    """`device(width=1280)` is a device with a microphone that hears the committed interview."""
    from playwright.sync_api import sync_playwright

    from guichet.config.local import browser as browsers

    made = []
    with sync_playwright() as playwright:

        def new(width=1280):
            folder = tmp_path_factory.mktemp("device")
            recorder.speech(folder)
            made.append(recorder.Device(playwright, live, browsers.find(ROOT / "var"), folder, width))
            return made[-1]

        yield new
        for one in made:
            one.closes()


@pytest.mark.proves("REC-04", "REC-09")
def test_an_interview_survives_a_pause_no_connection_and_a_killed_browser(device):
    phone = device(width=400)
    doctor = recorder.arrives(phone)
    recorder.begins(doctor, "Quinodoz Marc-Antoine")
    doctor.page.get_by_role("button", name="Commencer l'enregistrement").click()
    expect(doctor.page.get_by_role("heading", level=1)).to_have_text("Enregistrement en cours")
    recorder.has_recorded(doctor, SECONDS)

    doctor.page.get_by_role("button", name="Mettre en pause").click()
    expect(doctor.page.get_by_role("heading", level=1)).to_have_text("En pause")
    doctor.page.get_by_label(re.compile("Tests")).check()
    doctor.page.get_by_role("button", name="Reprendre").click()
    doctor.page.context.set_offline(True)
    recorder.has_recorded(doctor, 2 * SECONDS)
    phone.is_killed()

    doctor.page = phone.opens()
    doctor.page.context.set_offline(True)
    recorder.opens(doctor)
    expect(doctor.page.get_by_role("heading", name="Un enregistrement non envoyé de")).to_be_visible()
    doctor.page.get_by_role("button", name="Continuer l'entretien").click()
    recorder.has_recorded(doctor, 3 * SECONDS - 2)
    doctor.page.get_by_role("button", name="Terminer", exact=True).click()
    doctor.page.get_by_role("button", name="Terminer l'enregistrement").click()
    expect(doctor.page.get_by_text("Pas de connexion.")).to_be_visible()
    assert len(recorder.kept(doctor)) == 3

    doctor.page.context.set_offline(False)
    expect(doctor.page.get_by_text("La copie de cet appareil est effacée")).to_be_visible(timeout=90_000)
    assert recorder.kept(doctor) == []

    doctor.page.get_by_role("link", name="Contrôler et envoyer à l'office").click()
    expect(doctor.page.locator("#quality")).to_be_visible()
    is_what_was_spoken(doctor, phone)


def is_what_was_spoken(doctor, phone):
    """Every stretch the log names is in the sound, in its place, and follows the interview the microphone heard."""
    heard = recorder.samples_of(recorder.sound(doctor))
    spoken = recorder.samples_of((ROOT / "src/guichet/recordings/demo_data/entretien.mp3").read_bytes())
    lengths = recorder.stretches(doctor)
    assert [reason for _length, reason in lengths] == [
        "Tests, qui ne sont pas enregistrés (circulaire LCAI 412)",
        "Appareil arrêté pendant l'enregistrement",
        "Fin de l'entretien",
    ]
    assert abs(sum(length for length, _reason in lengths) - heard.size / recorder.RATE) < 2.5
    place = 0.3
    for length, _reason in lengths:
        piece = heard[int(place * recorder.RATE) : int((place + length - 1) * recorder.RATE)]
        assert recorder.likeness(piece, spoken) >= 0.95
        place += length
