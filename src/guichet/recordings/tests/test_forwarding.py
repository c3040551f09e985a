"""Sent to the wrong office: it goes on to the right one, and nothing opens it here any more (REC-07)."""

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guichet import storage
from guichet.accounts import cookies, sessions
from guichet.accounts.actions import vetting
from guichet.accounts.models import Affiliation, Person, TermsAcceptance
from guichet.accounts.terms import current_terms
from guichet.accounts.visitor import Visitor
from guichet.notify.testing import deliver_all, mails
from guichet.recordings.actions import destruction, experts, forwarding, listening, receiving
from guichet.recordings.actions import mandates as mandate_acts
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.models import Arrival, Forwarding, Listening, ListeningGrant, Mandate, Recording
from guichet.recordings.queries import custody
from guichet.recordings.states import Status
from guichet.recordings.tests import factories, listening_scenes
from guichet.storage.destruction_list import listed
from guichet.tenancy.context import tenant


@pytest.fixture
def be(vs):
    return factories.insurer("be", canton="BE", office_code="302")


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records, last_name="Zermatten")


def forwarded(recording, be, desk):
    return forwarding.forward(recording, to=be, reason="Canton de domicile : Berne", by=desk.records)


@pytest.mark.proves("REC-07")
def test_recording_is_forwarded_with_its_mandate_and_sound(recording, be, desk):
    sound, number = storage.read(recording.original), recording.mandate.number
    sent = forwarded(recording, be, desk)
    assert (recording.status, recording.name, recording.segments) == (Status.FORWARDED, "", [])
    with pytest.raises(storage.Destroyed):
        storage.read(recording.original)
    with tenant(be.pk):
        arrived = Recording.objects.select_related("original", "mandate").get(pk=sent.arrived_as)
        assert (arrived.status, arrived.insurer_id, arrived.mandate.last_name) == (Status.SENT, be.pk, "Zermatten")
        assert arrived.mandate.number == number
        assert storage.read(arrived.original) == sound
        origin = Arrival.objects.get(recording=arrived)
        assert (origin.origin_id, origin.reason) == (recording.insurer_id, "Canton de domicile : Berne")
        told = [step.what for step in custody.chain(arrived)]
        assert told == ["Déposé", "Envoyé à l'office", "Archivé", "Reçu d'un autre office"]


@pytest.mark.proves("REC-07")
def test_other_office_receives_and_hears_it(recording, be, desk):
    sent = forwarded(recording, be, desk)
    with tenant(be.pk):
        theirs = factories.office(be)
        arrived = Recording.objects.select_related("mandate").get(pk=sent.arrived_as)
        mandate_acts.confirm(arrived.mandate, number="BE-1", by=theirs.records)
        receiving.archive(arrived, by=theirs.records)
        heard, _token = listening_scenes.begun(arrived, theirs.listener)
        assert heard.recording_id == arrived.pk


@pytest.mark.proves("REC-07")
def test_links_accesses_and_listenings_die_at_once(recording, be, desk):
    listening_scenes.given(recording, desk.records)
    listening_scenes.begun(recording, desk.listener)
    forwarded(recording, be, desk)
    assert ListeningGrant.objects.filter(recording=recording).alive().count() == 0
    assert Listening.objects.filter(recording=recording, ended_at=None).count() == 0
    with pytest.raises(listening.NotListenable):
        listening_scenes.begun(recording, desk.listener)


@pytest.mark.proves("REC-07")
def test_expert_is_told_and_both_sides_are_audited(recording, be, desk, mailbox, audited):
    forwarded(recording, be, desk)
    found = [(one["action"], one["insurer_id"]) for one in audited if one["action"] in FORWARDED]
    assert sorted(found) == [("recording.arrived", be.pk), ("recording.forwarded", recording.insurer_id)]
    (mail,) = [mail for mail in mailbox() if "transmis" in mail.subject]
    assert ("Zermatten" in mail.text, "(be)" in mail.text) == (False, True)


FORWARDED = ("recording.arrived", "recording.forwarded")


def test_each_office_sees_its_own_side_alone(recording, be, desk):
    sent = forwarded(recording, be, desk)
    assert Recording.objects.filter(pk=sent.arrived_as).count() == 0
    with tenant(be.pk):
        assert Forwarding.objects.count() == 0
        assert Mandate.objects.filter(pk=recording.mandate_id).count() == 0


