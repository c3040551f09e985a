"""An insured person alone, on a phone of 320 px: registered, accepted, travel costs, a power, an objection."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import desk, insured, invoices, login, papers

pytestmark = pytest.mark.journey


@pytest.mark.proves("INV-16", "USE-01")
def test_travel_costs_by_phone_from_the_registration_to_the_pdf(stranger, luc):
    camille = stranger("vs", width=320)
    insured.ask(camille)
    insured.accept(luc, camille)
    camille.page.goto(camille.live.link_for(camille.account["email"]))
    login.identify(camille)
    login.confirm(camille)
    camille.sees("Guichet")
    insured.fits(camille)

    invoices.new(camille, invoices.TRAVEL)
    camille.sees("Facture pour frais de voyage et nourriture")
    insured.fits(camille)
    insured.fill_trip(camille)
    camille.page.locator("#photo").set_input_files(files=[insured.photo()])
    expect(camille.page.locator(".files").get_by_role("link", name="billet.png").last).to_be_visible()
    invoices.confirm(camille)
    camille.sees("Confirmer l'envoi")
    insured.fits(camille)
    number = invoices.send(camille)
    camille.sees("Votre demande a été envoyée")
    copy = papers.text_of(papers.fetch(camille, camille.page.url.split("/envoyee/")[0] + "/pdf/"))
    assert number in copy
    for path, title in (("/versements/", "Versements"), ("/mes-donnees/", "Mes données")):
        camille.goes_to(path)
        camille.sees(title)
        insured.fits(camille)


@pytest.mark.proves("INV-30")
def test_a_power_is_signed_with_a_code_and_revoked(arrive):
    barbara = arrive("vs", "insured", width=320)
    barbara.goes_to("/procurations/")
    barbara.sees("Procurations")
    barbara.pictured("powers")
    barbara.page.set_viewport_size({"width": 320, "height": 640})
    barbara.follows("Fondation Les Mélèzes")
    barbara.sees("Procuration")
    there = barbara.page.url
    barbara.presses("Signer")
    insured.step_up(barbara)
    expect(barbara.page).to_have_url(there)
    barbara.presses("Signer")
    barbara.reads("La procuration est signée.")
    barbara.page.goto(there)
    assert "Fondation Les Mélèzes" in papers.text_of(
        papers.fetch(barbara, barbara.page.get_by_role("link", name=re.compile("^procuration-")).get_attribute("href"))
    )
    barbara.presses("Révoquer")
    barbara.reads("La procuration est révoquée ; elle ne vaut plus.")
    barbara.sees("Procurations")


@pytest.mark.proves("INV-30")
def test_an_invoice_in_her_name_is_contested_and_answered(arrive, luc):
    barbara = arrive("vs", "insured", width=320)
    barbara.goes_to("/a-mon-nom/")
    barbara.sees("Factures en mon nom")
    barbara.pictured("in-my-name")
    barbara.page.set_viewport_size({"width": 320, "height": 640})
    barbara.follows("Fondation Les Mélèzes")
    number = barbara.page.locator("dd").get_by_text(invoices.NUMBER).inner_text()
    barbara.presses("Je conteste cette facture")
    assert len(barbara.is_told()) == 1
    barbara.question("Qu'est-ce qui n'est pas juste ?").fill("Je n'ai pas reçu ces séances.")
    barbara.presses("Je conteste cette facture")
    barbara.reads("Votre contestation est transmise à l'office. Il vous répond ici et par e-mail.")
    barbara.is_accessible()

    desk.take(luc, number)
    luc.reads("Je n'ai pas reçu ces séances.")
    luc.is_accessible()
    luc.question("Réponse à la personne assurée").fill("Le rapport montre les deux séances.")
    luc.presses("Maintenir la facture")
    luc.reads("La personne assurée est avertie de votre réponse.")
    barbara.page.reload()
    barbara.reads("Le rapport montre les deux séances.")
