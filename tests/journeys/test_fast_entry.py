"""The bookkeeper with forty invoices a day."""

import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, entry, invoices

pytestmark = pytest.mark.journey


def answer_remarks(counted):
    invoices.is_asked_to_confirm(counted.someone)
    for remark in counted.someone.page.locator("[name^='answer:']").all():
        counted.fills(remark, "C'est une autre prestation.")


@pytest.mark.proves("FRM-10", "USE-03")
def test_a_new_invoice_takes_25_inputs_and_the_same_again_12(sandra):
    loane = beneficiaries.add(sandra)
    sandra.goes_to("/guichet/")
    first, page = entry.Counted(sandra), sandra.page
    first.inputs += 2  # « + Nouvelle facture », and the form
    invoices.new(sandra)
    person = sandra.question("Bénéficiaire").locator("option", has_text=loane.written).get_attribute("value")
    first.chooses(sandra.question("Bénéficiaire"), person)
    first.chooses(sandra.question("IBAN"), "beneficiary")
    first.fills(sandra.question("Numéro de décision"), "32320260001234")
    first.fills(sandra.question("Date des prestations dispensées"), "01.09.2026")
    first.fills(sandra.question("Jusqu'au"), "30.09.2026")
    first.chooses(sandra.question("Genre de prestation"), "medical")
    for name, text in {"description": "Logopédie", "quantity": "2", "price": "145"}.items():
        first.fills(page.locator(f"[name=lines-0-{name}]"), text)
    first.chooses(page.locator("[name=lines-0-unit]"), "hour")
    first.inputs += 1
    invoices.attach(sandra)
    first.presses(first.button("Envoyer ma demande"))
    page.wait_for_url(re.compile("/confirmer/"), wait_until="commit")
    answer_remarks(first)
    first.inputs += 1
    invoices.send(sandra)
    assert first.inputs <= 25

    sandra.goes_to(f"/beneficiaires/?numero={loane.avs_number}")
    again = entry.Counted(sandra)
    again.presses(again.button("Dupliquer la dernière facture"))
    page.wait_for_url(re.compile("/saisie/"), wait_until="commit")
    again.presses(again.button("Mois précédent"))
    expect(sandra.question("Date des prestations dispensées")).to_have_value(re.compile(r"^01\.\d\d\.\d{4}$"))
    sandra.sees("Autre facture")
    again.presses(again.button("Envoyer ma demande"))
    page.wait_for_url(re.compile("/confirmer/"), wait_until="commit")
    answer_remarks(again)
    again.inputs += 1
    invoices.send(sandra)
    assert again.inputs <= 12
    sandra.sees("Votre demande a été envoyée")


@pytest.mark.proves("INV-14")
def test_lines_come_from_a_spreadsheet(sandra):
    invoices.new(sandra)
    sandra.presses("Coller depuis un tableur")
    sandra.question("Cellules copiées").fill(
        "Description\tTarif\tQuantité\tUnité\nLogopédie\t1'145.50\t2\theure\nRapport\tgratuit\t1\tforfait\n"
    )
    sandra.presses("Voir l'aperçu")
    sandra.sees("Coller des lignes")
    sandra.reads("Certaines cellules sont à corriger")
    sandra.pictured("paste")
    sandra.presses("Insérer 2 lignes")
    expect(sandra.page.locator("[name=lines-0-price]")).to_have_value("1'145.50")
    expect(sandra.page.locator("[name=lines-1-description]")).to_have_value("Rapport")
    sandra.settles()
    sandra.page.locator("[name=lines-1-description]").press("Alt+ArrowUp")
    expect(sandra.page.locator("[name=lines-0-description]")).to_have_value("Rapport")


@pytest.mark.proves("INV-14")
def test_a_file_with_a_fault_comes_back_marked_and_then_becomes_drafts(sandra, tmp_path):
    loane = beneficiaries.add(sandra)
    entry.upload(sandra, "318.632", entry.workbook(loane, "145", "gratuit", "80.50"))
    sandra.sees("novembre.xlsx")
    sandra.reads("Le fichier contient des fautes : rien n’est repris", re.compile("J3"))
    sandra.pictured("import-faults")
    with sandra.page.expect_download() as download:
        sandra.follows("Télécharger le fichier annoté")
    download.value.save_as(tmp_path / "marked.xlsx")
    assert load_workbook(tmp_path / "marked.xlsx").active["J3"].comment is not None

    entry.upload(sandra, "318.632", entry.workbook(loane, "145", "80.50"))
    sandra.reads("Aucune faute trouvée", re.compile("CHF 451.00"))
    sandra.presses("Créer ces 2 brouillons")
    sandra.reads("2 brouillons créés")
    sandra.is_accessible()


@pytest.mark.proves("INV-12")
def test_an_electronic_invoice_becomes_a_draft(sandra):
    loane = beneficiaries.add(sandra)
    entry.upload(sandra, "xml", entry.electronic(loane))
    sandra.sees("Facture électronique reprise")
    sandra.reads(re.compile("Rabais"))
    sandra.pictured("electronic")
    sandra.follows("Continuer la saisie")
    expect(sandra.page.locator("[name=lines-0-price]")).to_have_value("145.00")
    expect(sandra.question("Date des prestations dispensées")).to_have_value("02.11.2026")
