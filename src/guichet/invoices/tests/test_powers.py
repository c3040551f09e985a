"""Powers of attorney: asked, signed, refused, revoked, handed in on paper, missed, ending (INV-30)."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from guichet import storage
from guichet.accounts.actions.bank import StepUpNeededError
from guichet.accounts.models import LoginSession
from guichet.casework import uploads
from guichet.casework.errors import Blocked, Overtaken, Stale
from guichet.invoices import checking
from guichet.invoices.actions import beneficiaries, powers, sending
from guichet.invoices.models import PowerOfAttorney
from guichet.invoices.queries import persons
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import PDF

pytestmark = pytest.mark.proves("INV-30")
TERMS = {"first": date(2026, 1, 1), "last": date(2029, 12, 31)}


@pytest.fixture
def lucie(anna):
    """The person the company knows."""
    return factories.beneficiary(by=anna)


@pytest.fixture
def herself(vs, lucie):
    """She, with an account of her own."""
    return factories.insured(vs, lucie)


@pytest.fixture
def login(browser):
    """`login(actor)`: a browser, and its session with both factors given a moment ago."""

    def fresh(actor, *, stepped_up=True):
        client = browser(actor)
        rows = LoginSession.objects.filter(person=actor.person)
        if stepped_up:
            rows.update(stepped_up_at=timezone.now())
        return client, rows.get()

    return fresh


def paper(name="procuration.pdf"):
    return uploads.check(io.BytesIO(PDF), name=name)


def asked(lucie, anna, **terms):
    return powers.ask(lucie, by=anna, **(TERMS | terms))


def signed(lucie, anna, herself, session):
    power = asked(lucie, anna)
    words = powers.hash_of(powers.words_for(power, by=herself))
    return powers.sign(power, text_hash=words, session=session, by=herself)


def test_a_signature_keeps_words_hash_person_moment_and_a_pdf(lucie, anna, herself, login, audited):
    _client, session = login(herself)
    power = signed(lucie, anna, herself, session)
    assert (power.state, power.signed_by, power.language) == ("active", herself.person, "fr")
    assert power.text_hash == powers.hash_of(power.signed_text)
    assert storage.read(power.file)[:5] == b"%PDF-"
    acts = [entry["action"] for entry in audited if entry["action"].startswith("power.")]
    assert acts == ["power.asked", "power.signed"]


def test_nobody_signs_without_both_factors_or_other_words(lucie, anna, herself, login):
    power = asked(lucie, anna)
    words = powers.hash_of(powers.words_for(power, by=herself))
    _client, session = login(herself, stepped_up=False)
    with pytest.raises(StepUpNeededError):
        powers.sign(power, text_hash=words, session=session, by=herself)
    session.stepped_up_at = timezone.now()
    with pytest.raises(Stale):
        powers.sign(power, text_hash="0" * 64, session=session, by=herself)
    assert PowerOfAttorney.objects.get().state == "asked"


def test_of_two_answers_one_wins(lucie, anna, herself, login):
    _client, session = login(herself)
    power = signed(lucie, anna, herself, session)
    with pytest.raises(Overtaken):
        powers.refuse(power, by=herself)
    powers.revoke(power, by=herself)
    with pytest.raises(Overtaken):
        powers.give_back(power, by=anna)
    assert (power.state, power.ended_side) == ("revoked", "insured")


def test_one_signature_is_asked_at_a_time(lucie, anna):
    power = asked(lucie, anna)
    with pytest.raises(powers.AskedAlready):
        asked(lucie, anna)
    powers.give_back(power, by=anna)
    assert asked(lucie, anna).state == "asked"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"last": date(2025, 12, 31)}, "valid_to"),
        ({"first": date(2020, 1, 1), "last": date(2024, 12, 31)}, "valid_to"),
        ({"first": date(2026, 1, 1), "last": date(2031, 1, 1)}, "valid_to"),
        ({"codes": ["999.999"]}, "form_codes"),
    ],
)
def test_a_scope_nobody_can_give_is_refused(lucie, anna, changes, place):
    with pytest.raises(powers.NotLikeThat) as refused:
        asked(lucie, anna, **changes)
    assert (refused.value.place, PowerOfAttorney.objects.count()) == (place, 0)


def test_whether_somebody_has_an_account_is_not_told(browser, lucie, anna, mailbox):
    us = browser(anna)
    posted = {"how": "signed", "valid_from": "01.01.2026", "valid_to": "31.12.2029"}
    answer = us.post(f"/vs/beneficiaires/{lucie.pk}/procurations/ajouter/", posted)
    assert (answer.status_code, PowerOfAttorney.objects.get().state, mailbox()) == (303, "asked", [])


def test_the_paper_of_a_profile_holds_for_all_forms_and_five_years(lucie, anna):
    beneficiaries.change_beneficiary(lucie, facts={}, power_of_attorney=paper(), by=anna)
    power = PowerOfAttorney.objects.get()
    today = timezone.localdate()
    assert (power.how, power.state, power.form_codes) == ("scanned", "active", [])
    assert power.valid_from == persons.birthday(today, -1)
    assert power.valid_to == persons.birthday(power.valid_from, 5) - timedelta(days=1)


def test_paper_is_handed_in_by_page_and_read_by_both_sides(browser, lucie, anna, herself):
    us = browser(anna)
    there = f"/vs/beneficiaires/{lucie.pk}/procurations/ajouter/"
    posted = {"how": "scanned", "valid_from": "01.01.2026", "valid_to": "31.12.2029", "form_codes": ["318.632"]}
    assert us.post(there, posted).status_code == 422
    assert us.post(there, posted | {"file": SimpleUploadedFile("procuration.pdf", PDF)}).status_code == 303
    power = PowerOfAttorney.objects.get()
    assert (power.form_codes, power.covers("318.632"), power.covers("318.639")) == (["318.632"], True, False)
    for who in (anna, herself):
        assert browser(who).get(f"/vs/procurations/{power.pk}/fichier/").content == PDF
    assert "31.12.2029" in us.get("/vs/beneficiaires/").content.decode()


def test_she_signs_by_page_after_the_step_up(lucie, anna, herself, login):
    power = asked(lucie, anna)
    client, session = login(herself, stepped_up=False)
    there = f"/vs/procurations/{power.pk}/"
    assert "Foyer d&#x27;essai" in client.get("/vs/procurations/").content.decode()
    words = client.get(there).context["hash"]
    refused = client.post(there, {"do": "sign", "hash": words})
    assert refused.url == f"/vs/confirmation/?next=%2Fvs%2Fprocurations%2F{power.pk}%2F"
    LoginSession.objects.filter(pk=session.pk).update(stepped_up_at=timezone.now())
    assert client.post(there, {"do": "sign", "hash": "x"}).status_code == 409
    assert client.post(there, {"do": "sign", "hash": words}).status_code == 303
    assert client.post(there, {"do": "revoke"}).status_code == 303
    power.refresh_from_db()
    assert (power.state, power.ended_by) == ("revoked", herself.person)
    assert client.post(there, {"do": "revoke"}).status_code == 409


def test_another_insured_person_finds_nothing(browser, lucie, anna, vs):
    power = asked(lucie, anna)
    stranger = browser(factories.insured(vs, name="Autre Personne"))
    assert stranger.get(f"/vs/procurations/{power.pk}/").status_code == 404
    assert stranger.post(f"/vs/procurations/{power.pk}/", {"do": "refuse"}).status_code == 404
    assert stranger.get(f"/vs/procurations/{power.pk}/fichier/").status_code == 404
    assert browser(anna).get("/vs/procurations/").status_code == 404


@pytest.mark.parametrize(
    ("required", "power", "exchanged", "warned"),
    [
        ("first", False, False, True),
        ("first", False, True, False),
        ("first", True, False, False),
        ("always", False, True, True),
        ("never", False, False, False),
    ],
)
def test_an_invoice_without_power_is_questioned(vs, lucie, anna, required, power, exchanged, warned):
    if exchanged:
        factories.sent(by=anna, whom=lucie)
    vs.configuration |= {"power_required": required}
    vs.save()
    if power:
        powers.add_scanned(lucie, file=paper(), by=anna, first=date(2025, 1, 1), last=date(2029, 12, 31))
    draft = factories.draft(by=anna, whom=lucie)
    codes = [one.code for one in checking.check(draft, by=anna).findings if one.code.startswith("power.")]
    assert codes == ["power.missing"] * warned


def test_the_answer_reaches_the_desk_with_a_mark(vs, lucie, anna):
    vs.configuration |= {"power_required": "first"}
    vs.save()
    draft = factories.draft(by=anna, whom=lucie)
    with pytest.raises(Blocked):
        factories.send(draft, by=anna)
    version = factories.send(draft, by=anna, **{"power.missing@beneficiary": "Elle signe demain."})
    assert (version.warnings[0]["answer"], "no_power" in draft.flags) == ("Elle signe demain.", True)
    assert sending.withdraw(draft, by=anna) is None


@pytest.mark.parametrize(
    "terms",
    [{"first": date(2026, 12, 1), "last": date(2027, 12, 1)}, {"codes": ["318.639"], **TERMS}],
    ids=["of another time", "for another form"],
)
def test_a_power_of_another_scope_does_not_count(vs, lucie, anna, terms):
    vs.configuration |= {"power_required": "always"}
    vs.save()
    powers.add_scanned(lucie, file=paper(), by=anna, **terms)
    found = checking.check(factories.draft(by=anna, whom=lucie), by=anna).findings
    assert [one.code for one in found if one.code.startswith("power.")] == ["power.missing"]


def test_she_needs_no_power_for_herself(vs, herself):
    vs.configuration |= {"power_required": "always"}
    vs.save()
    mine = beneficiaries.own_beneficiary(by=herself)
    draft = factories.draft(by=herself, whom=mine, account="beneficiary")
    assert [one for one in checking.check(draft, by=herself).findings if one.code.startswith("power.")] == []


def test_its_end_is_announced_once(vs, lucie, anna, mailbox):
    now = timezone.now()
    power = powers.add_scanned(
        lucie, file=paper(), by=anna, first=date(2026, 1, 1), last=timezone.localdate() + timedelta(days=60)
    )
    powers.add_scanned(lucie, file=paper(), by=anna, first=date(2026, 1, 1), last=date(2030, 1, 1))
    assert (powers.warn(vs, now=now), powers.warn(vs, now=now)) == (1, 0)
    [mail] = mailbox()
    assert (mail.to, lucie.last_name in mail.text, str(power.pk) in mail.text) == (anna.person.email, False, False)
