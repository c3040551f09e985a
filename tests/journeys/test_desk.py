"""The desk of somebody with two hundred invoices a day (INV-22 to INV-24, INV-26)."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, bills, desk, invoices

pytestmark = pytest.mark.journey


@pytest.mark.proves("INV-22", "INV-23", "FRM-07")
def test_a_remark_at_a_page_a_reason_of_the_catalogue_then_a_part(sandra, luc):
    somebody = beneficiaries.add(sandra)
    number = invoices.sent(sandra, somebody, bills.Bill(amount="290.00").file())
    desk.take(luc, number)
    luc.pictured("desk-review")
    luc.page.keyboard.press("g")
    expect(luc.page.locator("[data-zoom] output")).to_have_text("150 %")
    [document] = luc.page.locator(".viewer figcaption a").all_inner_texts()
    desk.remark(luc, f"Remarque à la page 1 de {document}", "La date est illisible.")
    desk.remark(luc, "Remarque : Prestations, ligne 1", "Une heure suffit.")
    luc.page.get_by_text("Motifs du catalogue").click()
    luc.page.get_by_label(re.compile("Un document joint est illisible")).check()
    luc.presses("Demander une correction")
    luc.reads(f"{number} : une correction est demandée.")

    sandra.goes_to("/guichet/")
    sandra.page.locator("#a-corriger").get_by_role("link", name=somebody.name).click()
    sandra.reads(re.compile("Un document joint est illisible"), re.compile("Une heure suffit."))
    expect(sandra.page.locator("#attachments")).to_contain_text("La date est illisible.")
    invoices.line(sandra, 0, quantity="1")
    invoices.confirm(sandra, "Modifier ma demande")
    assert invoices.send(sandra) == number

    desk.take(luc, number)
    luc.page.get_by_label(re.compile("^Accepté : ")).first.fill("100")
    expect(luc.page.locator("[data-accepted-total]")).to_have_text("CHF 100.00")
    luc.page.get_by_label("Motif du catalogue").first.select_option(
        label="Le tarif convenu est inférieur au prix facturé."
    )
    luc.presses("Accepter")
    luc.reads(f"{number} : acceptée et prête pour le paiement.")
    invoices.find(sandra, somebody)
    sandra.reads("Ce qui est accepté", "Le tarif convenu est inférieur au prix facturé.")
    sandra.sees("Facture 02.11.2026")
    sandra.is_accessible()


@pytest.mark.proves("INV-24", "INV-26")
def test_a_second_agent_above_the_amount_and_the_figures(sandra, luc, claire):
    somebody = beneficiaries.add(sandra)
    invoices.new(sandra)
    invoices.fill_other(sandra, somebody)
    invoices.line(sandra, 0, description="Stage", quantity="60", unit="hour", price="145")
    invoices.attach(sandra)
    invoices.confirm(sandra)
    number = invoices.send(sandra)

    desk.take(luc, number)
    luc.presses("Accepter")
    luc.reads(f"{number} : acceptée ; elle attend un second visa.")
    assert "En traitement" in invoices.in_history(sandra, somebody)

    claire.goes_to("/bureau/?statut=awaiting_second")
    claire.follows(number)
    claire.presses("Donner le second visa")
    claire.reads(f"{number} : acceptée et prête pour le paiement.")
    assert "Accepté" in invoices.in_history(sandra, somebody)

    claire.goes_to("/bureau/chiffres/")
    claire.sees("Chiffres")
    expect(claire.page.locator("svg.chart")).to_have_count(5)
    claire.is_accessible()
    claire.pictured("desk-figures")