def test_forwarding_wants_right_reason_and_an_office_that_records(recording, be, desk, vs):
    with pytest.raises(NotYours):
        forwarding.forward(recording, to=be, reason="Berne", by=desk.listener)
    with pytest.raises(Incomplete):
        forwarding.forward(recording, to=be, reason=" ", by=desk.records)
    with pytest.raises(NotPossible):
        forwarding.forward(recording, to=vs, reason="ici", by=desk.records)
    forwarded(recording, be, desk)
    with pytest.raises(NotPossible):
        forwarded(recording, be, desk)


@pytest.mark.proves("REC-15")
def test_destruction_at_the_second_office_reaches_old_backups_of_the_first(
    recording, be, desk, settings, tmp_path, django_capture_on_commit_callbacks
):
    from guichet.recordings.tests.test_destruction import declaration

    settings.DESTRUCTION_LIST = tmp_path / "list.jsonl"
    sent = forwarded(recording, be, desk)
    with tenant(be.pk):
        arrived = Recording.objects.select_related("mandate").get(pk=sent.arrived_as)
        agent, second = (factories.staff(be, "agent", "records") for _ in range(2))
        with django_capture_on_commit_callbacks(execute=True):
            request = destruction.ask(arrived.mandate, said=declaration(arrived.interview_on), by=agent)
            destruction.execute(request, by=second)
    gone = {(one.insurer, one.object) for one in listed()}
    assert {(recording.insurer_id, str(recording.original_id)), (be.pk, str(arrived.original_id))} <= gone


def at_berne(sent, be):
    """The recording at the other office; inside its tenant."""
    return Recording.objects.select_related("mandate__affiliation__partner", "affiliation").get(pk=sent.arrived_as)


@pytest.mark.proves("REC-07")
def test_expert_unknown_there_is_decided_about_like_any_registration(recording, doctor, be, desk, mailbox):
    Person.objects.filter(pk=doctor.person.pk).update(language="de")
    sent = forwarded(recording, be, desk)
    (told,) = [mail for mail in mailbox() if mail.to == doctor.person.email and be.name_de in mail.text]
    assert ("Ihre Registrierung" in told.text, "Zermatten" in told.text) == (True, False)
    with tenant(be.pk):
        arrived, agent = at_berne(sent, be), factories.staff(be, "agent", "records", "vet")
        assert (arrived.affiliation.status, sessions.actor_of(doctor.person, be)) == ("requested", None)
        with pytest.raises(NotPossible):
            receiving.ask_redeposit(arrived, reason="MP3", by=agent)
        vetting.accept(by=agent, affiliation=arrived.affiliation)
        expert = sessions.actor_of(doctor.person, be)
        assert [one.pk for one in Mandate.objects.visible_to(expert)] == [arrived.mandate_id]
        mandate_acts.confirm(arrived.mandate, number="BE-7", by=agent)
        receiving.archive(arrived, by=agent)
        arrived = at_berne(sent, be)
        asked = receiving.ask_redeposit(arrived, reason="MP3", by=agent)
        again = factories.sent(on=arrived.mandate, by=expert)
        asked.refresh_from_db()
        arrived.refresh_from_db()
        assert (asked.answer_id, arrived.status) == (again.pk, Status.REPLACED)


def test_office_there_is_told_in_its_language_who_waits_for_a_decision(recording, be, desk, mailbox):
    be.languages = ["de", "fr"]
    be.save(update_fields=["languages"])
    sent = forwarded(recording, be, desk)
    with tenant(be.pk):
        deliver_all(be)
        (told,) = [mail for mail in mails() if mail.to == be.email]
        arrived = at_berne(sent, be)
    assert recording.mandate.insurer.name_de in told.text
    assert f"/be/bureau/inscriptions/{arrived.affiliation_id}/" in told.text


@pytest.mark.proves("REC-07")
def test_expert_refused_there_is_put_to_a_decision_again(recording, doctor, be, desk):
    sent = forwarded(recording, be, desk)
    with tenant(be.pk):
        agent = factories.staff(be, "agent", "records", "vet")
        arrived = at_berne(sent, be)
        with pytest.raises(NotPossible):
            experts.ask_again(arrived.mandate, by=agent)
        assert mandate_acts.page_of(arrived.mandate) == ""
        vetting.refuse(by=agent, affiliation=arrived.affiliation, reason="Qui est-ce ?")
        with pytest.raises(NotYours):
            experts.ask_again(arrived.mandate, by=factories.staff(be, "agent", "listen"))
        assert experts.ask_again(arrived.mandate, by=agent).status == "requested"
    second = factories.archived(by=doctor, agent=desk.records)
    once_more = forwarded(second, be, desk)
    with tenant(be.pk):
        assert at_berne(once_more, be).affiliation_id == arrived.affiliation_id
        assert arrived.affiliation.memberships.count() == 1


