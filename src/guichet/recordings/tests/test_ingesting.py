"""A file that has arrived is controlled once, whether its job dies, doubles or fails for good (REL-04, REL-08)."""

import math
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from guichet import storage
from guichet.recordings.actions import deposits, ingesting
from guichet.recordings.holding import holder_of
from guichet.recordings.models import Recording
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.storage.models import StoredObject
from guichet.storage.store import backend, key_store

SOON = timedelta(hours=1)


def fail_all_jobs():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'recordings.take_in'")


def again(insurer):
    return ingesting.take_up_again(insurer, before=timezone.now() + SOON)


def unclaimed(insurer):
    """Keys and bytes on the disk that no living row names."""
    living = set(StoredObject.objects.filter(insurer=insurer, destroyed_at=None).values_list("pk", flat=True))
    keys = set(key_store().objects(insurer.pk, before=math.inf))
    return (keys | set(backend().objects(insurer.pk, before=math.inf))) - living


@pytest.fixture
def left_over(vs):
    """What this test leaves of that; an insurer of a test before may have had the same number."""
    before = unclaimed(vs)
    return lambda: unclaimed(vs) - before


def decoded(recording):
    """As the worker does it, with what the sound door would say."""
    with storage.Writer(insurer=recording.insurer, limit=10**7, holder=holder_of(recording.affiliation_id)) as out:
        out.write(factories.listening_copy())
        ingesting.keep(recording, original=recording.original, heard=factories.heard(), out=out)


@pytest.mark.proves("REL-04", "REL-08")
@pytest.mark.parametrize("compared", [False, True])
def test_file_whose_job_failed_for_good_is_taken_up_again(doctor, vs, jobs, compared):
    upload = factories.uploaded(factories.begun(by=doctor), by=doctor)
    assert again(vs) == 0  # its job still waits
    if compared:
        assert ingesting.compare(upload)
    fail_all_jobs()
    assert ingesting.take_up_again(vs, before=timezone.now() - SOON) == 0
    assert (again(vs), again(vs)) == (1, 0)
    assert jobs("recordings.take_in") == [{"insurer_id": vs.pk, "upload_id": str(upload.pk)}]


def test_what_is_refused_given_up_or_controlled_is_left_alone(doctor, vs):
    refused, left, done = (factories.begun(by=doctor) for _ in range(3))
    assert ingesting.compare(factories.uploaded(refused, by=doctor))
    refused.refresh_from_db()
    ingesting.refuse(refused, code="audio.silent")
    factories.uploaded(left, by=doctor)
    deposits.start_again(left, by=doctor)
    factories.take_in(done, by=doctor)
    fail_all_jobs()
    assert again(vs) == 0


@pytest.mark.proves("REL-01", "REC-04")
def test_job_that_runs_twice_keeps_one_copy_and_leaves_nothing(doctor, left_over):
    recording = factories.begun(by=doctor)
    assert ingesting.compare(factories.uploaded(recording, by=doctor))
    first, second = (Recording.objects.select_related("original", "insurer", "mandate").get() for _ in range(2))
    decoded(first)
    recording.refresh_from_db()
    copy = recording.copy_id
    decoded(second)
    recording.refresh_from_db()
    assert (recording.status, recording.copy_id, left_over()) == (Status.DEPOSITED, copy, set())
    assert recording.events.filter(act="deposited").count() == 1


@pytest.mark.proves("REC-08", "REL-08")
@pytest.mark.parametrize("meanwhile", ["again", "abandon"])
def test_file_replaced_while_it_is_decoded_is_not_deposited(
    doctor, left_over, meanwhile, django_capture_on_commit_callbacks
):
    recording = factories.begun(by=doctor)
    assert ingesting.compare(factories.uploaded(recording, by=doctor))
    recording = Recording.objects.select_related("original", "insurer", "mandate").get()
    with django_capture_on_commit_callbacks(execute=True):
        {"again": deposits.start_again, "abandon": deposits.abandon}[meanwhile](recording, by=doctor)
    if meanwhile == "abandon":
        with pytest.raises(Recording.DoesNotExist):
            decoded(recording)
    else:
        decoded(recording)
        assert Recording.objects.get().status == Status.UPLOADING
    assert left_over() == set()
