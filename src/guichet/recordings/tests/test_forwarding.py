"""Sent to the wrong office: it goes on to the right one, and nothing opens it here any more (REC-07)."""

import pytest

from guichet import storage
from guichet.recordings.actions import destruction, forwarding, listening, receiving
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
