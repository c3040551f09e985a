"""Finds what was forgotten: by a killed worker, a lost job, or an hour without gateway."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.notify.deliver import STUCK
from guichet.notify.models import OPEN, OutboxItem, Status
from guichet.notify.queueing import enqueue, lock

PATIENCE: Final = timedelta(seconds=30)  # the item's own job is given this long to come first
BATCH: Final = 1000


def sweep() -> None:
    """Close what came too late and ask again for what is overdue, for the insurer of the moment."""
    now = timezone.now()
    forgotten = Q(status=Status.SENDING, claimed_at__lte=now - STUCK)
    too_late = OutboxItem.objects.filter(expires_at__lte=now).filter(Q(status=Status.WAITING) | forgotten)
    too_late.update(status=Status.EXPIRED, body=None)
    overdue = OutboxItem.objects.filter(status__in=OPEN).filter(
        Q(status=Status.WAITING, next_try_at__lte=now - PATIENCE) | forgotten
    )
    items = list(overdue.order_by("next_try_at", "created_at").values_list("pk", "insurer_id", "channel")[:BATCH])
    has_job = set(
        ProcrastinateJob.objects.filter(status="todo", queueing_lock__in=[lock(pk) for pk, _, _ in items]).values_list(
            "queueing_lock", flat=True
        )
    )
    for pk, insurer_id, channel in items:
        if lock(pk) not in has_job:
            enqueue(pk, insurer_id=insurer_id, channel=channel)
