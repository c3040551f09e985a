"""Finds what was forgotten: by a killed worker, a lost job, or an hour without gateway."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.notify.deliver import STUCK
from guichet.notify.doors import mail_doors
from guichet.notify.gateways import known_failures
from guichet.notify.models import Channel, OutboxItem, Status
from guichet.notify.queueing import enqueue_again, lock

BATCH: Final = 1000
GIVEN_UP: Final = timedelta(days=90)  # what nobody had sent again by then is forgotten; a proposal


def sweep() -> None:
    """Close what came too late and ask again for what is overdue, for the insurer of the moment."""
    now = timezone.now()
    forgotten = Q(status=Status.SENDING, claimed_at__lte=now - STUCK)
    too_late = OutboxItem.objects.filter(expires_at__lte=now).filter(Q(status=Status.WAITING) | forgotten)
    too_late.update(status=Status.EXPIRED, body=None)
    OutboxItem.objects.filter(status=Status.DEAD, created_at__lte=now - GIVEN_UP, queued_at__lte=now - GIVEN_UP).update(
        status=Status.EXPIRED, expires_at=now, body=None
    )
    overdue = OutboxItem.objects.filter(Q(status=Status.WAITING, next_try_at__lte=now) | forgotten)
    for channel, limit in ((Channel.SMS, BATCH), (Channel.MAIL, _mails_worth_trying())):
        items = overdue.filter(channel=channel).order_by("created_at", "pk")[:limit]
        _ask_for({lock(item.pk): item for item in items.only("pk", "insurer_id", "channel")})


def _mails_worth_trying() -> int:
    """All; none while the relay is put aside; one to find out, after that."""
    try:
        names = [door.name for door in mail_doors()]
    except ImproperlyConfigured:
        return 0
    failed = known_failures(names)
    if len(failed) < len(names):
        return BATCH
    return 0 if any(until > timezone.now() for until in failed.values()) else 1


def _ask_for(items: dict[str, OutboxItem]) -> None:
    """What has a job waiting needs no second one."""
    waiting = ProcrastinateJob.objects.filter(status="todo", queueing_lock__in=list(items))
    for name in waiting.values_list("queueing_lock", flat=True):
        items.pop(name)
    for item in items.values():
        enqueue_again(item.pk, insurer_id=item.insurer_id, channel=item.channel)
