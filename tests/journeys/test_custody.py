"""Custody: the insured person has a recording destroyed, a court gets one; each time a second person decides."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from guichet.recordings import rules
from tests.rails.browser import assert_accessible

pytestmark = pytest.mark.journey


@pytest.mark.proves("REC-15", "REC-22")
def test_the_insured_person_has_her_recording_destroyed_by_a_second_person(arrive, claire):
    barbara = arrive("vs", "insured")
    barbara.goes_to("/mes-enregistrements/")
    barbara.page.locator("table tbody tr").first.get_by_role("link").click()
    today = timezone.localdate()
    left = rules.destruction_term(today - timedelta(days=6), "VS").days_left(today)
    expect(barbara.page.locator("#destruction")).to_contain_text(f"encore {left} jours")
    barbara.pictured("recording-insured")
    assert_accessible(barbara.page)
    barbara.is_sure("Demander la destruction", "Oui, demander la destruction")
    barbara.reads("Personne ne peut plus écouter l'enregistrement")
    barbara.page.get_by_role("button", name="Retirer ma demande").click()
    barbara.reads("Votre demande de destruction est retirée")
    barbara.is_sure("Demander la destruction", "Oui, demander la destruction")
    barbara.reads("Personne ne peut plus écouter l'enregistrement")
    assert_accessible(barbara.page)
    mandate = re.search(r"VS-E-\d+", barbara.page.locator("main").inner_text())[0]

    claire.goes_to("/bureau/destructions/")
    claire.page.locator("table tbody tr", has_text=mandate).first.get_by_role("link").click()
    claire.pictured("recording-destruction")
    claire.is_sure("Détruire l'enregistrement", "Détruire définitivement")
    claire.reads("Le certificat est prêt")
    assert_accessible(claire.page)

    barbara.page.reload()
    barbara.reads("Détruit le")


@pytest.mark.proves("REC-14")
def test_a_second_person_approves_a_package_for_a_court_and_reads_the_passphrase_once(claire):
    claire.goes_to("/bureau/tribunal/")
    claire.page.locator("table tbody tr", has_text="À approuver").first.get_by_role("link").click()
    claire.is_sure("Approuver la remise", "Oui, approuver")
    shown = claire.page.locator("#phrase").inner_text()
    assert re.fullmatch(r"(?:[2-9A-Z]{4}-){4}[2-9A-Z]{4}", shown)
    assert_accessible(claire.page)
    claire.goes_to("/bureau/tribunal/")
    claire.page.locator("table tbody tr").first.get_by_role("link").click()
    claire.pictured("recording-court")
    expect(claire.page.locator("body")).not_to_contain_text(shown)
