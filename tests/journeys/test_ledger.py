"""INV-10 and INV-27: a decision as a ledger, from the office to the sender; what is erased and what is held."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, desk, invoices

pytestmark = pytest.mark.journey


@pytest.mark.proves("INV-10")
def test_the_office_grants_hours_and_the_sender_explains_what_goes_over(sandra, luc):
    loane = beneficiaries.add(sandra)
    number = f"3232026{loane.avs_number[-7:]}"
    luc.goes_to("/bureau/decisions/")
    luc.sees("Décisions")
    luc.pictured("decisions")
    luc.follows("Saisir une décision")
    luc.fills(
        {
            "Numéro de décision": number,
            "N° assuré": loane.avs_number,
            "Nom": loane.last_name,
            "Prénom": loane.first_name,
            "Valable dès le": "01.01.2026",
        }
    )
    luc.answers(quota_hours_month="3")
    luc.presses("Enregistrer la décision")
    luc.sees(re.compile(f"Décision {number}"))
    luc.pictured("decision")

    invoices.new(sandra)
    invoices.fill_other(sandra, loane)
    sandra.question("Numéro de décision").fill(number)
    invoices.line(sandra, 0, quantity="4")
    sandra.page.locator("[name=lines-0-price]").blur()
    expect(sandra.page.locator("[data-ledger]")).to_contain_text("Reste après cette facture : -1 heure")
    sandra.pictured("ledger")
    invoices.attach(sandra)
    invoices.confirm(sandra)
    sandra.sees("Confirmer l'envoi")
    sandra.page.get_by_label(re.compile("La décision accorde 3 heures")).fill("Séances d'urgence après un accident.")
    sent = invoices.send(sandra)

    desk.take(luc, sent)
    luc.reads("Séances d'urgence après un accident.", re.compile("Dépassé|Quota"))
    expect(luc.page.locator("#ledger")).to_contain_text(number)
    luc.presses("Accepter")
    luc.reads(f"{sent} : acceptée et prête pour le paiement.")
    luc.goes_to(f"/bureau/decisions/?recherche={number}")
    luc.follows(number)
    luc.reads("Consommé", sent)
    luc.sees(re.compile(number))
    sandra.sees(re.compile("Votre demande"))


@pytest.mark.proves("INV-27")
def test_the_dry_run_and_a_hold(claire, luc):
    claire.goes_to("/bureau/conservation/")
    claire.sees("Conservation")
    claire.reads(
        "Rien n'est effacé sans vous : voici ce qui serait effacé maintenant.",
        "Recours au tribunal cantonal, S1 26 114",
    )
    claire.pictured("retention")
    claire.page.locator("a[href*='/conservation/']").filter(has_text=re.compile("VS-")).first.click()
    claire.sees(re.compile("^Conservation de VS-"))
    claire.presses("Lever le blocage")
    claire.reads(re.compile("l'effacement n'est plus bloqué"))
    claire.goes_to("/bureau/conservation/")
    expect(claire.page.get_by_text("Recours au tribunal cantonal, S1 26 114")).to_have_count(0)
    claire.sees("Conservation")
