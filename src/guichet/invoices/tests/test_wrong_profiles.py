"""A profile typed wrongly has its message at the field and in the summary, in the same words; nothing typed is lost."""

from __future__ import annotations

import pytest

from guichet.accounts.tests.invented import avs_number
from guichet.invoices.models import Beneficiary, Decision
from guichet.invoices.tests.factories import beneficiary
from guichet.invoices.tests.typed import HOSTILE, beside, shown, summary


@pytest.fixture
def us(browser, anna):
    return browser(anna)


def person(**changes):
    """A profile as it is typed."""
    typed = {
        "last_name": "Praz",
        "first_name": "Loane",
        "street": "Rue des Alpes",
        "house_no": "5",
        "postcode": "1950",
        "town": "Sion",
        "country": "CH",
        "birth_date": "12.03.1988",
        "sex": "f",
        "avs_number": avs_number(),
        "decision-0-number": "32320260001234",
        "decision-0-description": "Logopédie",
    }
    return typed | changes


QR_IBAN = "Un QR-IBAN ne convient pas à une personne : saisissez l'IBAN ordinaire du compte."
WRONG_PROFILES = [
    ("last_name", "", "Le champ Nom est obligatoire."),
    ("first_name", " ", "Le champ Prénom est obligatoire."),
    ("street", "", "Le champ Rue est obligatoire."),
    ("postcode", "", "Le champ NPA est obligatoire."),
    ("postcode", "19500", None),
    ("town", "", "Le champ Localité est obligatoire."),
    ("country", "C1", None),
    ("birth_date", "", "Le champ Date de naissance est obligatoire."),
    ("birth_date", "31.02.1988", None),
    ("birth_date", "12.03.2999", None),
    ("sex", "", "Choisissez le sexe inscrit au registre AVS."),
    ("sex", "x", "Choisissez le sexe inscrit au registre AVS."),
    ("avs_number", "", "Le champ N° assuré est obligatoire."),
    ("avs_number", "756.9999.0000.01", None),
    ("avs_number", "756.9999", None),
    ("payment_reference", "21 00000", None),
    ("payment_reference", "210000000003139471430009018", None),
    ("iban", "CH93 0076 2011 6238 5295 8", None),
    ("iban", "CH44 3199 9123 0008 8901 2", QR_IBAN),
    ("decision-0-number", "3232026", None),
    ("last_name", "N" * 200, None),
    ("house_no", "1" * 40, None),
    ("holder", "H" * 90, None),
    ("representative_name", "R" * 200, None),
    ("representative_address", "R" * 200, None),
    ("decision-0-description", "D" * 200, None),
]  # fmt: skip


@pytest.mark.proves("INV-04", "ACC-02")
@pytest.mark.parametrize("name, typed, words", WRONG_PROFILES)
def test_wrong_input_of_a_profile_is_told_twice_and_kept(us, name, typed, words):
    posted = person(**{name: typed})
    response = us.post("/vs/beneficiaires/ajouter/", posted)

    assert response.status_code == 422
    said = beside(response, name)
    assert said == words if words else said
    assert summary(response) == [said]
    for other, value in posted.items():
        if other != "sex":
            assert shown(response, other) == value, other
    assert Beneficiary.objects.count() == 0


@pytest.mark.proves("INV-04")
def test_a_minor_needs_a_representative(us):
    response = us.post("/vs/beneficiaires/ajouter/", person(birth_date="01.02.2020"))
    words = "Indiquez le représentant légal de cette personne mineure."
    assert (response.status_code, beside(response, "representative_name")) == (422, words)
    assert summary(response) == [words]


@pytest.mark.proves("INV-04")
def test_an_empty_profile_names_everything_that_is_missing(us):
    response = us.post("/vs/beneficiaires/ajouter/", {})
    assert response.status_code == 422
    assert len(summary(response)) == 8


@pytest.mark.proves("INV-03", "INV-04")
def test_a_person_the_company_already_has_is_told_at_the_number(us, anna):
    known = beneficiary(by=anna)
    response = us.post("/vs/beneficiaires/ajouter/", person(avs_number=known.avs_number))
    words = "Un bénéficiaire de votre société porte déjà ce numéro."
    assert (response.status_code, beside(response, "avs_number"), summary(response)) == (422, words, [words])


@pytest.mark.proves("FRM-09")
def test_a_refused_power_of_attorney_keeps_the_profile(us):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("procuration.pdf", b"MZ not a pdf", "application/pdf")
    response = us.post("/vs/beneficiaires/ajouter/", person() | {"power_of_attorney": file})
    assert response.status_code == 422
    assert summary(response) == [beside(response, "power_of_attorney")]
    assert shown(response, "last_name") == "Praz"


@pytest.mark.proves("INV-04")
def test_another_decision_is_asked_without_judging_the_rest(us):
    response = us.post("/vs/beneficiaires/ajouter/", person(avs_number="12", add_decision="1"))
    assert (response.status_code, summary(response)) == (200, [])
    assert shown(response, "avs_number") == "12"
    assert shown(response, "decision-1-number") == ""
    assert Decision.objects.count() == 0


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_texts_in_a_profile_are_no_fault(us, typed):
    everywhere = us.post("/vs/beneficiaires/ajouter/", dict.fromkeys(person(), typed))
    assert everywhere.status_code == 422
    names = {"last_name": typed, "decision-0-description": typed, "street": typed}
    assert us.post("/vs/beneficiaires/ajouter/", person(**names)).status_code in {303, 422}
