"""318.536, « Contribution d'assistance », and what is sent twice."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import aids, beneficiaries, desk, invoices, papers

pytestmark = pytest.mark.journey

_MONTH = {
    "year": "2026",
    "month": "10",
    "assistants-0-name": "Inès Modèle",
    "assistants-0-identity": "756.9999.0000.17",
    "assistants-0-standard": "42,5",
    "assistants-0-nights": "8",
    "assistants-0-pay": "2'620.00",
    "night_degree": "3",
    "unused_nights": "2",
}


@pytest.mark.proves("INV-05", "INV-11", "INV-13", "FRM-04")
def test_contribution_of_a_month_and_the_same_again(sandra, luc):
    loane = beneficiaries.add(sandra)
    first = _sent(sandra, loane)

    aids.opened(sandra, loane, "318.536")
    aids.types(sandra, _MONTH | {"night_amount": "116.55"})
    invoices.attach(sandra)
    expect(sandra.page.locator("[data-repeated]")).to_contain_text(first)
    invoices.confirm(sandra)
    said = f"Votre facture {first} pour cette personne, cette période et ce montant est déjà en traitement."
    sandra.reads(said)
    sandra.page.locator("[name='answer:duplicate.own@month']").fill("Deux décomptes du même mois.")
    sandra.sees("Confirmer l'envoi")
    again = invoices.send(sandra)

    desk.take(luc, again)
    luc.reads("Doublon possible : même personne, mêmes jours, même montant.", "Deux décomptes du même mois.")
    expect(luc.page.get_by_role("link", name=first).first).to_be_visible()
    luc.sees(again)


def _sent(sandra, loane):
    aids.opened(sandra, loane, "318.536")
    aids.types(sandra, _MONTH | {"night_amount": "170.00"})
    invoices.attach(sandra)
    sandra.presses("Envoyer ma demande")
    assert "Le forfait par nuit est de CHF 169.10 au plus pour ce mois." in sandra.is_told()
    aids.types(sandra, {"night_amount": "116.55"})
    aids.is_ready(sandra, "2'665.63")
    sandra.sees("Contribution d'assistance")
    aids.pictured(sandra, "assistance")
    invoices.confirm(sandra)
    number = invoices.send(sandra)
    copy = papers.text_of(papers.fetch(sandra, sandra.page.url.split("/envoyee/")[0] + "/pdf/"))
    for words in ("42.5 h × 35.30", "8 × 116.55", "2 × 116.55 ÷ 35.30", "2'665.63", "Inès Modèle"):
        assert words in copy
    return number
