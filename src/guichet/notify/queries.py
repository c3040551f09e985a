"""What pages show about the outbox: the state of one message, and what needs a human being."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.notify.doors import sms_doors
from guichet.notify.gateways import known_failures
from guichet.notify.models import OutboxItem, Status
from guichet.notify.sealing import recipient_hashes

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.tenancy.models import Insurer


def status_of(insurer: Insurer, key: str) -> Status | None:
    """Waiting, sent, dead or expired, shown beside the field of the code (ACC-04). None: no such key."""
    status = OutboxItem.objects.filter(insurer=insurer, key=key).values_list("status", flat=True).first()
    if status is None:
        return None
    return Status.WAITING if status == Status.SENDING else Status(status)


def dead_letters(insurer: Insurer) -> QuerySet[OutboxItem]:
    """What could not be delivered, newest first, without its content (MSG-02)."""
    return OutboxItem.objects.filter(insurer=insurer, status=Status.DEAD).defer("body").order_by("-created_at", "-pk")


def exists(item_id: UUID, *, insurer: Insurer) -> bool:
    """Whether this insurer ever wrote it."""
    return OutboxItem.objects.filter(insurer=insurer, pk=item_id).exists()


def sent_to(insurer: Insurer, recipient: str) -> QuerySet[OutboxItem]:
    """Everything ever written to an address or number, newest first, without content: for support."""
    items = OutboxItem.objects.filter(insurer=insurer, recipient_hash__in=recipient_hashes(recipient))
    return items.defer("body").order_by("-created_at", "-pk")


def sms_works() -> bool:
    """False while every SMS gateway is put aside: the login then offers the other factors at once (R09)."""
    names = [door.name for door in sms_doors()]
    failed, now = known_failures(names), timezone.now()
    return any(failed.get(name, now) <= now for name in names)
