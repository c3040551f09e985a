"""Everything that matters works in a browser without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, desk, invoices

pytestmark = pytest.mark.journey


@pytest.mark.proves("UIX-02", "USE-02")
def test_from_login_to_acceptance_without_scripts(arrive):
    sandra = arrive("vs", "collaborator", fresh=True, javascript=False)
    sandra.sees("Guichet")
    loane = beneficiaries.add(sandra)
    sandra.sees("Bénéficiaires")

    invoices.new(sandra)
    invoices.fill_other(sandra, loane)
    sandra.presses("Ajouter une ligne")
    expect(sandra.page.locator("[name=lines-0-description]")).to_have_value("Logopédie")
    invoices.line(sandra, 1, description="Rapport", quantity="1", unit="lump", price="80.50")
    sandra.page.locator("[data-line]").nth(1).get_by_role("button", name="Dupliquer la ligne").click()
    expect(sandra.page.locator("[name=lines-2-price]")).to_have_value("80.50")
    sandra.page.locator("[data-line]").nth(2).get_by_role("button", name="Supprimer la ligne").click()
    expect(sandra.page.locator("[data-line]")).to_have_count(2)
    sandra.sees("Autre facture")

    sandra.question("Remarque").fill("Tapé avant d'ajouter le document.")
    invoices.attach(sandra)
    expect(sandra.question("Remarque")).to_have_value("Tapé avant d'ajouter le document.")
    invoices.confirm(sandra)
    sandra.sees("Confirmer l'envoi")
    sandra.reads("CHF 370.50")
    number = invoices.send(sandra)
    sandra.sees("Votre demande a été envoyée")

    luc = arrive("vs", "agent", fresh=True, javascript=False)
    desk.take(luc, number)
    luc.sees(number)
    luc.presses("Accepter")
    luc.reads(f"{number} : acceptée et prête pour le paiement.")
    luc.sees("Factures à traiter")
    assert "Accepté" in invoices.in_history(sandra, loane)
