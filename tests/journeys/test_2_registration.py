"""Guide, chapter 2: « Création du compte »."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import login, registration

pytestmark = pytest.mark.journey


@pytest.mark.proves("ACC-01", "ACC-02", "ACC-11", "INV-20")
def test_2_1_inscription(stranger):
    camille = stranger("vs")

    camille.goes_to("/")
    camille.sees("Office cantonal AI du Valais")
    camille.pictured("home")
    camille.follows("S'inscrire")
    camille.sees("Inscription")
    camille.reads("Je veux utiliser la plateforme en tant que")

    registration.fill(camille, company="Foyer Les Aroles", gln="7601000000001")
    camille.question("NPA").fill("")
    camille.presses("S'inscrire")

    assert len(camille.is_told()) == 2
    camille.sees("Inscription")
    expect(camille.question("Nom de l'organisme / entreprise")).to_have_value("Foyer Les Aroles")
    expect(camille.question("Email")).to_have_value(camille.account["email"])

    registration.fill(camille, company="Foyer Les Aroles")
    camille.presses("S'inscrire")
    camille.sees("Demande reçue")
    mail = camille.live.message_for(camille.account["email"], kind="mail")
    assert "Foyer Les Aroles" in mail["text"]


@pytest.mark.proves("ACC-03", "MSG-01", "INV-20")
def test_2_2_validation(stranger, luc):
    camille = stranger("vs")
    registration.ask(camille, company=f"Atelier {camille.account['name']}")
    camille.live.message_for(camille.account["email"], kind="mail", containing="bien reçu")

    login.log_in_refused(camille)

    registration.open_request(luc, f"Atelier {camille.account['name']}")
    luc.presses("Accepter")
    camille.page.goto(camille.live.link_for(camille.account["email"]))
    login.identify(camille)
    login.confirm(camille)
    camille.sees("Guichet")
    camille.reads("Aucune facture pour l’instant")
    camille.pictured("first-day")


@pytest.mark.proves("ACC-03", "MSG-01")
def test_2_2_validation_refused(stranger, luc):
    camille = stranger("vs")
    registration.ask(camille, company=f"Garage {camille.account['name']}")

    registration.open_request(luc, f"Garage {camille.account['name']}")
    luc.question("Motif").fill("Le GLN indiqué n'est pas celui de votre société.")
    luc.presses("Refuser")

    mail = camille.live.message_for(camille.account["email"], kind="mail", containing="Motif")
    assert "Le GLN indiqué n'est pas celui de votre société." in mail["text"]
    login.log_in_refused(camille)
