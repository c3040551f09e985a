from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from guichet.storage.sweep import sweep_orphans

KEPT = timedelta(days=7)  # long enough to notice that a wrong backup was restored


@app.periodic(cron="17 3 * * *")
@app.task(name="storage.sweep", queue="sweep", queueing_lock="storage.sweep")
def sweep_storage(timestamp: int) -> None:  # noqa: ARG001 - procrastinate says when it was due
    """Every night: shred what has no row."""
    sweep_orphans(older_than=KEPT)
