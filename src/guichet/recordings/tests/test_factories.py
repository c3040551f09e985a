"""The factories reach every state they name."""

import pytest

from guichet import storage
from guichet.recordings.holding import holder_of
from guichet.recordings.tests import factories


def test_factories_reach_every_state(vs, desk, doctor):
    found = [
        factories.begun(by=doctor),
        factories.deposited(by=doctor),
        factories.sent(by=doctor),
        factories.archived(by=doctor, agent=desk.records),
    ]
    assert [recording.status for recording in found] == ["uploading", "deposited", "sent", "archived"]


@pytest.mark.proves("REC-04")
def test_recording_is_the_experts_until_sent(vs, doctor, django_capture_on_commit_callbacks):
    recording = factories.deposited(by=doctor)
    mine = holder_of(doctor.affiliation.pk)
    for obj in (recording.original, recording.copy, recording.peaks):
        with pytest.raises(storage.NotHolder):
            storage.read(obj)
        assert storage.read(obj, holder=mine)
    with django_capture_on_commit_callbacks(execute=True):
        factories.sending.send(recording, declared=factories.declared(), by=doctor)
    for obj in (recording.original, recording.copy, recording.peaks):
        assert storage.read(obj)
        with pytest.raises(storage.NotHolder):
            storage.read(obj, holder=mine)
