"""Insured persons, their representatives, experts and centres register like companies do (ACC-01, INV-16, REC-01)."""

from __future__ import annotations

import pytest
from django.test import Client

from guichet.accounts.actions import vetting
from guichet.accounts.models import Affiliation, Identity, Person, Registration
from guichet.accounts.sessions import actor_of
from guichet.accounts.tests.test_registration import GOOD
from guichet.kernel.identifiers import with_ean_digit

AVS = with_ean_digit("756999900010")
PERSON = {
    "avs_number": AVS,
    "birth_date": "03.04.2001",
    "sex": "f",
    "iban": "CH56 0483 5012 3456 7800 9",
}
_ORGANISATION = dict.fromkeys(("gln", "company", "uid", "zsr", "nif", "phone"))


def asked(kind, **more):
    values = GOOD | _ORGANISATION | {"kind": kind} | more
    return {name: value for name, value in values.items() if value is not None}


def post(space, **values):
    return Client().post(f"/{space.slug}/inscription/", values)


@pytest.mark.proves("ACC-01", "INV-16")
def test_an_insured_person_registers_with_her_avs_number(vs):
    assert post(vs, **asked("insured", **PERSON)).status_code == 302
    vs.run_jobs()
    affiliation = Affiliation.objects.get(kind="insured")
    identity = affiliation.identity
    assert (affiliation.partner.name, affiliation.partner.kind) == ("Émilie Rausis", "person")
    assert (identity.last_name, identity.avs_number, str(identity.birth_date)) == ("Rausis", AVS, "2001-04-03")
    assert (identity.iban, Registration.objects.order_by("-created_at")[0].data) == ("CH5604835012345678009", {})


@pytest.mark.proves("ACC-01", "INV-16")
def test_a_representative_names_the_person_represented(vs):
    names = {"insured_last_name": "Exemple", "insured_first_name": "Léo"}
    post(vs, **asked("representative", **PERSON, **names))
    vs.run_jobs()
    identity = Identity.objects.get()
    assert (str(identity), identity.affiliation.partner.name) == ("Exemple Léo", "Émilie Rausis")


@pytest.mark.proves("ACC-01", "REC-01")
@pytest.mark.parametrize(
    ("kind", "more", "name"),
    [
        ("expert", {"gln": "7601001302112"}, "Émilie Rausis"),
        ("centre", {"company": "Centre d'essai", "phone": "027 123 45 67"}, "Centre d'essai"),
    ],
)
def test_experts_and_centres_register(vs, kind, more, name):
    post(vs, **asked(kind, **more))
    vs.run_jobs()
    affiliation = Affiliation.objects.get(kind=kind)
    assert (affiliation.partner.name, affiliation.status) == (name, "requested")


@pytest.mark.proves("ACC-01", "ACC-02")
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("insured", {"avs_number", "birth_date", "sex", "iban"}),
        ("representative", {"insured_last_name", "insured_first_name", "avs_number", "birth_date", "sex", "iban"}),
        ("institution", {"gln", "company", "phone"}),
        ("expert", {"gln"}),
        ("centre", {"company", "phone"}),
    ],
)
def test_each_kind_is_asked_what_it_needs(empty, kind, fields):
    answer = post(empty, **asked(kind))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, fields)


@pytest.mark.proves("ACC-02")
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("avs_number", "756.9999.0001.00", "avs"),
        ("birth_date", "31.02.2001", "calendrier"),
        ("birth_date", "01.01.2099", "futur"),
        ("iban", "CH00 0000 0000 0000 0000 0", "IBAN"),
        ("sex", "x", "Choisissez une réponse."),
    ],
)
def test_wrong_answers_have_their_message_and_stay(empty, field, typed, said):
    answer = post(empty, **asked("insured", **(PERSON | {field: typed})))
    words = " ".join(answer.context["form"].errors[field]).casefold()
    assert (answer.status_code, said.casefold() in words) == (422, True)
    assert typed in answer.content.decode() or field == "sex"


@pytest.mark.proves("ACC-02")
def test_what_was_typed_for_another_kind_does_not_count(vs):
    post(vs, **asked("insured", **PERSON, gln="not a GLN", company="Rien SA", zsr="x"))
    vs.run_jobs()
    assert Affiliation.objects.get(kind="insured").partner.name == "Émilie Rausis"


@pytest.mark.proves("ACC-01", "ACC-10")
def test_a_known_avs_number_is_answered_like_an_unknown_one(vs):
    first = post(vs, **asked("insured", **PERSON))
    vs.run_jobs()
    again = post(vs, **asked("insured", **PERSON, email="autre@courrier.example"))
    vs.run_jobs()
    assert (first.status_code, again.status_code, Identity.objects.count()) == (302, 302, 1)
    assert Registration.objects.order_by("-created_at")[0].outcome == "known_avs"
    assert not Person.objects.filter(email="autre@courrier.example").exists()


@pytest.mark.proves("INV-20", "INV-16")
def test_the_office_sees_the_insured_person_and_accepts(vs):
    post(vs, **asked("insured", **PERSON))
    vs.run_jobs()
    affiliation = Affiliation.objects.get(kind="insured")
    page = vs.signed_in(vs.administrator).get(vs.url(f"bureau/inscriptions/{affiliation.pk}/")).content.decode()
    assert ("756.9999.0001.0" in page, "Pas de GLN" in page) == (True, False)
    vetting.accept(by=actor_of(vs.administrator, vs.insurer), affiliation=affiliation)
    assert Person.objects.get(email=GOOD["email"]).is_active
