"""What others ask of this package: send a mail, send an SMS, try a dead one again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from guichet.notify.compose import compose_mail, compose_sms
from guichet.notify.models import Channel, OutboxItem, Status
from guichet.notify.queueing import enqueue, enqueue_again
from guichet.notify.sealing import recipient_hash, seal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from guichet.tenancy.models import Insurer


class NotDead(Exception):
    """The item cannot be tried again: it was sent, is still on its way, or has expired."""


class Record(Protocol):
    """The audit's `record`, handed in by the caller: this package and the audit are neighbours."""

    def __call__(self, action: str, *, insurer_id: int | None, by: Any, on: str, object_id: str = "") -> None:
        """Write one entry in the running transaction."""


class By(Protocol):
    """Whoever acts: `guichet.accounts.access.Actor` is one."""

    @property
    def who(self) -> Any:
        """The person as the audit writes her down."""


def mail(
    template: str,
    *,
    insurer: Insurer,
    to: str,
    language: str,
    context: Mapping[str, Any],
    key: str,
    expires_at: datetime | None = None,
) -> bool:
    """Write a mail into the outbox, in the running transaction and the recipient's language.

    `accounts/invitation` means the templates `accounts/mail/invitation.subject.txt`, `.txt` and, if there is one,
    `.html`. True if it is new, False if the same `key` was used before. Raises `ValueError` for an address or subject
    with a line break and `TransactionManagementError` outside a transaction.
    """
    content = compose_mail(template, insurer=insurer, to=to, language=language, context=context)
    return _write(Channel.MAIL, template, insurer, content, language=language, key=key, expires_at=expires_at)


def sms(
    template: str,
    *,
    insurer: Insurer,
    to: str,
    language: str,
    context: Mapping[str, Any],
    key: str,
    expires_at: datetime,
) -> bool:
    """Write an SMS into the outbox; it is never sent at or after `expires_at`.

    `accounts/code` means the template `accounts/sms/code.txt`, which besides the context knows `signature` (the
    insurer's) and `host`. Context values are letters, digits, colons and dots, 16 at most. Returns and raises like
    `mail`, and `ValueError` for a text over 160 characters.
    """
    content = compose_sms(template, insurer=insurer, to=to, language=language, context=context)
    return _write(Channel.SMS, template, insurer, content, language=language, key=key, expires_at=expires_at)


def retry(*, item_id: UUID, insurer: Insurer, by: By, record: Record) -> None:
    """Give a dead item another 24 hours. Raises `NotDead` if it is not dead or would arrive too late."""
    now = timezone.now()
    in_time = Q(expires_at=None) | Q(expires_at__gt=now)
    with transaction.atomic():
        item = OutboxItem.objects.filter(in_time, pk=item_id, insurer=insurer, status=Status.DEAD)
        channel = item.values_list("channel", flat=True).first()
        if channel is None or not item.update(status=Status.WAITING, attempts=0, queued_at=now, next_try_at=now):
            raise NotDead
        record("outbox.retried", insurer_id=insurer.pk, by=by.who, on="outbox_item", object_id=str(item_id))
        enqueue_again(item_id, insurer_id=insurer.pk, channel=channel)


def _write(
    channel: Channel,
    template: str,
    insurer: Insurer,
    content: Mapping[str, str],
    *,
    language: str,
    key: str,
    expires_at: datetime | None,
) -> bool:
    if not connection.in_atomic_block:
        raise TransactionManagementError("A mail or SMS is written in the transaction of the act that causes it.")
    item_id, now = uuid4(), timezone.now()
    row = {
        "id": item_id,
        "insurer_id": insurer.pk,
        "channel": channel.value,
        "key": key,
        "template": template,
        "language": language,
        "recipient_hash": recipient_hash(content["to"]),
        "body": seal(content, insurer_id=insurer.pk, item_id=item_id),
        "status": Status.WAITING.value,
        "attempts": 0,
        "queued_at": now,
        "next_try_at": now,
        "expires_at": expires_at,
        "created_at": now,
        "gateway": "",
        "provider_reference": "",
        "last_error": "",
    }
    if not _insert_once(row):
        return False
    enqueue(item_id, insurer_id=insurer.pk, channel=channel)
    return True


def _insert_once(row: Mapping[str, Any]) -> bool:
    """Insert unless the key exists. The ORM can ignore conflicts, but does not say whether there was one."""
    columns = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notify_outboxitem ({columns}) VALUES ({places}) "  # noqa: S608 - our own column names
            "ON CONFLICT (insurer_id, key) DO NOTHING RETURNING id",
            list(row.values()),
        )
        return cursor.fetchone() is not None
