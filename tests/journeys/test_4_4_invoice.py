"""Guide, 4.4: « Envoyer une facture », and its copy on paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, bills, invoices, papers

pytestmark = pytest.mark.journey


@pytest.mark.proves("INV-05", "INV-06", "INV-07", "INV-12", "FRM-03", "FRM-04", "FRM-06", "FRM-09")
def test_4_4_sending_an_invoice(sandra):
    loane, bill = beneficiaries.add(sandra), bills.Bill()
    invoices.new(sandra)
    sandra.sees("Autre facture")
    sandra.presses("Envoyer ma demande")
    assert "Le champ Date des prestations dispensées est obligatoire." in sandra.is_told()
    sandra.sees("Autre facture")
    sandra.pictured("invoice-errors")

    invoices.fill_header(sandra, loane)
    sandra.question("Description du numéro de décision").fill("Logopédie 2026")
    sandra.page.get_by_role("checkbox", name="Enregistrer le numéro de décision").check()
    sandra.chooses("Genre de prestation", "Mesures médicales")
    take_over(sandra, bill)
    expect(sandra.question("Description du numéro de décision")).to_have_value("Logopédie 2026")
    sandra.sees("Autre facture")
    sandra.pictured("invoice")

    invoices.confirm(sandra)
    sandra.sees("Confirmer l'envoi")
    sandra.reads(
        re.compile("Veuillez confirmer l'envoi de votre demande à l'office de l'assurance invalidité"),
        "vous ne pourrez plus la modifier",
        re.compile(loane.name),
    )
    sandra.pictured("confirm")
    sandra.follows("Annuler l'envoi et continuer la saisie du formulaire")
    expect(sandra.question("N° de la facture du fournisseur")).to_have_value(bill.number)

    invoices.confirm(sandra)
    answer_remarks(sandra, "Le compte du bénéficiaire est remboursé.")
    number = invoices.send(sandra)
    sandra.sees("Votre demande a été envoyée")
    sandra.pictured("sent")
    mail = sandra.live.message_for(sandra.account["email"], kind="mail", containing=number)
    assert "envoyée" in mail["subject"]
    copy_says(sandra, number, loane.name, loane.written, "480.00", bill.number, "32320260001234", "Autre facture")

    sandra.goes_to(f"/guichet/?beneficiaire={loane.avs_number}")
    expect(sandra.page.locator("#historique tbody tr")).to_have_count(1)
    expect(sandra.page.locator("#historique tbody tr")).to_contain_text("En traitement")
    invoices.find(sandra, loane)
    sandra.sees(re.compile("Facture 02.11.2026"))
    sandra.pictured("case")


def take_over(someone, bill):
    """Attach the supplier's bill, and let it fill the form."""
    invoices.attach(someone, bill.file())
    someone.reads("QR-facture reconnue", re.compile("Cabinet Les Tilleuls"))
    someone.pictured("invoice-bill")
    someone.presses("Reprendre ces données")
    expect(someone.question("N° de la facture du fournisseur")).to_have_value(bill.number)
    expect(someone.question("Date de la facture du fournisseur")).to_have_value(bill.day)
    expect(someone.question("Date des prestations dispensées")).to_have_value(bill.day)
    expect(someone.page.locator("[name=lines-0-price]")).to_have_value(bill.amount)
    expect(someone.page.locator("[data-total-all]")).to_have_text("CHF 480.00")


def copy_says(someone, *texts):
    """The PDF behind the page of success, and its code of verification."""
    path = someone.page.url.split("/envoyee/")[0] + "/pdf/"
    copy = papers.text_of(papers.fetch(someone, path))
    assert [text for text in texts if text not in copy] == [], copy
    assert re.search(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}", copy)


def answer_remarks(someone, text):
    """« Je sais, parce que… », if the checks ask."""
    for remark in someone.page.locator("[name^='answer:']").all():
        remark.fill(text)


@pytest.mark.proves("FRM-05")
def test_4_4_sending_twice_is_sending_once(sandra):
    loane = beneficiaries.add(sandra)
    invoices.new(sandra)
    invoices.fill_other(sandra, loane)
    invoices.attach(sandra)
    invoices.confirm(sandra)

    number = invoices.send(sandra)
    sandra.page.go_back()
    sandra.page.wait_for_load_state()
    if sandra.page.get_by_role("button", name="Envoyer la demande").count():
        sandra.presses("Envoyer la demande")
        sandra.page.wait_for_url(re.compile("/envoyee/"), wait_until="commit")
        assert sandra.page.locator(".done__number").inner_text() == number

    sandra.goes_to(f"/guichet/?beneficiaire={loane.avs_number}")
    expect(sandra.page.locator("#historique tbody tr")).to_have_count(1)
    sandra.sees("Guichet")


@pytest.mark.proves("FRM-06")
def test_4_4_anybody_verifies_a_receipt(sandra, stranger):
    loane = beneficiaries.add(sandra)
    number = invoices.sent(sandra, loane)
    copy = papers.text_of(papers.fetch(sandra, sandra.page.url.split("/envoyee/")[0] + "/pdf/"))
    code = re.search(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}", copy).group()

    camille = stranger("vs")
    camille.goes_to(f"/verifier/{code}/")
    camille.sees("Vérifier un reçu")
    camille.reads("Ce reçu est authentique", number)
    assert loane.last_name not in camille.page.content()
    camille.pictured("verify")

    camille.question("Code de vérification").fill("k7qm 2wxp 9drt hn4c")
    camille.presses("Vérifier")
    camille.reads("Aucun reçu ne porte ce code")
    camille.sees("Vérifier un reçu")


@pytest.mark.proves("INV-28")
def test_4_4_withdrawing_before_somebody_looked(sandra, luc):
    loane = beneficiaries.add(sandra)
    number = invoices.sent(sandra, loane)

    invoices.find(sandra, loane)
    sandra.presses("Retirer la demande")
    sandra.reads("Retiré", number)
    sandra.sees(re.compile("Facture 02.11.2026"))
    luc.goes_to(f"/bureau/?recherche={number}")
    luc.reads("Aucun résultat")
    luc.sees("Factures à traiter")
