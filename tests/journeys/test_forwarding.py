"""Sent to the wrong office: the receiving office forwards the recording, and everything opened there ends (REC-07)."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import forwarding, listening
from tests.journeys.steps.people import Someone
from tests.rails.browser import assert_accessible

pytestmark = pytest.mark.journey
NAME = "Vouilloz"


@pytest.mark.proves("REC-07")
def test_a_recording_goes_on_to_the_right_office_with_its_expert(luc, arrive, stranger, visit, live):
    forwarding.opens(luc, NAME)
    forwarding.archives(luc)
    listening.give(luc, name="Lucie Écoute", mobile="079 555 04 08", email="lucie.transmise@personne.example")
    lucie = stranger("vs", width=320)
    link = live.link_for("lucie.transmise@personne.example")
    listening.enter(lucie, link, "+41795550408")
    listening.play(lucie)
    listening.pause(lucie)

    forwarding.opens(luc, NAME)
    luc.page.get_by_role("link", name="Transmettre à un autre office").click()
    luc.sees("Transmettre à un autre office")
    late = luc.another_tab()
    late.page.goto(luc.page.url)
    luc.chooses("Office destinataire", "Office AI Canton de Berne")
    luc.presses("Transmettre l'enregistrement")
    assert luc.is_told() == ["Écrivez pourquoi l'enregistrement est transmis."]
    listening.play(lucie)
    forwarding.asks(luc, "Office AI Canton de Berne", forwarding.REASON)
    luc.reads("L'enregistrement est transmis à Office AI Canton de Berne.", "révoqué", forwarding.REASON)
    expect(luc.page.get_by_role("link", name="Écouter", exact=True)).to_have_count(0)
    expect(luc.page.get_by_role("link", name="Ouvrir un accès temporaire")).to_have_count(0)
    luc.is_accessible()
    forwarding.asks(late, "Office AI Canton de Berne", forwarding.REASON)
    late.sees("Déjà traité entre-temps")

    _is_shut_out(lucie, link)
    expert = live.account("vs", "expert")
    told = live.message_for(expert["email"], kind="mail", containing="Office AI Canton de Berne")
    assert ("transmis" in told["text"], NAME in told["text"]) == (True, False)

    _decides(arrive("be", "agent", fresh=True))

    franziska = arrive("be", "listener_agent")
    forwarding.opens(franziska, NAME)
    listening.begin(franziska, re.compile("^Procédure de préavis"), "BE 26-17")
    listening.play(franziska)

    _follows(Someone(visit(), live, "be", expert))


def _decides(daniel: Someone) -> None:
    """The other office, in German: archives the recording and admits its expert."""
    forwarding.in_german(daniel)
    forwarding.opens(daniel, NAME)
    daniel.reads("Gesendet", "Kantonale IV-Stelle Wallis", forwarding.REASON)
    daniel.presses("Aufnahme archivieren")
    daniel.page.get_by_role("link", name="Über die Registrierung entscheiden").click()
    assert_accessible(daniel.page)
    daniel.presses("Annehmen")
    expect(daniel.page.locator("table").last).to_contain_text("Dr Paul Andereggen")


def _is_shut_out(lucie: Someone, link: str) -> None:
    """The access of the first office is over, at once and for good."""
    listening.is_silenced(lucie)
    lucie.page.goto(link)
    expect(lucie.page.get_by_role("heading", name="Cet accès n'est plus ouvert ici")).to_be_visible()


def _follows(doctor: Someone) -> None:
    """The expert finds the mandate at the other office, once its terms are accepted."""
    forwarding.follows_to(doctor, "be")
    forwarding.accepts_terms(doctor)
    doctor.sees("Mes mandats")
    expect(doctor.page.locator("table tbody tr", has_text=NAME)).to_contain_text("Archivé")
