"""What workers do for the outbox. Arguments are ids only."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from guichet.notify.deliver import deliver
from guichet.notify.queueing import TASK
from guichet.notify.sweep import sweep
from guichet.tenancy.context import tenant
from guichet.tenancy.rounds import every_insurer


@app.task(name=TASK)
def deliver_item(*, insurer_id: int, item_id: str) -> None:
    """Deliver one item of the outbox; doing it again is harmless."""
    with tenant(insurer_id):
        deliver(UUID(item_id))


@app.periodic(cron="* * * * *")
@app.task(name="notify.sweep", queue="sweep", queueing_lock="notify.sweep", priority=20)
def sweep_outboxes(timestamp: int) -> None:  # noqa: ARG001 - the moment it was planned for; only the present one counts
    """Every minute, for every insurer; trouble with one is not trouble for the next."""
    every_insurer(lambda _insurer: sweep())
