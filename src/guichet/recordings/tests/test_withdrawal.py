"""A request for a destruction is taken back before its execution, or admitted after its term (REC-15)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet.accounts.models import StaffRole
from guichet.invoices.tests.factories import PDF
from guichet.recordings.actions import court, court_making, deposits, destruction, sending, withdrawal
from guichet.recordings.actions.listening_errors import NotListenable, NotYours
from guichet.recordings.errors import Destroyed, Incomplete, NotPossible, TooLate
from guichet.recordings.models import DestructionRequest, ListeningGrant, Mandate, Withdrawal
from guichet.recordings.queries.custody import care
from guichet.recordings.queries.mandates import open_requests
from guichet.recordings.states import Status
from guichet.recordings.tests import factories, listening_scenes
from guichet.recordings.tests.test_destruction import asked, declaration
from guichet.recordings.tests.test_insured import insured

pytestmark = pytest.mark.proves("REC-15")

MISTAKE = {"reason": Withdrawal.WRONG_PERSON, "note": "Demande du mandat voisin"}


def taken_back(request, desk):
    """By mistake: one person says so, another agrees."""
    withdrawal.claim(request, by=desk.records, **MISTAKE)
    return withdrawal.confirm_claim(request, by=desk.administrator)


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records)


def in_writing(**changes):
    known = {"reason": Withdrawal.PERSON, "declared_on": timezone.localdate(), "document": factories.signed_paper()}
    return withdrawal.TakenBack(**(known | changes))


def test_request_that_is_taken_back_stops_nothing_any_more(recording, doctor, desk, vs, mailbox, audited):
    grant = listening_scenes.given(recording, desk.records)
    request = asked(recording, desk)
    with pytest.raises(NotListenable):
        listening_scenes.begun(recording, desk.listener)
    taken_back(request, desk)
    recording.refresh_from_db()
    assert (recording.status, recording.asked_from) == (Status.ARCHIVED, "")
    heard, _token = listening_scenes.begun(recording, desk.listener)
    assert heard.ended_at is None
    assert ListeningGrant.objects.alive().get() == grant
    assert deposits.begin(recording.mandate, interview_on=recording.interview_on, by=doctor).status == "uploading"
    acts = [one["action"] for one in audited if "withdrawn" in one["action"] or "mistake" in one["action"]]
    assert acts == [
        "mandate.destruction_mistake_claimed",
        "mandate.destruction_withdrawn",
        "recording.destruction_withdrawn",
    ]
    (mail,) = [mail for mail in mailbox() if "retirée" in mail.subject]
    assert (mail.to, recording.mandate.last_name in mail.text) == (doctor.person.email, False)
    with pytest.raises(NotPossible):
        destruction.execute(request, by=factories.staff(vs, "agent", "records"))
    with pytest.raises(NotPossible):
        withdrawal.claim(request, by=desk.records, **MISTAKE)
    assert asked(recording, desk).pk != request.pk


def test_deposit_goes_on_where_it_was(doctor, desk):
    deposited = factories.deposited(by=doctor)
    request = asked(deposited, desk)
    taken_back(request, desk)
    deposited.refresh_from_db()
    assert deposited.status == Status.DEPOSITED
    assert sending.send(deposited, declared=factories.declared(), by=doctor).status == Status.SENT


def test_what_another_request_reaches_stays_stopped(recording, desk):
    first = asked(recording, desk)
    today = timezone.localdate()
    final = destruction.ask(recording.mandate, said=declaration(None, final_on=today), by=desk.records)
    taken_back(first, desk)
    recording.refresh_from_db()
    assert recording.status == Status.DESTRUCTION_ASKED
    assert Mandate.objects.get(pk=recording.mandate_id).decision_final_on == today
    taken_back(final, desk)
    recording.refresh_from_db()
    assert recording.status == Status.ARCHIVED
    assert Mandate.objects.get(pk=recording.mandate_id).decision_final_on is None


def test_wish_of_the_person_is_taken_back_in_writing_only(recording, desk, vs, doctor):
    request = asked(recording, desk)
    yesterday, tomorrow = (timezone.localdate() + timedelta(days=days) for days in (-1, 1))
    for said, missing in (
        (withdrawal.TakenBack(**MISTAKE), ["reason"]),  # that takes two people
        (withdrawal.TakenBack(reason="whim", note="x"), ["reason"]),
        (in_writing(document=None), ["document"]),
        (in_writing(declared_on=None), ["declared_on"]),
        (in_writing(declared_on=yesterday), ["declared_on"]),
        (in_writing(declared_on=tomorrow), ["declared_on"]),
    ):
        with pytest.raises(Incomplete) as found:
            withdrawal.withdraw(request, said=said, by=desk.records)
        assert found.value.missing == missing
    for by in (desk.listener, desk.agent, doctor):
        with pytest.raises(NotYours):
            withdrawal.withdraw(request, said=in_writing(), by=by)
    with pytest.raises(NotYours):
        withdrawal.withdraw(request, said=withdrawal.TakenBack(reason=Withdrawal.OWN), by=desk.records)
    with pytest.raises(IntegrityError, match="destruction_withdrawn_in_writing"), transaction.atomic():
        DestructionRequest.objects.filter(pk=request.pk).update(
            withdrawal="person", withdrawn_at=timezone.now(), withdrawn_by=desk.records.person
        )
    assert withdrawal.withdraw(request, said=in_writing(), by=desk.records).withdrawal_document is not None


def test_mistake_of_the_office_wants_two_people_and_stops_the_execution(recording, desk, vs, doctor, audited):
    request = asked(recording, desk)
    for reason, note, missing in (("typing", " ", ["note"]), ("person", "x", ["reason"]), ("whim", "x", ["reason"])):
        with pytest.raises(Incomplete) as found:
            withdrawal.claim(request, reason=reason, note=note, by=desk.records)
        assert found.value.missing == missing
    for by in (desk.listener, desk.agent, doctor):
        with pytest.raises(NotYours):
            withdrawal.claim(request, by=by, **MISTAKE)
    with pytest.raises(NotPossible):
        withdrawal.confirm_claim(request, by=desk.administrator)
    withdrawal.claim(request, by=desk.records, **MISTAKE)
    with pytest.raises(NotPossible):
        withdrawal.claim(request, by=desk.administrator, **MISTAKE)
    with pytest.raises(NotPossible):
        destruction.execute(request, by=desk.administrator)
    with pytest.raises(NotYours):
        withdrawal.confirm_claim(request, by=desk.records)
    with pytest.raises(IntegrityError, match="destruction_claim_second_person"), transaction.atomic():
        DestructionRequest.objects.filter(pk=request.pk).update(
            withdrawal="typing", withdrawn_at=timezone.now(), withdrawn_by=desk.records.person
        )
    withdrawal.dismiss_claim(request, by=desk.administrator)
    with pytest.raises(NotPossible):
        withdrawal.confirm_claim(request, by=desk.administrator)
    noted = [one["action"] for one in audited if "mistake" in one["action"]]
    assert noted == ["mandate.destruction_mistake_claimed", "mandate.destruction_mistake_dismissed"]
    assert destruction.execute(request, by=desk.administrator).executed_at is not None


def test_written_wish_counts_while_a_mistake_is_looked_at(recording, desk):
    request = asked(recording, desk)
    withdrawal.claim(request, by=desk.records, **MISTAKE)
    done = withdrawal.withdraw(request, said=in_writing(), by=desk.records)
    assert (done.withdrawal, done.claimed_at, done.claim_note) == (Withdrawal.PERSON, None, "")


def test_mistake_is_claimed_and_decided_by_its_pages(recording, desk, vs, browser):
    request, office, second = asked(recording, desk), browser(desk.records), browser(desk.administrator)
    at = f"/vs/bureau/destructions/{request.pk}/"
    day, paper = f"{timezone.localdate():%d.%m.%Y}", SimpleUploadedFile("retrait.pdf", PDF)
    mixed = office.post(f"{at}retrait/", {"reason": "typing", "note": "x", "declared_on": day, "document": paper})
    assert (mixed.status_code, "ni retrait écrit ni date" in mixed.content.decode()) == (422, True)
    assert office.post(f"{at}retrait/", {"reason": "typing", "note": "Mandat voisin"}).status_code == 303
    shown = [text(client.get(at)) for client in (office, second)]
    assert ["Confirmer l'erreur" in page for page in shown] == [False, True]
    assert ["Détruire l'enregistrement" in page for page in shown] == [False, False]
    assert "Erreur signalée, à confirmer" in second.get("/vs/bureau/destructions/").content.decode()
    assert office.post(f"{at}retrait/confirmer/").status_code == 409
    assert second.post(f"{at}executer/", {"sure": "1"}).status_code == 409
    assert office.post(f"{at}retrait/ecarter/").status_code == 303
    assert office.post(f"{at}retrait/ecarter/").status_code == 409
    office.post(f"{at}retrait/", {"reason": "typing", "note": "Mandat voisin"})
    assert second.post(f"{at}retrait/confirmer/").status_code == 303
    assert "Erreur de saisie" in second.get(at).content.decode()
    assert second.post(f"{at}retrait/confirmer/").status_code == 409


@pytest.mark.proves("REC-22")
def test_insured_person_takes_back_her_own_request_in_her_account(recording, desk, vs, browser, mailbox):
    lucie = insured(vs, recording.mandate.avs_number)
    client, at = browser(lucie), f"/vs/mes-enregistrements/{recording.mandate_id}/"
    client.post(f"{at}destruction/", {"interview_on": recording.interview_on.isoformat(), "sure": "1"})
    request = DestructionRequest.objects.get()
    shown = client.get(at).content.decode()
    assert ("Retirer ma demande" in shown, "ne revient pas" in shown) == (True, True)
    with pytest.raises(Incomplete):
        withdrawal.claim(request, by=desk.records, **MISTAKE)
    stranger = browser(insured(vs, factories.avs_number()))
    assert stranger.post(f"{at}destruction/{request.pk}/retirer/").status_code == 404
    assert client.post(f"{at}destruction/{request.pk}/retirer/").status_code == 303
    assert client.post(f"{at}destruction/{request.pk}/retirer/").status_code == 409
    assert "a été retirée" in client.get(at).content.decode()
    assert sorted(mail.to for mail in mailbox() if "retirée" in mail.subject)[-1:] == [vs.email]
    recording.refresh_from_db()
    assert recording.status == Status.ARCHIVED


@pytest.mark.proves("REC-22")
def test_what_the_office_entered_the_person_takes_back_in_writing(recording, desk, vs, browser):
    request = asked(recording, desk)
    client, at = browser(insured(vs, recording.mandate.avs_number)), f"/vs/mes-enregistrements/{recording.mandate_id}/"
    assert "écrivez-lui avant la destruction" in client.get(at).content.decode()
    assert client.post(f"{at}destruction/{request.pk}/retirer/").status_code == 409


def test_office_takes_a_request_back_by_its_page(recording, desk, vs, browser):
    request, office = asked(recording, desk), browser(desk.records)
    at = f"/vs/bureau/destructions/{request.pk}/"
    assert f'href="{at}retrait/"' in office.get(at).content.decode()
    assert "ne peut pas être rétabli" in office.get(f"{at}retrait/").content.decode()
    wrong = office.post(f"{at}retrait/", {"reason": "typing", "note": ""})
    assert (wrong.status_code, "Écrivez ce qui a été confondu." in wrong.content.decode()) == (422, True)
    typed = {"reason": "person", "declared_on": f"{timezone.localdate():%d.%m.%Y}", "note": ""}
    assert office.post(f"{at}retrait/", typed).status_code == 422
    paper = SimpleUploadedFile("retrait.pdf", PDF)
    assert office.post(f"{at}retrait/", typed | {"document": paper}).status_code == 303
    assert "Retirée le" in office.get(at).content.decode()
    assert office.get(f"{at}retrait/document/").status_code == 200
    assert office.get(f"{at}retrait/").status_code == 409
    assert office.post(f"{at}retrait/", {"reason": "typing", "note": "encore"}).status_code == 409
    assert browser(factories.staff(vs, "agent", "listen")).get(f"{at}retrait/").status_code == 403


def test_late_request_is_admitted_on_a_ground_with_a_note(doctor, desk, vs, browser, audited):
    day = timezone.localdate() - timedelta(days=20)
    recording = factories.archived(by=doctor, agent=desk.records, interview_on=day)
    with pytest.raises(TooLate):
        asked(recording, desk)
    for changes, missing in (
        ({"admission": "restitution"}, "admission_note"),
        ({"admission": "mercy", "admission_note": "x"}, "admission"),
    ):
        with pytest.raises(Incomplete) as found:
            destruction.ask(recording.mandate, said=declaration(day, **changes), by=desk.records)
        assert found.value.missing == [missing]
    office, page = browser(desk.records), f"/vs/bureau/mandats/{recording.mandate_id}/destruction/"
    typed = {
        "interview_on": day.isoformat(),
        "declared_on": f"{timezone.localdate():%d.%m.%Y}",
        "admission": "restitution",
        "admission_note": "Hospitalisée jusqu'au 20",
    }
    request = office.post(page, typed | {"document": SimpleUploadedFile("demande.pdf", PDF)})["Location"]
    shown = office.get(request).content.decode()
    assert ("Restitution du délai, art. 41 LPGA" in shown, "Hospitalisée" in shown) == (True, True)
    noted = [one["detail"] for one in audited if one["action"] == "mandate.destruction_asked"]
    assert ["restitution" in str(one) for one in noted] == [True]


def test_request_in_time_is_admitted_on_no_ground(recording, desk):
    said = declaration(recording.interview_on, admission="office", admission_note="x")
    with pytest.raises(Incomplete):
        destruction.ask(recording.mandate, said=said, by=desk.records)


@pytest.mark.parametrize(
    ("interview", "end"),
    [
        (date(2026, 10, 14), datetime(2026, 10, 27, tzinfo=ZoneInfo("Europe/Zurich"))),  # Saturday 24, clocks on 25
        (date(2026, 3, 19), datetime(2026, 3, 31, tzinfo=ZoneInfo("Europe/Zurich"))),  # Sunday 29: summer time
    ],
)
def test_insured_person_asks_until_the_last_second_of_the_working_day(doctor, desk, vs, browser, interview, end):
    with time_machine.travel(end - timedelta(seconds=1), tick=False) as clock:
        recording = factories.archived(by=doctor, agent=desk.records, interview_on=interview)
        client = browser(insured(vs, recording.mandate.avs_number))
        at = f"/vs/mes-enregistrements/{recording.mandate_id}/"
        shown = client.get(at).content.decode()
        assert ("encore 0 jour" in shown, "art. 38 al. 3 LPGA" in shown) == (True, True)
        clock.move_to(end)
        assert client.post(f"{at}destruction/", {"interview_on": interview.isoformat(), "sure": "1"}).status_code == 409
        clock.move_to(end - timedelta(seconds=1))
        assert client.post(f"{at}destruction/", {"interview_on": interview.isoformat(), "sure": "1"}).status_code == 303


def test_expert_reads_that_it_is_destroyed_not_sent(recording, doctor, desk, vs, browser):
    client, at = browser(doctor), f"/vs/depots/{recording.pk}/"
    assert client.get(f"{at}etat/").json()["step"] == "sent"
    request = asked(recording, desk)
    assert client.get(f"{at}etat/").json()["step"] == "destroyed"
    assert "La destruction de l'enregistrement est demandée" in text(client.get(f"{at}envoye/"))
    destruction.execute(request, by=factories.staff(vs, "agent", "records"))
    assert client.get(f"{at}etat/").json()["step"] == "destroyed"
    page = text(client.get(f"{at}envoye/"))
    assert ("L'enregistrement est détruit" in page, "a été envoyé" in page) == (True, False)
    with pytest.raises(Destroyed):
        deposits.begin(recording.mandate, interview_on=recording.interview_on, by=doctor)


def text(response):
    return response.content.decode().replace("&#x27;", "'")


@pytest.mark.proves("REC-14")
def test_image_for_a_court_is_not_fetched_while_a_destruction_is_asked_for(recording, desk, vs):
    first, second = (factories.staff(vs, StaffRole.AGENT, "court") for _ in range(2))
    wanted = court.Wanted(ground="appeal", court="Tribunal", court_reference="S1", receiver="Jeanne")
    package = court.ask(recording, wanted=wanted, by=first)
    court.approve(package, by=second)
    court_making.make(package.pk)
    request = asked(recording, desk)
    with pytest.raises(NotPossible):
        court.fetch(package, by=first)
    taken_back(request, desk)
    assert court.fetch(package, by=first) is not None


@pytest.mark.proves("REC-08")
def test_new_deposit_replaces_nothing_that_is_to_be_destroyed(recording, doctor, desk):
    factories.asked_again(recording, agent=desk.records)
    day = recording.interview_on - timedelta(days=1)
    request = asked(recording, desk)
    assert (open_requests(recording.mandate), deposits.open_request(recording.mandate)) == ([], None)
    assert deposits.begin(recording.mandate, interview_on=day, by=doctor).replaces is None
    taken_back(request, desk)
    assert [one.recording_id for one in open_requests(recording.mandate)] == [recording.pk]


def test_care_lists_no_mandate_of_which_everything_is_destroyed(recording, desk, vs):
    final = declaration(None, final_on=timezone.localdate())
    request = destruction.ask(recording.mandate, said=final, by=desk.records)
    assert [one.pk for one in care(desk.records).final] == [recording.mandate_id]
    destruction.execute(request, by=factories.staff(vs, "agent", "records"))
    assert care(desk.records).final == []
