"""Guide, chapter 3: « Connexion », and what goes wrong with it (5.1)."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import login, members

pytestmark = pytest.mark.journey


@pytest.mark.proves("ACC-04", "ACC-11")
def test_3_1_identification(stranger):
    camille = stranger("vs")
    camille.account = camille.live.account("vs", "collaborator")

    camille.goes_to("/")
    camille.reads("Connexion", "Mot de passe oublié ?", "S'inscrire")
    login.identify(camille, password="un-autre-mot-de-passe")
    camille.reads("E-mail ou mot de passe incorrect")
    camille.sees("Office cantonal AI du Valais")
    expect(camille.question("Email")).to_have_value(camille.account["email"])

    login.identify(camille)
    camille.page.wait_for_url("**/connexion/code/")
    camille.sees("Connexion")


@pytest.mark.proves("ACC-04")
def test_3_2_confirmation_by_sms(stranger):
    camille = stranger("vs")
    camille.account = camille.live.account("vs", "collaborator")
    camille.goes_to("/beneficiaires/")  # half of the login opens nothing

    login.identify(camille)
    camille.page.wait_for_url("**/connexion/code/")
    camille.reads("Pour vous connecter, entrez le code d'accès sécurisé reçu par SMS.")
    code = login.code_of_this_page(camille)
    camille.pictured("code")

    login.type_code(camille, f"{(int(code) + 1) % 1_000_000:06}")
    camille.reads(re.compile(r"^Ce code est faux\. Il reste \d essais\.$"))
    camille.sees("Connexion")

    login.type_code(camille, code)
    camille.page.wait_for_url("**/beneficiaires/")  # where she wanted to be
    camille.sees("Bénéficiaires")

    login.log_out(camille)
    camille.goes_to("/beneficiaires/")
    expect(camille.page.get_by_role("button", name="Se connecter")).to_be_visible()


@pytest.mark.proves("ACC-06", "MSG-01")
def test_5_1_1_forgotten_password(jean, stranger):
    aline = members.joined(jean, stranger("vs"))
    aline.goes_to("/")

    aline.follows("Mot de passe oublié ?")
    aline.sees("Mot de passe oublié")
    aline.fills({"Email": aline.account["email"]})
    aline.presses("Réinitialiser le mot de passe")
    aline.sees("Consultez votre boîte de réception")

    aline.page.goto(aline.live.link_for(aline.account["email"], containing="Réinitialiser le mot de passe"))
    aline.sees("Mot de passe oublié")
    aline.account["password"] = "glacier tambour fenouil ardoise"
    aline.fills(
        {
            "Nouveau mot de passe": aline.account["password"],
            "Confirmation du mot de passe": aline.account["password"],
        }
    )
    aline.presses("Réinitialiser le mot de passe")

    expect(aline.page.get_by_role("button", name="Se connecter")).to_be_visible()
    login.identify(aline)
    login.confirm(aline)
    aline.sees("Guichet")


@pytest.mark.proves("ACC-04")
def test_5_1_2_no_code_arrived(stranger):
    camille = stranger("vs")
    camille.account = camille.live.account("vs", "manager", 0)
    camille.page.clock.install()

    camille.goes_to("/")
    login.identify(camille)
    camille.page.wait_for_url("**/connexion/code/")
    camille.settles()
    again = camille.page.get_by_role("button", name="J'ai besoin d'un nouveau code d'accès")
    expect(again).to_have_attribute("aria-disabled", "true")
    expect(camille.page.get_by_text("Je n'ai pas reçu de code par SMS")).to_be_hidden()

    camille.page.clock.fast_forward(31_000)
    camille.page.get_by_text("Je n'ai pas reçu de code par SMS").click()
    camille.reads(re.compile("mode avion"), re.compile("Spam"), re.compile("redémarrez votre téléphone"))

    camille.page.clock.fast_forward(30_000)
    expect(again).not_to_have_attribute("aria-disabled", "true")
    camille.sees("Connexion")


@pytest.mark.proves("ACC-07")
def test_5_1_3_too_many_attempts(jean, stranger):
    aline = members.joined(jean, stranger("vs"))
    aline.goes_to("/")

    for _ in range(10):
        login.identify(aline, password="pas-le-bon-mot-de-passe")
        expect(aline.question("Mot de passe")).to_have_value("")  # the next page
    login.identify(aline)

    aline.reads("Trop de tentatives de connexion, veuillez réessayer d'ici quelques minutes")
    aline.reads(re.compile(r"Vous pourrez réessayer à \d\d:\d\d"))
    aline.sees("Office cantonal AI du Valais")
    said = "plusieurs fois un mot de passe erroné"
    mail = aline.live.message_for(aline.account["email"], kind="mail", containing=said)
    assert "tentatives" in mail["subject"]
