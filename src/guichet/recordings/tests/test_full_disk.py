"""A full server while a recording arrives: the offset stays true, the sender is told, nobody has to help (REL-04)."""

import hashlib

import pytest

from guichet import storage
from guichet.recordings.actions import ingesting
from guichet.recordings.models import Recording, Upload
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.recordings.tests.test_ingesting import again, decoded, fail_all_jobs, left_over
from guichet.recordings.tests.test_recorder_modules import address, chromium, run
from guichet.recordings.tests.test_tus import DATA, DIGEST, PART, PLAIN, create, patch, small_parts
from guichet.storage.cipher import part_place
from guichet.storage.store import backend, key_store
from guichet.storage.tests.full import full_beyond

__all__ = ["address", "chromium", "left_over", "run", "small_parts"]

KEY = 200  # bytes that the file of a key has room in


def on_disk(upload):
    with backend().open(upload.stored.insurer_id, upload.stored_id) as file:
        return len(file.read())


@pytest.mark.proves("REL-04", "REC-03")
def test_part_without_room_is_put_off_and_the_upload_goes_on_where_it_was(browser, doctor):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording)["Location"]
    assert patch(client, place, 0, DATA[:PART]).status_code == 204
    with full_beyond(part_place(1, PART) + 500):
        answer = patch(client, place, PART, DATA[PART : 2 * PART])
    assert (answer.status_code, answer["Retry-After"], answer["Tus-Resumable"]) == (507, "30", "1.0.0")
    assert on_disk(Upload.objects.get()) == part_place(1, PART)
    assert client.head(place, headers=PLAIN)["Upload-Offset"] == str(PART)
    for offset in (PART, 2 * PART):
        answer = patch(client, place, offset, DATA[offset : offset + PART], **{"Upload-Sha256": DIGEST})
        assert answer.status_code == 204
    upload = Upload.objects.get()
    assert storage.checksum(upload.stored, holder=upload.stored.holder) == hashlib.sha256(DATA).hexdigest()


@pytest.mark.proves("REL-04")
def test_upload_that_cannot_begin_leaves_the_one_before_it(browser, doctor, left_over):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording)["Location"]
    with full_beyond(0):
        assert create(client, recording).status_code == 507
    assert (Upload.objects.count(), left_over()) == (1, set())
    assert patch(client, place, 0, DATA[:PART]).status_code == 204


@pytest.mark.proves("REL-04", "REL-08")
def test_worker_without_room_leaves_nothing_and_comes_back_by_itself(doctor, vs, left_over, jobs):
    recording = factories.begun(by=doctor)
    assert ingesting.compare(factories.uploaded(recording, by=doctor))
    recording = Recording.objects.select_related("original", "insurer", "mandate").get()
    key_store().current(vs.pk)
    with full_beyond(KEY), pytest.raises(storage.NoRoom):
        decoded(recording)
    recording.refresh_from_db()
    assert (recording.status, recording.refusal, left_over()) == (Status.UPLOADING, "", set())
    fail_all_jobs()
    assert again(vs) == 1
    decoded(recording)
    recording.refresh_from_db()
    assert recording.status == Status.DEPOSITED
