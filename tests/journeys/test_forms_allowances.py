"""318.632.2, allowance and supplement of minors, and 300.001, hearing aids."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import aids, beneficiaries, desk, invoices

pytestmark = pytest.mark.journey


@pytest.mark.proves("INV-05", "INV-11", "FRM-04")
def test_allowance_of_a_child(sandra, luc):
    loane = beneficiaries.add(sandra)
    aids.opened(sandra, loane, "318.632.2")
    aids.types(
        sandra,
        {
            "period_from": "01.10.2026",
            "period_to": "31.10.2026",
            "degree": "medium",
            "ssi": "4",
            "months-0-month": "octobre 2026",
            "months-0-home": "10",
            "months-0-institution": "20",
        },
    )
    sandra.presses("Envoyer ma demande")
    assert "10.2026 compte 31 jours dans la période, vous en avez réparti 30. Corrigez les nuits." in sandra.is_told()

    invoices.attach(sandra)
    stay = {"first": "12.10.2026", "last": "31.10.2026", "where": "institution", "name": "Foyer Les Cytises"}
    aids.types(sandra, {"months-0-home": "11"} | {f"absences-0-{name}": answer for name, answer in stay.items()})
    aids.is_ready(sandra, "831.60")
    sandra.sees("Allocation pour impotent et supplément pour soins intenses, mineurs")
    aids.pictured(sandra, "minors")

    invoices.confirm(sandra)
    sandra.reads("Plus de 15 nuits en home en 10.2026 : l'office examinera le droit. Expliquez la situation.")
    sandra.page.locator("[name^='answer:']").fill("Séjour de répit, retour en novembre.")
    number = invoices.send(sandra)
    desk.take(luc, number)
    luc.reads("Plus de 15 nuits en home en 10.2026 : l'office examinera le droit. Expliquez la situation.")
    sandra.goes_to(f"/guichet/?beneficiaire={loane.avs_number}")
    sandra.reads("API et SSI 01.10.2026 - 31.10.2026")


@pytest.mark.proves("INV-05", "INV-11", "FRM-04")
def test_hearing_aids(sandra):
    loane = beneficiaries.add(sandra)
    aids.opened(sandra, loane, "300.001")
    aids.types(sandra, {"insurance": "avs", "device": "909.02"})
    invoices.attach(sandra)
    sandra.presses("Envoyer ma demande")
    assert "Le champ Vendeur, selon la facture est obligatoire avec un forfait pour appareil." in sandra.is_told()

    aids.types(
        sandra,
        {
            "insurance": "ai",
            "supply": "first",
            "seller": "Acoustique du Rhône SA",
            "delivered_on": "03.11.2026",
            "worn-0-side": "left",
            "worn-0-brand": "Otion",
            "batteries-0-tariff": "909.07",
            "batteries-0-years": "1",
            "batteries-0-first": "01.01.2026",
            "batteries-0-last": "31.12.2026",
        },
    )
    aids.adds_a_line(sandra, "worn")
    aids.types(sandra, {"worn-1-side": "right", "worn-1-brand": "Otion"})
    aids.is_ready(sandra, "1'730.00")
    expect(sandra.page.locator("[data-computed]")).to_contain_text("909.07 Piles, deux appareils")
    sandra.sees("Appareillage auditif")
    aids.pictured(sandra, "hearing")
    aids.sends(sandra, "909.02 AI, deux appareils", "1'650.00", "80.00", "Acoustique du Rhône SA", "1'730.00")
