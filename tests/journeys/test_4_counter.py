"""Guide, chapter 4: « Guichet », « Mon compte », « Ma société », « Bénéficiaires »."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, invoices, login, members

pytestmark = pytest.mark.journey


@pytest.mark.proves("INV-01", "INV-02", "UIX-02")
def test_4_counter(sandra):
    sandra.goes_to("/guichet/")

    sandra.sees("Guichet")
    sandra.reads("Demandes à corriger", "Historique des factures", "Fondation Les Mélèzes")
    titles = sandra.page.locator("#historique thead th").all_inner_texts()
    assert titles == ["Bénéficiaire", "Responsable", "Formulaire", "Statut", "CHF", "Saisi le", "Actions"]
    sandra.pictured("guichet")

    sandra.page.locator(".menu--new > summary").click()
    offered = sandra.page.locator(".menu--new .menu__code").all_inner_texts()
    assert offered == [
        *("318.632", "318.632.1"),
        *("318.536", "318.632.2"),
        *("300.001", "318.635", "318.636", "318.637", "318.638", "318.639"),
    ]
    assert sandra.page.locator(".menu__group > p").all_inner_texts() == [
        "Factures courantes",
        "Allocations et assistance",
        "Moyens auxiliaires",
    ]
    sandra.page.keyboard.press("Escape")

    sandra.page.locator(".menu--person > summary").click()
    entries = sandra.page.locator(".menu--person li").all_inner_texts()
    assert entries == ["Guichet", "Mon compte", "Bénéficiaires", "Importer", "Déconnexion"]


@pytest.mark.proves("ACC-08")
def test_4_1_my_account(jean, stranger):
    aline = members.joined(jean, stranger("vs"))
    login.log_in(aline)
    aline.opens_menu("Mon compte")
    aline.sees("Mon compte")
    aline.reads("Nom, e-mail et rôle sont gérés par le gérant de votre société.")

    aline.follows("Modifier le mot de passe")
    before, after = aline.account["password"], "glacier tambour fenouil ardoise"
    aline.fills({"Mot de passe actuel": before, "Nouveau mot de passe": after, "Confirmation du mot de passe": after})
    aline.presses("Enregistrer le mot de passe")
    aline.page.wait_for_url(re.compile(r"/mon-compte/(\?|$)"))

    login.log_out(aline)
    login.identify(aline)
    aline.reads("E-mail ou mot de passe incorrect")
    aline.account["password"] = after
    login.identify(aline)
    login.confirm(aline)
    aline.sees("Guichet")


@pytest.mark.proves("ORG-01", "MSG-01")
def test_4_2_1_collaborators(jean, stranger):
    aline = stranger("vs")
    jean.opens_menu("Ma société")
    jean.sees("Ma société")
    jean.reads("Collaborateurs", "Comptes bancaires")

    members.invite(jean, aline)
    members.join(aline)
    login.log_in(aline)
    aline.sees("Guichet")
    aline.page.locator(".menu--person > summary").click()
    expect(aline.page.locator(".menu--person").get_by_text("Ma société")).to_have_count(0)
    assert aline.goes_to("/ma-societe/").status == 403

    first, last = aline.account["name"].split(" ", 1)
    jean.goes_to("/ma-societe/")
    jean.page.locator("#members").get_by_role("link", name=re.compile(f"Supprimer .*{last}")).click()
    jean.sees(re.compile(f"Supprimer .*{first}.*"))
    jean.presses("Supprimer")
    jean.sees("Ma société")
    expect(jean.page.locator("#members").get_by_text(last)).to_have_count(0)
    aline.goes_to("/guichet/")
    expect(aline.page.get_by_role("button", name="Se connecter")).to_be_visible()


@pytest.mark.proves("ORG-05")
def test_4_2_2_bank_accounts(jean):
    jean.goes_to("/ma-societe/")
    jean.follows("Ajouter un compte bancaire")
    jean.sees("Ajouter un compte bancaire")
    jean.fills({"IBAN": "CH93 0076 2011 6238 5295 8"})
    jean.presses("Enregistrer")
    assert len(jean.is_told()) == 1
    jean.sees("Ajouter un compte bancaire")

    jean.fills({"IBAN": new_iban(), "Titulaire du compte": "Fondation Les Mélèzes", "Désignation": "Ateliers"})
    jean.presses("Enregistrer")
    jean.sees("Ma société")
    jean.reads(re.compile(r"Le compte CH\d\d .* est ajouté"))
    told = jean.live.message_for(jean.account["email"], kind="mail", containing="compte bancaire")
    assert "Fondation Les Mélèzes" in told["subject"] + told["text"]

    jean.page.locator("#accounts").get_by_role("link", name=re.compile("^Modifier")).last.click()
    jean.sees("Confirmer votre identité")  # an account is changed with both factors only
    jean.question("Mot de passe").fill(jean.account["password"])
    jean.presses("Recevoir un code par SMS")
    jean.sees("Confirmer par SMS")
    login.type_code(jean, login.code_of_this_page(jean))
    jean.sees("Modifier un compte bancaire")
    jean.fills({"Désignation": "Ateliers et foyer"})
    jean.presses("Enregistrer")
    jean.sees("Ma société")
    jean.reads("Ateliers et foyer")


@pytest.mark.proves("INV-03")
def test_4_3_beneficiaries(sandra):
    loane = beneficiaries.add(sandra)

    sandra.sees("Bénéficiaires")
    sandra.reads("← Retourner sur la page d'accueil".removeprefix("← "), "Ajouter un bénéficiaire")
    titles = sandra.page.locator("thead th").all_inner_texts()
    assert titles[:4] == ["Nom", "N° assuré", "Localité", "Procuration"]
    sandra.pictured("beneficiaries")

    sandra.goes_to(f"/beneficiaires/?numero={loane.avs_number}")
    expect(sandra.page.locator("tbody tr")).to_have_count(1)
    sandra.goes_to(f"/beneficiaires/?nom={loane.last_name.lower()}")
    expect(sandra.page.locator("tbody tr")).to_have_count(1)

    sandra.page.get_by_role("link", name=re.compile("^Modifier")).click()
    sandra.sees(loane.name)
    sandra.fills({"Localité": "Sierre", "NPA": "3960"})
    sandra.presses("Enregistrer")
    sandra.page.wait_for_url("**/beneficiaires/")
    sandra.goes_to(f"/beneficiaires/?numero={loane.avs_number}")
    sandra.reads("3960 Sierre")

    sandra.page.get_by_role("link", name=re.compile("^Supprimer")).click()
    sandra.sees(f"Supprimer {loane.name} ?")
    sandra.presses("Supprimer")
    sandra.page.wait_for_url("**/beneficiaires/")
    sandra.goes_to(f"/beneficiaires/?numero={loane.avs_number}")
    sandra.reads("Aucun bénéficiaire ne correspond")


@pytest.mark.proves("INV-03")
def test_4_3_beneficiary_with_an_open_invoice_stays(sandra):
    loane = beneficiaries.add(sandra)
    number = invoices.sent(sandra, loane)

    sandra.goes_to(f"/beneficiaires/?numero={loane.avs_number}")
    sandra.page.get_by_role("link", name=re.compile("^Supprimer")).click()
    sandra.presses("Supprimer")

    sandra.reads("Des factures sont encore ouvertes", number)
    sandra.sees(f"Supprimer {loane.name} ?")


@pytest.mark.proves("INV-04", "USE-01")
def test_4_3_1_adding_a_beneficiary(sandra):
    loane = beneficiaries.invented()
    sandra.goes_to("/beneficiaires/")
    sandra.follows("Ajouter un bénéficiaire")
    sandra.sees("Ajouter un bénéficiaire")
    sandra.reads("Informations personnelles", "Décisions", "Informations bancaires", "Procuration")
    sandra.pictured("beneficiary")

    beneficiaries.fill(sandra, loane)
    sandra.answers(**{"decision-0-number": "32320260004321", "decision-0-description": "Logopédie 2026"})
    sandra.fills({"N° assuré": "756.9999.0000.01"})
    sandra.page.locator("[name=power_of_attorney]").set_input_files(files=[invoices.paper("procuration.pdf")])
    sandra.presses("Enregistrer")

    assert len(sandra.is_told()) == 1
    sandra.sees("Ajouter un bénéficiaire")
    expect(sandra.question("Nom")).to_have_value(loane.last_name)

    sandra.fills({"N° assuré": loane.written})
    sandra.page.locator("[name=power_of_attorney]").set_input_files(files=[invoices.paper("procuration.pdf")])
    sandra.presses("Enregistrer")
    sandra.page.wait_for_url("**/beneficiaires/")
    sandra.goes_to(f"/beneficiaires/?numero={loane.avs_number}")
    sandra.page.get_by_role("link", name=re.compile("^Modifier")).click()
    sandra.sees(loane.name)
    expect(sandra.page.locator("[name=decision-0-number]")).to_have_value("32320260004321")
    sandra.reads("procuration.pdf")


def new_iban() -> str:
    """A Swiss account nobody has."""
    from guichet.invoices.tests import factories

    return factories.iban()
