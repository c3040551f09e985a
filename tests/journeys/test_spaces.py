"""Berne by configuration alone; and the main path in German."""

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from tests.journeys.steps import beneficiaries, desk, invoices

pytestmark = pytest.mark.journey


@pytest.mark.proves("ORG-06")
def test_berne_is_the_same_platform_in_its_own_words(arrive, stranger):
    visitor = stranger("be")
    visitor.goes_to("/")
    visitor.sees("Office AI Canton de Berne")
    visitor.reads("058 219 77 20")
    assert "institutions" not in visitor.page.content().lower()
    visitor.follows("S'inscrire")
    assert "institutions" not in visitor.page.content().lower()
    visitor.sees("Inscription")

    ursula, daniel = arrive("be", "collaborator"), arrive("be", "agent")
    loane = beneficiaries.add(ursula)
    number = invoices.sent(ursula, loane)
    assert number.startswith("BE-")
    ursula.sees("Votre demande a été envoyée")
    ursula.pictured("berne-sent")
    desk.accept(daniel, number)
    daniel.sees("Factures à traiter")
    mail = ursula.live.message_for(ursula.account["email"], kind="mail", containing=f"{number} : votre demande est")
    assert "027 324 96 11" not in mail["text"] + mail["html"]
    assert "Accepté" in invoices.in_history(ursula, loane)
    ursula.sees("Guichet")


MAIN_WORDS = (
    "Guichet",
    "Demandes à corriger",
    "Historique des factures",
    "+ Nouvelle facture",
    "Bénéficiaires",
    "Autre facture",
    "Envoyer ma demande",
    "Envoyer la demande",
    "Votre demande a été envoyée",
    "En traitement",
    "Date des prestations dispensées",
    "Numéro de décision",
    "Accepter",
)


@pytest.mark.proves("UIX-01")
def test_the_main_path_in_german(arrive):
    with translation.override("de"):
        german = {words: gettext(words) for words in MAIN_WORDS}
    untranslated = [words for words in MAIN_WORDS if german[words] == words]
    if len(untranslated) == len(MAIN_WORDS):
        pytest.skip("the German catalogue is empty")
    assert untranslated == []

    sandra = arrive("vs", "collaborator", fresh=True)
    loane = beneficiaries.add(sandra)
    sandra.goes_to("/guichet/")
    sandra.presses("Deutsch")
    sandra.page.wait_for_load_state()
    expect(sandra.page.locator("html")).to_have_attribute("lang", re.compile("^de"))
    sandra.sees(german["Guichet"])
    sandra.reads(german["Demandes à corriger"], german["Historique des factures"], german["+ Nouvelle facture"])
    sandra.pictured("guichet-de")

    invoices.new(sandra)
    sandra.sees(german["Autre facture"])
    sandra.reads(german["Date des prestations dispensées"], german["Numéro de décision"])
    fill_by_name(sandra, loane)
    invoices.attach(sandra)
    sandra.presses(german["Envoyer ma demande"])
    sandra.page.wait_for_url(re.compile("/confirmer/"), wait_until="commit")
    expect(sandra.page.locator("html")).to_have_attribute("lang", re.compile("^de"))
    sandra.presses(german["Envoyer la demande"])
    sandra.page.wait_for_url(re.compile("/envoyee/"), wait_until="commit")
    sandra.sees(german["Votre demande a été envoyée"])
    sandra.goes_to(f"/guichet/?beneficiaire={loane.avs_number}")
    sandra.reads(german["En traitement"])
    for words, said in german.items():
        if words not in said:
            assert words not in sandra.main.inner_text(), words


def fill_by_name(someone, whom):
    """The form by the names of its fields, whatever the language."""
    page = someone.page
    option = page.locator("[name=beneficiary] option", has_text=whom.written).get_attribute("value")
    page.locator("[name=beneficiary]").select_option(option)
    page.locator("[name=account]").select_option("beneficiary")
    page.locator("[name=service]").select_option("medical")
    someone.answers(decision=invoices.DECISION[someone.slug], period_from="02.11.2026")
    invoices.line(someone, 0, description="Logopädie", quantity="2", unit="hour", price="145")
