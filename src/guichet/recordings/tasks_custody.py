"""Work of custody: packages for courts are made, and destroyed after 24 hours."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from guichet.tenancy.context import tenant
from guichet.tenancy.rounds import every_insurer

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer

STALLED: Final = timedelta(hours=3)  # a package the worker never finished
SHREDDED: Final = timedelta(days=2)  # a destruction whose process died after its commit


@app.task(name="recordings.court_package", queue="audio", retry=RetryStrategy(max_attempts=3, wait=30))
def court_package(*, insurer_id: int, package_id: str) -> None:
    """Make a package that was approved (REC-14)."""
    from guichet.recordings.actions import court_making

    with tenant(insurer_id):
        court_making.make(package_id)


@app.periodic(cron="*/15 * * * *")
@app.task(name="recordings.court_over", queue="sweep", queueing_lock="recordings.court_over")
def court_over(timestamp: int) -> None:
    """Images of which the 24 hours are over go; what was never finished is given up, or finished."""
    from guichet.recordings.actions import court, destruction

    del timestamp  # the period's own number

    def look_after(insurer: Insurer) -> None:
        court.erase_over(insurer)
        court.stalled(insurer, before=timezone.now() - STALLED)
        destruction.finish(insurer, since=timezone.now() - SHREDDED)

    every_insurer(look_after)


@app.periodic(cron="23 1 * * *")
@app.task(name="recordings.integrity", queue="sweep", queueing_lock="recordings.integrity")
def integrity(timestamp: int) -> None:
    """Every night: read a share of the archive (REC-16)."""
    from guichet.recordings.actions import integrity as acts

    del timestamp  # the period's own number
    every_insurer(acts.verify_share)
