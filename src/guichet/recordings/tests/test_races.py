"""Two acts at the same instant: one of them comes first, and nothing is left that the other should have reached."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from guichet import storage
from guichet.accounts.models import StaffRole
from guichet.recordings.actions import court
from guichet.recordings.models import CourtPackage, CourtState
from guichet.recordings.tests import factories
from guichet.tenancy.context import tenant

WANTED = court.Wanted(ground="appeal", court="Tribunal d'essai", court_reference="S1", receiver="Greffe")

pytestmark = pytest.mark.django_db(transaction=True)


def until_somebody_waits():
    """Until another connection waits for a lock of ours."""
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute("SELECT pg_sleep(0.02), count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")


@pytest.mark.proves("REC-15")
def test_destruction_reaches_an_image_that_is_being_kept_at_that_moment(vs, doctor, desk):
    first, second = (factories.staff(vs, StaffRole.AGENT, "court") for _ in range(2))
    recording = factories.archived(by=doctor, agent=desk.records)
    package = court.ask(recording, wanted=WANTED, by=first)
    court.approve(package, by=second)
    locked = Event()

    def keep():
        """As the worker's last step does."""
        try:
            with tenant(vs.pk), transaction.atomic():
                CourtPackage.objects.select_for_update().get(pk=package.pk)
                locked.set()
                until_somebody_waits()
                image = storage.put(b"image", insurer=vs, limit=100)
                CourtPackage.objects.filter(pk=package.pk).update(state=CourtState.READY, image=image)
                return image.pk
        finally:
            locked.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(keep)
        locked.wait(20)
        with transaction.atomic():
            reached = {one.pk for one in court.drop(recording)}
        image = worker.result(20)
    package.refresh_from_db()
    assert (image in reached, package.secret_id in reached, package.state) == (True, True, CourtState.OVER)
