"""The archive and the player: a case worker hears a place and marks it; the insured person listens on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import listening
from tests.rails.browser import assert_accessible

pytestmark = pytest.mark.journey


@pytest.fixture
def anne(arrive):
    """An agent of the office who may listen."""
    return arrive("vs", "listener_agent")


@pytest.mark.proves("REC-10", "REC-12", "REC-21")
def test_an_agent_with_a_ground_plays_seeks_and_sets_a_marker(anne):
    listening.archived(anne, "Ruppen")
    anne.pictured("recording-archive")
    listening.begin(anne, re.compile("^Procédure de préavis"), "AI 26-4711")
    listening.play(anne)
    listening.forward(anne)
    listening.steer(anne)
    at = int(listening.place(anne))
    anne.page.get_by_label("Note").fill("Début de l'anamnèse")
    anne.page.get_by_role("button", name="Poser le repère").click()
    row = anne.page.locator("#reperes tbody tr", has_text="Début de l'anamnèse").last
    expect(row.get_by_role("button").first).to_have_text(f"00:{at:02}")
    anne.pictured("recording-player")
    assert_accessible(anne.page)

    listening.archived(anne, "Ruppen")
    heard = anne.page.locator("#ecoutes tbody tr", has_text="AI 26-4711").first
    expect(heard).to_contain_text("Procédure de préavis")
    expect(heard).to_contain_text(re.compile(r"00:00–00:0\d, 00:1\d–00:[12]\d"))


@pytest.mark.proves("REC-13", "REC-20")
def test_the_insured_person_listens_on_a_phone_until_the_access_is_revoked(claire, stranger):
    mobile, email = "079 555 04 07", "lucie.ecoute@personne.example"
    listening.archived(claire, "Ruppen")
    listening.give(claire, name="Lucie Écoute", mobile=mobile, email=email)
    claire.pictured("recording-grant")

    lucie = stranger("vs", width=320)
    listening.enter(lucie, lucie.live.link_for(email), "+41795550407")
    lucie.reads("Lucie Écoute", "Ce qui s'entend peut être enregistré")
    listening.play(lucie)
    listening.pause(lucie)
    lucie.pictured("recording-listener")
    assert_accessible(lucie.page)
    lucie.page.set_viewport_size({"width": 320, "height": 640})

    listening.play(lucie)
    listening.revoke(claire)
    listening.is_silenced(lucie)
    expect(claire.page.locator("#ecoutes tbody tr").first).to_contain_text("Lucie Écoute")
    lucie.page.reload()
    expect(lucie.page.get_by_role("heading", name="Cet accès n'est plus ouvert ici")).to_be_visible()
    assert_accessible(lucie.page)
