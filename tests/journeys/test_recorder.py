"""An interview is recorded on a device that fails in every way, and arrives whole (REC-01, 04, 09, 18)."""

import os
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import recorder
from tests.rails.browser import ROOT, assert_accessible, screenshot

pytestmark = pytest.mark.journey

SECONDS = int(os.environ.get("GUICHET_RECORDER_SECONDS", "5"))
"""Of each of the three stretches; 20 makes the interview of a minute."""


@pytest.fixture
def device(driver, live, tmp_path_factory):
    """`device(width=1280)` is a device with a microphone that hears the committed interview."""
    from guichet.config.local import browser as browsers

    made = []

    def new(width=1280):
        folder = tmp_path_factory.mktemp("device")
        recorder.speech(folder)
        made.append(recorder.Device(driver, live, browsers.find(ROOT / "var"), folder, width))
        return made[-1]

    yield new
    for one in made:
        one.closes()


@pytest.mark.proves("REC-04", "REC-09")
def test_an_interview_survives_a_pause_no_connection_and_a_killed_browser(device):
    phone = device(width=400)
    doctor = recorder.arrives(phone)
    recorder.begins(doctor, "Germanier Alain")
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
    recorder.logs_in_again(doctor)
    doctor.page.get_by_role("button", name="Envoyer maintenant").click()
    expect(doctor.page.get_by_text("La copie de cet appareil est effacée")).to_be_visible(timeout=90_000)
    assert recorder.kept(doctor) == []

    doctor.page.get_by_role("link", name="Contrôler et envoyer à l'office").click()
    expect(doctor.page.locator("#quality")).to_be_visible()
    is_what_was_spoken(doctor)


@pytest.mark.proves("REC-18")
def test_a_device_is_checked_and_its_microphone_tried_before_the_interview(device):
    doctor = recorder.arrives(device(width=320))
    expect(doctor.page.get_by_text("L'appareil garde l'enregistrement chiffré")).to_be_visible()
    assert_accessible(doctor.page)
    screenshot(doctor.page, "recorder-home")
    recorder.begins(doctor, "Germanier Alain")
    doctor.page.get_by_role("button", name="Commencer le test").click()
    expect(doctor.page.get_by_text(re.compile("Encore 1[67] s"))).to_be_visible()
    doctor.page.get_by_role("button", name="Terminer le test").click()
    expect(doctor.page.get_by_text("Le niveau est bon.")).to_be_visible()
    expect(doctor.page.get_by_label("Écouter le test")).to_be_visible()
    assert_accessible(doctor.page)
    screenshot(doctor.page, "recorder-ready")

    doctor.page.get_by_role("button", name="Commencer l'enregistrement").click()
    recorder.has_recorded(doctor, 1)
    assert_accessible(doctor.page)
    screenshot(doctor.page, "recorder-going")
    assert doctor.page.evaluate("document.documentElement.scrollWidth") <= 320
    doctor.page.get_by_role("button", name="Mettre en pause").click()
    expect(doctor.page.get_by_text("Rien n'est enregistré depuis")).to_be_visible()
    assert_accessible(doctor.page)
    screenshot(doctor.page, "recorder-paused")
    doctor.page.reload()
    doctor.page.get_by_role("button", name="Effacer de cet appareil").click()
    doctor.page.get_by_role("button", name="Effacer définitivement").click()
    expect(doctor.page.get_by_role("button", name="Effacer de cet appareil")).to_have_count(0)
    assert recorder.kept(doctor) == []


@pytest.mark.proves("REC-05", "REC-18")
def test_a_waived_mandate_and_a_device_below_the_minimum_record_nothing(arrive):
    doctor = arrive("vs", "expert")
    doctor.page.add_init_script("delete globalThis.MediaRecorder")
    recorder.opens(doctor)
    expect(doctor.page.get_by_text("Zurbriggen Rosa")).to_be_visible()
    expect(doctor.page.get_by_text("Renonciation : n'enregistrez pas").first).to_be_visible()
    expect(doctor.page.get_by_role("button", name="Enregistrer l'entretien de Zurbriggen Rosa")).to_have_count(0)
    expect(doctor.page.get_by_text("Cet appareil ne peut pas enregistrer un entretien de façon sûre")).to_be_visible()
    expect(doctor.page.get_by_role("button", name="Enregistrer l'entretien de Germanier Alain")).to_be_disabled()
    assert_accessible(doctor.page)
    doctor.page.get_by_role("link", name="Déposer un fichier").click()
    doctor.sees("Mes mandats")


@pytest.mark.proves("REC-01")
def test_a_centre_is_told_why_it_has_no_recorder(arrive):
    centre = arrive("vs", "centre")
    centre.goes_to("/enregistreur/")
    centre.sees("Mes mandats")
    centre.reads("L'enregistreur est réservé aux experts individuels.")


def is_what_was_spoken(doctor):
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
    place = 0.0
    for length, _reason in lengths:
        inside = slice(int((place + 0.6) * recorder.RATE), int((place + length - 0.6) * recorder.RATE))
        assert recorder.likeness(heard[inside], spoken) >= 0.95
        place += length
