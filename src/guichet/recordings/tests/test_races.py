"""Two acts at the same instant: one of them comes first, and nothing is left that the other should have reached."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from guichet import storage
from guichet.accounts.models import StaffRole
from guichet.recordings import partlog, streaming
from guichet.recordings.actions import court, deposits, ingesting, listening, recorder, uploads
from guichet.recordings.actions.listening_errors import TooFast
from guichet.recordings.holding import holder_of
from guichet.recordings.models import CourtPackage, CourtState, Recording
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.recordings.tests.listening_scenes import begun, lengthened
from guichet.storage.models import StoredObject
from guichet.tenancy.context import tenant

WANTED = court.Wanted(ground="appeal", court="Tribunal d'essai", court_reference="S1", receiver="Greffe")

pytestmark = pytest.mark.django_db(transaction=True)


def until_somebody_waits():
    """Until another connection waits for a lock of ours."""
    with connection.cursor() as cursor:
        for _ in range(3000):
            cursor.execute(
                "SELECT pg_sleep(0.02), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")


def both(vs, first, second):
    """`first` in a transaction of another connection that ends once `second` waits for it; gives what both return."""
    begun = Event()

    def hold():
        try:
            with tenant(vs.pk), transaction.atomic():
                found = first()
                begun.set()
                until_somebody_waits()
                return found
        finally:
            begun.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(hold)
        assert begun.wait(120)
        mine = second()
        return other.result(120), mine


def living(vs):
    return set(StoredObject.objects.filter(insurer=vs, destroyed_at=None).values_list("pk", flat=True))


@pytest.mark.proves("REC-08", "REC-15")
def test_file_let_go_at_the_moment_it_is_deposited_leaves_no_copy(vs, doctor):
    recording = factories.begun(by=doctor)
    assert ingesting.compare(factories.uploaded(recording, by=doctor))
    recording = Recording.objects.select_related("original", "insurer", "mandate").get()

    def deposit():
        with storage.Writer(insurer=vs, limit=100, holder=holder_of(recording.affiliation_id)) as out:
            out.write(b"copy")
            ingesting.keep(recording, original=recording.original, heard=factories.heard(), out=out)
        return living(vs)

    held, _ = both(vs, deposit, lambda: deposits.start_again(recording, by=doctor))
    recording.refresh_from_db()
    assert (len(held), living(vs), recording.status) == (3, set(), Status.UPLOADING)


@pytest.mark.proves("REC-03")
def test_last_part_that_is_written_while_another_file_is_chosen_makes_nobody_wait_for_ever(vs, doctor):
    upload = factories.uploading(factories.begun(by=doctor), by=doctor, data=b"sound")
    writing = Event()

    class SlowDisk(storage.Part):
        def write(self):
            writing.set()
            until_somebody_waits()
            super().write()

    def keep():
        try:
            with tenant(vs.pk):
                part = SlowDisk(upload.stored, 5, offset=0, holder=holder_of(doctor.affiliation.pk))
                part.add(b"sound")
                return uploads.keep(upload, part, by=doctor, sha256="0" * 64)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        kept = pool.submit(keep)
        assert writing.wait(20)
        deposits.start_again(upload.recording, by=doctor)
        assert kept.result(20) == 5
    assert living(vs) == set()


@pytest.mark.proves("REC-04")
def test_device_that_announces_twice_at_once_gets_the_same_recording(vs, doctor, desk):
    """The line broke while the server was still at the first one."""
    mandate, id_, now = factories.mandate(by=doctor, agent=desk.records), uuid4(), timezone.now()
    said = [partlog.Stretch(now - timedelta(minutes=9), now - timedelta(minutes=1), "end")]

    def announce():
        return recorder.announce(mandate, recording_id=id_, stretches=said, device_now=now, by=doctor).pk

    assert both(vs, announce, announce) == (id_, id_)
    assert Recording.objects.count() == 1


@pytest.mark.proves("REC-21")
def test_forty_segments_asked_for_at_once_are_served_as_far_as_the_buffer_goes(vs, doctor, desk):
    recording = lengthened(factories.archived(by=doctor, agent=desk.records))
    found, _token = begun(recording, desk.listener)
    keys, barrier = streaming.keys_of(found.pk, bytes(found.salt)), Barrier(8)

    def ask(number):
        try:
            if number <= 8:
                barrier.wait(120)
            with tenant(vs.pk):
                one = listening.find_piece(found.pk, insurer=vs, number=number)
                return bool(listening.serve(one, number, keys=keys))
        except TooFast:
            return False
        finally:
            connection.close()

    with time_machine.travel(found.started_at, tick=False), ThreadPoolExecutor(8) as pool:
        served = list(pool.map(ask, range(1, 41)))
    found.refresh_from_db()
    assert (sum(served), found.allowance_ms, found.throttled) == (15, 0, 25)
    assert sum(end - start for start, end in found.served) == 90_000


@pytest.mark.proves("REC-15")
def test_destruction_reaches_an_image_that_is_being_kept_at_that_moment(vs, doctor, desk):
    first, second = (factories.staff(vs, StaffRole.AGENT, "court") for _ in range(2))
    recording = factories.archived(by=doctor, agent=desk.records)
    package = court.ask(recording, wanted=WANTED, by=first)
    court.approve(package, by=second)

    def keep():
        """As the worker's last step does."""
        CourtPackage.objects.select_for_update().get(pk=package.pk)
        image = storage.put(b"image", insurer=vs, limit=100)
        CourtPackage.objects.filter(pk=package.pk).update(state=CourtState.READY, image=image)
        return image.pk

    def drop():
        with transaction.atomic():
            return {one.pk for one in court.drop(recording)}

    image, reached = both(vs, keep, drop)
    package.refresh_from_db()
    assert (image in reached, package.secret_id in reached, package.state) == (True, True, CourtState.OVER)
