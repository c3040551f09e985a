"""Work done after the answer to the browser: files taken in, uploads nobody goes on with, deposits nobody sent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from guichet.recordings import tasks_custody as _custody  # noqa: F401 -- its tasks are registered with these
from guichet.tenancy.context import tenant
from guichet.tenancy.rounds import every_insurer

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer

CONTROLLED: Final = timedelta(minutes=15)  # after this a file without a job has been forgotten
KEPT: Final = timedelta(days=30)  # an upload that nobody goes on with


@app.task(name="recordings.take_in", queue="audio", retry=RetryStrategy(max_attempts=5, wait=10))
def take_in(*, insurer_id: int, upload_id: str) -> None:
    """Compare the checksum, decode, deposit or refuse (REC-02, REC-06)."""
    from guichet.recordings.actions import ingesting

    with tenant(insurer_id):
        ingesting.take_in(upload_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="recordings.take_up_again", queue="sweep", queueing_lock="recordings.take_up_again")
def take_up_again(timestamp: int) -> None:
    """Files that arrived whole and whose control failed for good are controlled again (REL-04)."""
    from guichet.recordings.actions import ingesting

    del timestamp  # the period's own number
    every_insurer(lambda insurer: ingesting.take_up_again(insurer, before=timezone.now() - CONTROLLED))


@app.periodic(cron="41 4 * * *")
@app.task(name="recordings.daily", queue="sweep", queueing_lock="recordings.daily")
def daily(timestamp: int) -> None:
    """Warnings at 30 and 100 days; uploads that were left are let go; yesterday's news for insured persons."""
    from guichet.recordings.actions import news, reminders, uploads

    del timestamp  # the period's own number

    def look_after(insurer: Insurer) -> None:
        reminders.remind(insurer)
        uploads.forget_stale(before=timezone.now() - KEPT)
        news.send(insurer)

    every_insurer(look_after)


# over six hours: nobody takes it up again, and a full disk (REL-04) lasts longer than half a minute
@app.task(name="recordings.redecode", queue="audio", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def redecode(*, insurer_id: int, recording_id: str, how: str) -> None:
    """« Décoder à nouveau » (REC-12)."""
    from guichet.recordings.actions import redecoding

    with tenant(insurer_id):
        redecoding.redecode(recording_id, how)


@app.periodic(cron="*/10 * * * *")
@app.task(name="recordings.listenings", queue="sweep", queueing_lock="recordings.listenings")
def listenings(timestamp: int) -> None:
    """End listenings that ran out; tell listeners some days before their access ends (REC-13)."""
    from guichet.recordings.actions import grants, listening

    del timestamp  # the period's own number

    def look_after(insurer: Insurer) -> None:
        listening.end_overdue(insurer)
        grants.remind(insurer)

    every_insurer(look_after)
