"""Registration and vetting (ACC-01 to ACC-03, INV-20; A09, A22)."""

import re

import pytest
from django.test import Client

from guichet.accounts.models import (
    Affiliation,
    Membership,
    Partner,
    Person,
    Registration,
    TermsAcceptance,
)
from guichet.accounts.terms import current_terms
from guichet.accounts.tests.people import gln, request_access
from guichet.tenancy.context import tenant

GOOD = {
    "kind": "institution",
    "gln": "7601001302112",
    "company": "Home Les Glycines",
    "uid": "CHE-100.155.212",
    "zsr": "Z 1234.56",
    "nif": "12345",
    "street": "Rue du Bourg",
    "house_no": "3",
    "postcode": "1920",
    "town": "Martigny",
    "phone": "027 123 45 67",
    "last_name": "Rausis",
    "first_name": "Émilie",
    "email": "emilie@glycines.example",
    "password": "tilleul-wagon-nuage-0420",
    "mobile": "079 123 45 67",
    "terms": "on",
}


def post(space, **changes):
    values = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return Client().post(f"/{space.slug}/inscription/", values)


def registered(space, **changes):
    """A registration through the page, processed; gives its affiliation."""
    assert post(space, **changes).status_code == 302
    space.run_jobs()
    return Registration.objects.get(affiliation__partner__name=GOOD["company"]).affiliation


@pytest.mark.proves("ACC-01")
def test_registration_page_begins_with_the_question(empty):
    page = Client().get("/vs/inscription/").content.decode().replace("&#x27;", "'")
    assert "Je veux utiliser la plateforme en tant que" in page
    kinds = ["Assuré·e", "Représentant légal", "Organisme / entreprise", "Expert·e", "Centre d'expertise"]
    assert re.findall(r'choice__text">([^<]+)<small>', page) == kinds
    assert (
        "https://www.refdata.ch/fr/partenaires/inscription/base-de-donnees-des-partenaires-professionnels-gln" in page
    )


@pytest.mark.proves("ACC-01")
@pytest.mark.parametrize("slug,kinds", [("caisse", ["Employeur"]), ("assurance", ["Entreprise cliente"])])
def test_registration_offers_what_the_insurer_takes(empty, slug, kinds):
    page = Client().get(f"/{slug}/inscription/").content.decode()
    assert re.findall(r'choice__text">([^<]+)<small>', page) == kinds


@pytest.mark.proves("ACC-01")
@pytest.mark.parametrize("slug,kind,phone", [("caisse", "employer", "021 555 01 40")])
def test_registration_of_other_kinds_is_explained(empty, slug, kind, phone):
    answer = Client().post(f"/{slug}/inscription/", {"kind": kind})
    said = answer.content.decode().count(f"se fait pour l&#x27;instant par téléphone, au {phone}.")
    assert (answer.status_code, said) == (422, 2)  # at the field and in the summary


@pytest.mark.proves("ACC-01", "ACC-02", "ACC-03")
def test_registration_makes_a_requested_affiliation_with_a_manager(vs):
    answer = post(vs)
    [number] = re.findall(r"^/vs/inscription/recue/(VS-\w{6})/$", answer["Location"])
    assert number in Client().get(answer["Location"]).content.decode()
    vs.run_jobs()
    registration = Registration.objects.get(number=number)
    affiliation = Affiliation.objects.get(registration=registration)
    partner = affiliation.partner
    assert (affiliation.status, affiliation.kind) == ("requested", "institution")
    assert (partner.gln, partner.uid, partner.zsr, partner.nif) == ("7601001302112", "CHE100155212", "Z123456", "12345")
    assert (partner.phone, partner.town) == ("+41271234567", "Martigny")
    member = affiliation.memberships.get()
    assert (member.role, member.person.email, member.person.mobile) == ("manager", GOOD["email"], "+41791234567")
    assert member.person.is_active is False
    assert (registration.data, registration.password) == ({}, "")


@pytest.mark.proves("ACC-02")
def test_registration_keeps_which_terms_were_accepted(vs):
    registered(vs)
    acceptance = TermsAcceptance.objects.get(person__email=GOOD["email"])
    terms = current_terms(vs.insurer)
    assert (acceptance.version, acceptance.text_hash) == (terms.version, terms.text_hash)
    assert acceptance.accepted_at == Registration.objects.order_by("-created_at")[0].created_at


@pytest.mark.proves("ACC-02")
def test_terms_page_shows_the_text_that_is_hashed(empty):
    assert current_terms(empty).text in Client().get("/vs/conditions/").content.decode()


