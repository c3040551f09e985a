"""318.632.1, « Facture pour frais de voyage et nourriture »."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, desk, invoices, papers

pytestmark = pytest.mark.journey


@pytest.mark.proves("INV-05", "INV-11", "FRM-04")
def test_travel_expenses(sandra, luc):
    loane = beneficiaries.add(sandra)
    invoices.new(sandra, invoices.TRAVEL)
    sandra.sees("Facture pour frais de voyage et nourriture")

    invoices.fill_header(sandra, loane)
    sandra.chooses("Motif du voyage", "Mesure médicale")
    sandra.answers(
        **{
            "trips-0-on": "03.11.2026",
            "trips-0-origin": "Sion",
            "trips-0-destination": "Lausanne, hôpital",
        }
    )
    sandra.page.locator("[name=trips-0-way]").select_option("return")
    sandra.page.locator("[name=trips-0-transport]").select_option("car")
    sandra.presses("Envoyer ma demande")
    assert "Indiquez les kilomètres parcourus en voiture." in sandra.is_told()
    sandra.sees("Facture pour frais de voyage et nourriture")

    sandra.answers(
        **{"trips-0-kilometres": "94", "trips-0-departure": "07:30", "trips-0-back": "16:00"},
    )
    sandra.page.locator("[name=trips-0-car_needed]").check()
    sandra.page.locator("[data-line]").first.get_by_role("button", name="Dupliquer la ligne").click()
    sandra.answers(**{"trips-1-on": "10.11.2026"})
    sandra.page.locator("[name=trips-1-on]").blur()
    expect(sandra.page.locator("[data-missing]")).to_contain_text("Rien : la demande peut être envoyée.")
    sandra.pictured("travel")

    total = sandra.page.locator("[data-total-all]").inner_text()
    invoices.confirm(sandra)
    sandra.sees("Confirmer l'envoi")
    number = invoices.send(sandra)
    copy = papers.text_of(papers.fetch(sandra, sandra.page.url.split("/envoyee/")[0] + "/pdf/"))
    assert total.removeprefix("CHF").strip() in copy
    assert "Lausanne, hôpital" in copy

    desk.take(luc, number)
    luc.reads(re.compile("94"), "Lausanne, hôpital")
    luc.sees(number)
    luc.presses("Accepter")
    luc.reads(f"{number} : acceptée et prête pour le paiement.")
    assert "Accepté" in invoices.in_history(sandra, loane)
    sandra.sees("Guichet")