def test_expert_of_that_office_needs_no_decision(recording, doctor, be, desk):
    with tenant(be.pk):
        partner = doctor.affiliation.partner
        theirs = Affiliation.objects.create(
            insurer=be, partner=partner, kind="expert", status="accepted", decided_at=timezone.now()
        )
    sent = forwarded(recording, be, desk)
    with tenant(be.pk):
        assert (at_berne(sent, be).affiliation_id, theirs.memberships.count()) == (theirs.pk, 0)


def test_pages_say_where_it_went_and_what_is_to_decide(recording, doctor, be, desk, browser):
    receiving.ask_redeposit(recording, reason="Le fichier grésille", by=desk.records)
    sent = forwarded(recording, be, desk)
    page = browser(doctor).get(f"/vs/mandats/{recording.mandate_id}/").content.decode()
    shown = ("Office AI d&#x27;essai (be)" in page, "grésille" in page, "Choisir le fichier" in page)
    assert shown == (True, False, False)
    with tenant(be.pk):
        theirs, arrived = factories.staff(be, "agent", "records", "vet"), at_berne(sent, be)
        token, _session = sessions.open_session(
            person=theirs.person, space=be, factors="password sms", visitor=Visitor()
        )
    client = Client()
    client.cookies[cookies.SESSION] = token
    mandate = client.get(f"/be/bureau/mandats/{arrived.mandate_id}/").content.decode()
    asking = client.get(f"/be/bureau/enregistrements/{arrived.pk}/nouveau-depot/").content.decode()
    vetting_page = client.get(f"/be/bureau/inscriptions/{arrived.affiliation_id}/").content.decode()
    waits = "attend votre décision"
    assert (waits in mandate, waits in asking, 'name="reason"' in asking) == (True, True, False)
    assert "Un dossier transmis par un autre office a ouvert cette demande" in vetting_page
    at = f"/be/bureau/mandats/{arrived.mandate_id}/expert/"
    assert client.post(at).status_code == 409
    with tenant(be.pk):
        vetting.refuse(by=theirs, affiliation=arrived.affiliation, reason="Inconnu")
    assert client.post(at).status_code == 302


@pytest.mark.proves("REC-07", "ACC-02")
def test_expert_accepts_the_terms_of_the_other_office_before_anything_opens_there(recording, doctor, be, desk, audited):
    sent = forwarded(recording, be, desk)
    with tenant(be.pk):
        arrived, agent = at_berne(sent, be), factories.staff(be, "agent", "records", "vet")
        vetting.accept(by=agent, affiliation=arrived.affiliation)
        token, _session = sessions.open_session(
            person=doctor.person, space=be, factors="password sms", visitor=Visitor()
        )
    client, page, wanted = Client(), "/be/conditions/accepter/", f"/be/mandats/{arrived.mandate_id}/"
    client.cookies[cookies.SESSION] = token
    refused = client.get(wanted)
    assert (refused.status_code, refused.url) == (302, f"{page}?next={quote(wanted, safe='')}")
    assert client.post(wanted).status_code == 302
    assert client.get(wanted, headers={"Sec-Fetch-Dest": "empty"}).status_code == 403
    assert client.post(reverse("accounts:keepalive", args=["be"])).status_code == 204
    assert "Responsabilité de la société" in client.get(page).content.decode()
    assert client.post(page, {"next": wanted}).status_code == 422
    assert (client.post(page, {"next": wanted, "terms": "on"}).url, client.get(wanted).status_code) == (wanted, 200)
    assert client.post(page, {"terms": "on"}).status_code == 302
    with tenant(be.pk):
        accepted = TermsAcceptance.objects.get(person=doctor.person)
        assert accepted.text_hash == current_terms(be).text_hash
    assert [one["insurer_id"] for one in audited if one["action"] == "terms.accepted"] == [be.pk]
    again = forwarded(factories.archived(by=doctor, agent=desk.records), be, desk)
    with tenant(be.pk):
        assert at_berne(again, be).affiliation.memberships.get().owes_terms is False
