"""A job outlives its worker, and a job that kills workers is set aside."""

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from guichet.config.management.commands.worker import sweep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("REL-08")]


def _job_of_a_worker(*, silent_seconds, attempts=0):
    """A job that a worker took and did not finish; it last said something so many seconds ago."""
    job = app.configure_task("guichet.example", allow_unknown=True).defer()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [silent_seconds],
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
            [worker, attempts, job],
        )
    return job


def _sweep():
    async def once():
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            async with worker.open_async():
                return await sweep(worker)

    return asyncio.run(once())


def _state(job):
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()


def test_job_of_a_dead_worker_goes_back_to_the_queue():
    job = _job_of_a_worker(silent_seconds=30)
    assert (_sweep(), _state(job)) == (1, ("todo", 1))


def test_job_of_a_living_worker_is_left_alone():
    job = _job_of_a_worker(silent_seconds=5)
    assert (_sweep(), _state(job)) == (0, ("doing", 0))


def test_job_that_killed_five_workers_is_set_aside():
    job = _job_of_a_worker(silent_seconds=30, attempts=4)
    assert (_sweep(), _state(job)) == (1, ("failed", 5))
