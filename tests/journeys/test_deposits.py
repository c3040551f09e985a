"""An expert deposits a recording and sends it; a waiver blocks; a centre deposits for its experts."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import deposits
from tests.rails.browser import screenshot

pytestmark = pytest.mark.journey


@pytest.mark.proves("REC-03", "REC-05", "REC-06", "USE-06")
def test_a_deposit_goes_on_after_a_reload_and_is_sent(arrive, tmp_path):
    doctor = arrive("vs", "expert")
    deposits.open_mandate(doctor, "Tacchini")
    deposits.begin(doctor)
    file = deposits.interview(tmp_path, megabytes=10)

    deposits.cut_after_the_first_part(doctor)
    with doctor.page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.status == 204):
        deposits.choose(doctor, file)
    doctor.page.reload()
    deposits.mend(doctor)
    expect(doctor.page.get_by_text("Le dépôt a été interrompu")).to_be_visible()
    screenshot(doctor.page, "deposit-resume")

    deposits.choose(doctor, file)
    expect(doctor.page.locator("#quality")).to_be_visible(timeout=90_000)
    doctor.sees("Tacchini Odile")
    screenshot(doctor.page, "deposit-gate")
    deposits.send(doctor)
    doctor.sees(re.compile("L'enregistrement a été envoyé"))
    screenshot(doctor.page, "deposit-sent")


@pytest.mark.proves("REC-05", "REC-15")
def test_a_waiver_blocks_the_deposit(arrive):
    doctor = arrive("vs", "expert")
    doctor.goes_to("/mandats/?recherche=Imhof")
    doctor.page.get_by_role("link", name="Imhof Brigitte").click()
    doctor.sees("Imhof Brigitte")
    expect(doctor.page.get_by_text("N’enregistrez pas cet entretien")).to_be_visible()
    expect(doctor.page.get_by_role("button", name="Choisir le fichier")).to_have_count(0)


@pytest.mark.proves("REC-01")
def test_a_centre_uploads_on_the_web(arrive, tmp_path):
    centre = arrive("vs", "centre")
    deposits.open_mandate(centre, "Moret")
    expect(centre.page.get_by_role("link", name="Enregistrer avec cet appareil")).to_have_count(0)
    deposits.begin(centre)
    deposits.choose(centre, deposits.interview(tmp_path))
    expect(centre.page.locator("#quality")).to_be_visible(timeout=90_000)