WRONG = [
    ("kind", None, "Choisissez en tant que qui vous voulez utiliser la plateforme."),
    ("kind", "king", "Choisissez une réponse de la liste."),
    ("gln", "", "Saisissez le GLN, par exemple 7601001302112."),
    ("gln", "7601001302113", "Ce GLN contient une faute de frappe."),
    ("gln", "760100130211", "Un GLN compte 13 chiffres, vous en avez saisi 12."),
    ("company", "  ", "Saisissez le nom de l'organisme / entreprise."),
    ("company", "x" * 71, "Ce texte compte 71 caractères, 70 au plus sont possibles."),
    ("uid", "CHE-100.155.213", "Ce numéro IDE contient une faute de frappe."),
    ("zsr", "1234567", "Saisissez un numéro RCC : une lettre et six chiffres"),
    ("nif", "12345678", "Un NIF compte de un à sept chiffres."),
    ("street", "", "Saisissez la rue."),
    ("house_no", "x" * 17, "Ce texte compte 17 caractères, 16 au plus sont possibles."),
    ("postcode", "", "Saisissez un numéro postal de quatre chiffres, par exemple 1950."),
    ("postcode", "19500", "Saisissez un numéro postal de quatre chiffres, par exemple 1950."),
    ("town", "", "Saisissez la localité."),
    ("phone", "", "Saisissez le téléphone de la société, par exemple 027 123 45 67."),
    ("phone", "12", "Saisissez un numéro de téléphone complet"),
    ("last_name", "", "Saisissez le nom."),
    ("first_name", "", "Saisissez le prénom."),
    ("email", "", "Saisissez une adresse e-mail complète, par exemple prenom.nom@exemple.ch."),
    ("email", "a@b", "Saisissez une adresse e-mail complète, par exemple prenom.nom@exemple.ch."),
    ("email", "a" * 250 + "@x.example", "Saisissez une adresse e-mail complète"),
    ("mobile", "", "Saisissez votre numéro de portable, par exemple 079 123 45 67."),
    ("mobile", "027 123 45 67", "Saisissez un numéro de téléphone portable : les codes d'accès sont envoyés par SMS."),
    ("mobile", "+882 16 1234567", "Saisissez un numéro"),
    ("mobile", "0900 123 456", "Ce genre de numéro"),
    ("mobile", "+1 900 555 01 23", "Saisissez un numéro"),
    ("password", "", "Choisissez un mot de passe."),
    ("password", "court", "Ce mot de passe est trop court."),
    ("password", "passwordpassword", "Choisissez un mot de passe moins courant."),
    ("password", "123456789012", "Choisissez un mot de passe moins courant."),
    ("password", "les-glycines-2026", "Choisissez un mot de passe qui ne contient pas « glycines »."),
    ("password", "mon-Guichet-prive", "Choisissez un mot de passe qui ne contient pas « guichet »."),
    ("password", "x" * 129, "Choisissez un mot de passe de 128 caractères au plus."),
    ("terms", None, "Cochez la case pour accepter les conditions d'utilisation."),
]


@pytest.mark.proves("ACC-01", "ACC-02", "SEC-02")
@pytest.mark.parametrize("name,value,words", WRONG)
def test_registration_says_what_is_wrong_at_the_field_and_in_the_summary(empty, name, value, words):
    answer = post(empty, **{name: value})
    page = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    place = f"id_{name}_0" if name == "kind" else f"id_{name}"
    [summary] = re.findall(rf'<li><a href="#{place}">([^<]+)</a></li>', page)
    [beside] = re.findall(rf'<span class="error" id="id_{name}_error">.*?<span>(.+?)</span>', page, re.DOTALL)
    assert words in summary
    assert summary == beside.strip()
    assert not Registration.objects.exists()


@pytest.mark.proves("ACC-02")
def test_registration_keeps_what_was_typed_but_the_password(empty):
    page = post(empty, gln="wrong").content.decode().replace("&#x27;", "'")
    typed = {name: value for name, value in GOOD.items() if name not in ("kind", "gln", "password", "terms")}
    lost = [name for name, value in typed.items() if f'name="{name}" value="{value}"' not in page]
    assert lost == []
    assert GOOD["password"] not in page
    assert "Saisissez encore une fois votre mot de passe : il n'est jamais renvoyé dans la page." in page
    assert re.search(r'name="terms" value="on" checked', page)


