"""The fallback of the worker's sealing thread: once a minute, by whichever worker is alive."""

from __future__ import annotations

from procrastinate.contrib.django import app

from guichet.audit.anchor import anchor
from guichet.audit.sealing import seal_all


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="audit-upkeep", name="guichet.audit.upkeep")
def upkeep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate tells the minute
    """Seal what is pending, then write the heads and the new entries outside the database."""
    seal_all()
    anchor()
