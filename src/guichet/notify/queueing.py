"""Asks a worker to deliver an item. The job carries ids only and is written in the transaction of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from guichet.notify.models import Channel

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

TASK: Final = "notify.deliver"
_PRIORITY: Final = {Channel.SMS: 10, Channel.MAIL: 0}  # somebody waits in front of a page for the code


def enqueue(item_id: UUID, *, insurer_id: int, channel: str, at: datetime | None = None) -> None:
    """Ask for an item nobody has asked for yet; raises `AlreadyEnqueued` otherwise, which spoils the transaction."""
    job = configure_task(
        name=TASK,
        job_manager=JobManager(DjangoConnector()),  # the worker's own connector writes outside our transaction
        queue=channel,  # a slow mail relay never holds up codes
        priority=_PRIORITY[Channel(channel)],
        queueing_lock=lock(item_id),
        schedule_at=at,
    )
    job.defer(insurer_id=insurer_id, item_id=str(item_id))


def enqueue_again(item_id: UUID, *, insurer_id: int, channel: str, at: datetime | None = None) -> None:
    """Ask once more. One waiting job per item is enough: a second one is dropped."""
    try:
        with transaction.atomic():
            enqueue(item_id, insurer_id=insurer_id, channel=channel, at=at)
    except AlreadyEnqueued:
        return


def lock(item_id: UUID) -> str:
    """The name under which at most one job waits."""
    return f"{TASK}:{item_id}"