@pytest.mark.proves("ACC-01", "SEC-02")
def test_registration_refuses_a_megabyte_without_hashing_it(empty, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        assert post(empty, password="x" * 900_000).status_code == 422


@pytest.mark.proves("ACC-01")
def test_registration_is_braked(empty):
    answers = [post(empty, email=f"a{number}@x.example", gln=gln()).status_code for number in range(21)]
    assert answers == [302] * 20 + [429]


@pytest.mark.proves("ACC-01", "ACC-03")
def test_registration_with_a_known_address_explains_by_mail(vs):
    assert post(vs, email=vs.manager.email).status_code == 302
    [mail] = [mail for mail in vs.mails(vs.manager.email) if mail.subject.startswith("Votre inscription VS-")]
    assert "Un compte existe déjà avec cette adresse" in mail.text
    assert not Partner.objects.filter(name=GOOD["company"]).exists()


@pytest.mark.proves("ACC-01", "ACC-03")
def test_registration_with_a_known_gln_explains_by_mail(vs):
    assert post(vs, gln=vs.affiliation.partner.gln).status_code == 302
    [mail] = vs.mails(GOOD["email"])
    assert "Une société avec ce GLN est déjà inscrite" in mail.text
    assert not Person.objects.filter(email=GOOD["email"]).exists()


@pytest.mark.proves("ACC-03")
def test_registrant_cannot_log_in_before_the_answer(vs):
    registered(vs)
    assert Client().post(vs.url(), {"email": GOOD["email"], "password": GOOD["password"]}).status_code == 422


@pytest.mark.proves("ACC-03", "INV-20")
def test_accepted_registrant_gets_a_mail_and_logs_in(vs):
    affiliation = registered(vs)
    browser = vs.signed_in(vs.staff("agent", "vet"))
    list_page = browser.get(vs.url("bureau/inscriptions/")).content.decode()
    assert GOOD["company"] in list_page
    answer = browser.post(vs.url(f"bureau/inscriptions/{affiliation.pk}/accepter/"))
    assert answer.status_code == 302
    mail = vs.mails(GOOD["email"])[-1]
    assert mail.subject == "Votre accès au guichet est ouvert"
    assert "http://testserver/vs/\n" in mail.text
    person = Person.objects.get(email=GOOD["email"])
    assert vs.sign_in(person, password=GOOD["password"]).get(vs.url("ma-societe/")).status_code == 200


@pytest.mark.proves("ACC-03", "INV-20")
def test_refused_registrant_reads_the_reason_and_may_try_again(vs):
    affiliation = registered(vs)
    browser = vs.signed_in(vs.administrator)
    path = vs.url(f"bureau/inscriptions/{affiliation.pk}/refuser/")
    empty = browser.post(path, {"reason": " "})
    assert empty.status_code == 422
    assert "Saisissez le motif du refus" in empty.content.decode()
    assert browser.post(path, {"reason": "Le GLN n'est pas à votre nom."}).status_code == 302
    mail = vs.mails(GOOD["email"])[-1]
    assert mail.subject == "Votre inscription n'a pas été acceptée"
    assert "Le GLN n'est pas à votre nom." in mail.text
    assert Client().post(vs.url(), {"email": GOOD["email"], "password": GOOD["password"]}).status_code == 422
    assert post(vs).status_code == 302
    vs.run_jobs()
    assert Affiliation.objects.filter(partner__name=GOOD["company"], status="requested").count() == 1


@pytest.mark.proves("INV-20")
def test_registration_is_decided_once(vs):
    affiliation = registered(vs)
    browser = vs.signed_in(vs.administrator)
    browser.post(vs.url(f"bureau/inscriptions/{affiliation.pk}/accepter/"))
    late = browser.post(vs.url(f"bureau/inscriptions/{affiliation.pk}/refuser/"), {"reason": "trop tard"})
    assert late.status_code == 409
    affiliation.refresh_from_db()
    assert affiliation.status == "accepted"


@pytest.mark.proves("INV-20")
def test_vetting_shows_checks_contact_and_duplicates(vs):
    affiliation = registered(vs, email="chef@vs.example")
    page = vs.signed_in(vs.administrator).get(vs.url(f"bureau/inscriptions/{affiliation.pk}/")).content.decode()
    page = page.replace("&#x27;", "'")
    assert "GLN valable" in page
    assert "chef@vs.example" in page
    assert "Foyer de l'Aubépine</a> (Acceptée) : même domaine d'e-mail" in page


@pytest.mark.proves("INV-20")
def test_vetting_needs_the_right(vs):
    affiliation = registered(vs)
    without = vs.signed_in(vs.staff("agent", "review"))
    paths = ["bureau/inscriptions/", f"bureau/inscriptions/{affiliation.pk}/"]
    assert [without.get(vs.url(path)).status_code for path in paths] == [403, 403]
    assert without.post(vs.url(f"bureau/inscriptions/{affiliation.pk}/accepter/")).status_code == 403


@pytest.mark.proves("INV-20", "SEC-03")
def test_vetting_of_another_insurer_does_not_exist(vs, be):
    affiliation = registered(vs)
    browser = be.signed_in(be.administrator)
    assert browser.get(be.url(f"bureau/inscriptions/{affiliation.pk}/")).status_code == 404
    assert browser.post(be.url(f"bureau/inscriptions/{affiliation.pk}/accepter/")).status_code == 404


@pytest.mark.proves("SEC-03")
def test_accounts_tables_show_nothing_without_a_tenant(vs):
    with tenant(0):
        counts = [model.objects.count() for model in (Affiliation, Membership, Registration, TermsAcceptance)]
    assert counts == [0, 0, 0, 0]


def test_processing_twice_changes_nothing(vs):
    affiliation = request_access(vs, email="once@x.example")
    from guichet.accounts.actions import registration

    registration.process(insurer=vs.insurer, registration_id=affiliation.registration.pk)
    assert Person.objects.filter(email="once@x.example").count() == 1
