"""An interview is recorded on a device that fails in every way, and arrives whole (REC-01, 04, 09, 18)."""

import os
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import login, recorder
from tests.journeys.steps.recorder import device
from tests.rails.browser import assert_accessible, screenshot

__all__ = ["device"]

pytestmark = pytest.mark.journey

SECONDS = int(os.environ.get("GUICHET_RECORDER_SECONDS", "5"))
"""Of each of the three stretches; 20 makes the interview of a minute."""


@pytest.mark.proves("REC-04", "REC-09")
def test_an_interview_survives_a_pause_no_connection_and_a_killed_browser(device):
    recorder.survives(device(width=400), "Germanier Alain", seconds=SECONDS)


@pytest.mark.proves("REC-18")
def test_a_device_is_checked_and_its_microphone_tried_before_the_interview(device):
    doctor = recorder.arrives(device(width=320))
    expect(doctor.page.get_by_text("L'appareil garde l'enregistrement chiffré")).to_be_visible()
    assert_accessible(doctor.page)
    screenshot(doctor.page, "recorder-home")
    recorder.begins(doctor, "Germanier Alain")
    doctor.page.get_by_role("button", name="Commencer le test").click()
    expect(doctor.page.get_by_text(re.compile("Encore (1[0-7]|[1-9]) s"))).to_be_visible()  # three heard at least
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
    second = doctor.another_tab()
    second.page.goto("/vs/enregistreur/")
    expect(second.page.get_by_text("L’enregistreur est déjà ouvert")).to_be_visible(timeout=20_000)
    expect(second.page.get_by_role("button", name="Enregistrer l'entretien de Germanier Alain")).to_have_count(0)
    second.page.close()
    doctor.page.get_by_role("button", name="Mettre en pause").click()
    expect(doctor.page.get_by_text("Rien n'est enregistré depuis")).to_be_visible()
    assert_accessible(doctor.page)
    screenshot(doctor.page, "recorder-paused")
    _logs_out_and_finds_it_again(doctor)


def _logs_out_and_finds_it_again(doctor):
    """What waits on the device outlives a logout, for who recorded it alone."""
    interview = recorder.kept(doctor)
    doctor.goes_to("/mandats/")
    doctor.opens_menu("Déconnexion")
    doctor.page.get_by_role("button", name="Se connecter").wait_for()
    assert (len(interview), recorder.kept(doctor, but="")) == (2, interview)  # the day's mandates are forgotten
    recorder.opens(doctor)
    expect(doctor.page.get_by_text("Connectez-vous : qui l'a enregistré peut l'envoyer.")).to_be_visible()
    expect(doctor.page.get_by_text("Germanier Alain")).to_have_count(0)
    doctor.page.get_by_role("link", name="Se connecter").click()
    login.identify(doctor)
    login.confirm(doctor)
    recorder.is_ready(doctor)
    expect(doctor.page.get_by_text("Germanier Alain, commencé le")).to_be_visible()
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
