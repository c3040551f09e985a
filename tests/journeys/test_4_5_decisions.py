"""Guide, 4.5 and 4.6: what the office decides, and what the company sees of it."""

import re
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, bills, desk, invoices, login, papers
from tests.rails.browser import ROOT

pytestmark = pytest.mark.journey
PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@pytest.mark.proves("INV-09", "INV-21", "INV-25", "MSG-01")
def test_4_5_1_accepted(sandra, luc, claire):
    loane = beneficiaries.add(sandra)
    number = invoices.sent(sandra, loane, bills.Bill(amount="290.00").file())

    luc.goes_to("/bureau/")
    luc.sees("Factures à traiter")
    luc.pictured("desk")
    desk.find(luc, number)
    luc.pictured("desk-closed")
    desk.take(luc, number)
    luc.sees(number)
    luc.reads("Contrôles", loane.written)
    luc.pictured("review")
    luc.presses("Accepter")
    luc.sees("Factures à traiter")

    mail = sandra.live.message_for(sandra.account["email"], kind="mail", containing=f"{number} : votre demande est")
    assert "acceptée et transmise pour paiement à la Centrale de compensation à Genève" in mail["text"]
    assert "une dizaine de jours" in mail["text"]
    assert "Accepté" in invoices.in_history(sandra, loane)

    claire.goes_to("/bureau/paiements/")
    claire.sees("Paiements")
    claire.presses("Préparer un lot maintenant")
    claire.sees(re.compile("^GUICHET-VS-"))
    claire.pictured("batch")
    paid = payments(claire)
    assert paid[number] == "290.00"
    assert "Transmis pour paiement" in invoices.in_history(sandra, loane)
    sandra.sees("Guichet")

    claire.goes_to("/bureau/paiements/")
    claire.presses("Préparer un lot maintenant")
    claire.sees(re.compile("Paiements|^GUICHET-VS-"))
    if claire.page.locator(".button", has_text="pain.001.001.09").count():
        assert number not in payments(claire)  # once only


def payments(claire):
    """Amount by number of the file on the page, which must be valid."""
    answer = claire.page.request.get(claire.page.locator("a", has_text="pain.001").first.get_attribute("href"))
    root = etree.fromstring(answer.body())
    for schema in ROOT.parent.glob("shared/data/invoices/iso20022/pain.001.001.09.ch.03.xsd"):
        etree.XMLSchema(etree.parse(Path(schema))).assertValid(root)
    return {
        transfer.findtext(f"{PAIN}PmtId/{PAIN}EndToEndId"): transfer.findtext(f"{PAIN}Amt/{PAIN}InstdAmt")
        for transfer in root.iter(f"{PAIN}CdtTrfTxInf")
    }


@pytest.mark.proves("INV-08", "FRM-07", "MSG-01", "ACC-10")
def test_4_5_2_correction(sandra, luc, stranger):
    loane = beneficiaries.add(sandra)
    number = invoices.sent(sandra, loane)
    desk.ask_correction(
        luc,
        number,
        "Veuillez vérifier la quantité et la date.",
        **{"Date des prestations dispensées": "Le rapport parle du 03.11.2026.", "Prestations, ligne 1": "Une heure."},
    )
    luc.sees("Factures à traiter")

    mail = sandra.live.message_for(sandra.account["email"], kind="mail", containing=f"{number} : une correction")
    assert "Veuillez vérifier la quantité et la date." in mail["text"]
    away = stranger("vs")  # at home, no longer logged in
    away.account = sandra.account
    away.page.goto(re.search(r"https?://\S+", mail["text"]).group())
    login.identify(away)
    login.confirm(away)

    away.sees("Autre facture")
    away.reads(
        "Veuillez vérifier la quantité et la date.",
        "Le rapport parle du 03.11.2026.",
        re.compile("Une heure."),
    )
    away.pictured("correction")
    away.goes_to("/guichet/")
    expect(away.page.locator("#a-corriger").get_by_text(loane.name)).to_be_visible()
    away.page.locator("#a-corriger").get_by_role("link", name=loane.name).click()

    away.fills({"Date des prestations dispensées": "03.11.2026"})
    invoices.line(away, 0, quantity="1")
    invoices.confirm(away, "Modifier ma demande")
    away.sees("Confirmer l'envoi")
    assert invoices.send(away) == number
    away.sees("Votre demande a été envoyée")

    desk.accept(luc, number)
    assert "145.00" in invoices.in_history(sandra, loane)
    assert "Accepté" in invoices.in_history(sandra, loane)
    sandra.sees("Guichet")


@pytest.mark.proves("INV-09", "MSG-01", "FRM-06")
def test_4_5_3_refused(sandra, luc):
    loane = beneficiaries.add(sandra)
    number = invoices.sent(sandra, loane)
    desk.take(luc, number)
    luc.presses("Refuser")
    assert luc.is_told() == ["Écrivez au demandeur ce qui est à corriger, ou pourquoi vous refusez."]
    luc.sees(number)
    luc.question("Message au demandeur").fill("La décision ne couvre pas cette prestation.")
    luc.presses("Refuser")
    luc.reads(f"{number} : refusée.")

    mail = sandra.live.message_for(sandra.account["email"], kind="mail", containing=f"{number} : votre demande est")
    assert "La décision ne couvre pas cette prestation." in mail["text"]
    sandra.goes_to(f"/guichet/?beneficiaire={loane.avs_number}")
    row = sandra.page.locator("#historique tbody tr")
    expect(row).to_contain_text("Refusé")
    path = row.locator("a[href$='/pdf/']").get_attribute("href")
    assert number in papers.text_of(papers.fetch(sandra, path))
    invoices.find(sandra, loane)
    sandra.reads("La décision ne couvre pas cette prestation.")
    sandra.sees(re.compile("Facture 02.11.2026"))


@pytest.mark.proves("INV-01")
def test_4_6_states_and_filters(sandra, jean):
    loane = beneficiaries.add(sandra)
    invoices.sent(sandra, loane)

    sandra.goes_to("/guichet/")
    sandra.page.locator("[name=statut]").select_option(label="En traitement")
    sandra.page.locator("[name=beneficiaire]").fill(loane.written)
    sandra.page.keyboard.press("Enter")
    sandra.page.wait_for_url(re.compile("beneficiaire=756"))
    rows = sandra.page.locator("#historique tbody tr")
    expect(rows).to_have_count(1)

    sandra.page.locator("[name=responsable]").select_option(label=jean.name)
    sandra.page.keyboard.press("Tab")
    if sandra.page.locator("[data-filters-submit]").is_visible():
        sandra.presses("Filtrer")
    sandra.reads("Aucun résultat pour ces filtres")
    sandra.sees("Guichet")
    words = sandra.page.locator("[name=statut] option").all_inner_texts()
    assert words == [
        "Tous", "En traitement", "À corriger", "Accepté", "Transmis pour paiement", "Payé", "Rejeté par la Centrale",
        "Refusé", "Retiré",
    ]  # fmt: skip
