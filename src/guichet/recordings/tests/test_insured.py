"""The insured person's own page: waiver, destruction with its clock, who listened, defects (REC-22)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from guichet.accounts.models import Identity
from guichet.recordings import rules
from guichet.recordings.models import DefectReport, DestructionRequest, Waiver
from guichet.recordings.states import Status
from guichet.recordings.tests import factories, listening_scenes


def insured(vs, avs):
    """An account of this person, vetted by the office."""
    actor = factories.expert(vs, "Lucie Exemple", kind="insured")
    Identity.objects.create(
        insurer=vs,
        affiliation=actor.affiliation,
        last_name="Exemple",
        first_name="Lucie",
        avs_number=avs,
        birth_date=date(1979, 4, 3),
    )
    return actor


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records)


@pytest.fixture
def lucie(recording, vs):
    return insured(vs, recording.mandate.avs_number)


def page(recording, more=""):
    return f"/vs/mes-enregistrements/{recording.mandate_id}/{more}"


@pytest.mark.proves("REC-22")
def test_insured_person_sees_her_own_and_nobody_else_does(recording, lucie, vs, doctor, desk, browser):
    assert recording.mandate.number in browser(lucie).get("/vs/mes-enregistrements/").content.decode()
    stranger = insured(vs, factories.avs_number())
    assert browser(stranger).get(page(recording)).status_code == 404
    assert recording.mandate.number not in browser(stranger).get("/vs/mes-enregistrements/").content.decode()
    assert [browser(who).get("/vs/mes-enregistrements/").status_code for who in (doctor, desk.records)] == [403, 403]


@pytest.mark.proves("REC-22")
def test_insured_person_sees_until_when_and_how_she_listens(recording, lucie, desk, browser, vs):
    client, term = browser(lucie), rules.destruction_term(recording.interview_on, vs.canton)
    shown = [(row.state[0], row.until) for row in client.get("/vs/mes-enregistrements/").context["rows"]]
    assert shown == [("archived", term.last)]
    assert client.get(page(recording)).context["access"] is None
    grant = listening_scenes.given(recording, desk.records)
    assert client.get(page(recording)).context["access"] == grant
    client.post(page(recording, "destruction/"), {"interview_on": recording.interview_on.isoformat(), "sure": "1"})
    assert [row.until for row in client.get("/vs/mes-enregistrements/").context["rows"]] == [None]


@pytest.mark.proves("REC-15", "REC-22")
def test_insured_person_asks_for_the_destruction_within_ten_days(recording, lucie, browser, mailbox, vs):
    client = browser(lucie)
    term = rules.destruction_term(recording.interview_on, vs.canton)
    assert f"encore {(term.last - timezone.localdate()).days} jours" in client.get(page(recording)).content.decode()
    day = {"interview_on": recording.interview_on.isoformat()}
    assert client.post(page(recording, "destruction/"), {"interview_on": "x"}).status_code == 422
    asks = client.post(page(recording, "destruction/"), day)  # without a script, a page asks; nothing happened yet
    assert (asks.status_code, asks.context["kept"]) == (200, [("interview_on", day["interview_on"])])
    assert not DestructionRequest.objects.exists()
    day |= {"sure": "1"}
    assert client.post(page(recording, "destruction/"), day).status_code == 303
    assert client.post(page(recording, "destruction/"), day).status_code == 409
    asked = DestructionRequest.objects.get()
    assert (asked.by_cockpit, asked.document, asked.entered_by) == (True, None, lucie.person)
    recording.refresh_from_db()
    assert recording.status == Status.DESTRUCTION_ASKED
    assert [mail.to for mail in mailbox() if "destruction demandée" in mail.subject].count(vs.email) == 1
    second = browser(factories.staff(vs, "agent", "records"))
    assert second.post(f"/vs/bureau/destructions/{asked.pk}/executer/", {"sure": "1"}).status_code == 303
    assert "Détruit le" in client.get(page(recording)).content.decode()


@pytest.mark.proves("REC-15")
def test_after_ten_days_the_page_says_so_and_the_request_is_refused(doctor, desk, vs, browser):
    day = timezone.localdate() - timedelta(days=15)
    recording = factories.archived(by=doctor, agent=desk.records, interview_on=day)
    client = browser(insured(vs, recording.mandate.avs_number))
    assert "a pris fin" in client.get(page(recording)).content.decode()
    assert (
        client.post(page(recording, "destruction/"), {"interview_on": day.isoformat(), "sure": "1"}).status_code == 409
    )


@pytest.mark.proves("REC-15", "REC-22")
def test_insured_person_waives_before_the_interview_and_changes_her_mind(doctor, desk, vs, browser):
    mandate = factories.mandate(
        by=doctor, agent=desk.records, interview_dates=(timezone.localdate() + timedelta(days=3),)
    )
    client, at = browser(insured(vs, mandate.avs_number)), f"/vs/mes-enregistrements/{mandate.pk}/"
    assert client.post(f"{at}renonciation/").status_code == 200
    assert client.post(f"{at}renonciation/", {"sure": "1"}).status_code == 303
    assert client.post(f"{at}renonciation/", {"sure": "1"}).status_code == 409
    assert "Vous avez renoncé" in client.get(at).content.decode()
    assert client.post(f"{at}renonciation/revoquer/").status_code == 303
    assert client.post(f"{at}renonciation/revoquer/").status_code == 409
    assert Waiver.objects.get(mandate=mandate).revoked_on == timezone.localdate()


@pytest.mark.proves("REC-21", "REC-22")
def test_insured_person_sees_who_listened_on_which_ground(recording, lucie, desk, browser):
    listening_scenes.begun(recording, desk.listener, ground="opposition", case="OPP 4/26")
    shown = browser(lucie).get(page(recording)).content.decode()
    assert ("LPGA 52" in shown, "OPP 4/26" in shown, str(desk.listener.person) in shown) == (True, True, True)


@pytest.mark.proves("REC-22")
def test_insured_person_reports_a_defect_with_its_second(recording, lucie, browser):
    client, at = browser(lucie), page(recording, f"{recording.pk}/defaut/")
    assert client.post(at, {"place": "douze", "text": "coupé"}).status_code == 422
    assert client.post(at, {"place": "0:12", "text": "Le son est coupé"}).status_code == 303
    report = DefectReport.objects.get()
    assert (report.at_ms, report.person, report.grant) == (12_000, lucie.person, None)
    assert "Le son est coupé" in client.get(page(recording)).content.decode()
