"""Delivers one item: claim, commit, talk to the provider, write down what it said.

At least once, never twice on purpose (P3): the row is claimed and committed before the provider is called, so that no
transaction waits for a network; a worker killed in between leaves the item `sending`, the sweep gives it to another
one after `STUCK`, and the Message-ID or reference is the same. An answer that comes late changes nothing, because it
belongs to a claim that is no longer the last one.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from guichet.notify import gateways
from guichet.notify.doors import Mail, Postponed, Refused, Sms, Unavailable, mail_doors, sms_doors
from guichet.notify.models import OPEN, Channel, OutboxItem, Status
from guichet.notify.queueing import enqueue_again
from guichet.notify.sealing import Unreadable, unseal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from guichet.notify.doors import MailDoor, SmsDoor

LIFE: Final = timedelta(hours=24)  # after that somebody must look at it
STUCK: Final = timedelta(seconds=60)  # three gateways take thirty seconds at most; the sweep adds up to a minute
BACK_OFF: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600, 1200, 2400, 3600))
MAX_FAULTS: Final = 5  # a message that breaks our own code is parked soon (R26)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt."""

    status: Status
    error: str = ""
    gateway: str = ""
    reference: str = ""
    next_try_at: datetime | None = None
    counts: bool = True  # False: no gateway worked, the message is not to blame


def deliver(item_id: UUID) -> None:
    """Deliver this item, or the older one of the same recipient that must go first; then see to the next."""
    item = claim(item_id)
    if item is None:
        return
    outcome = attempt(item)
    finish(item, outcome)
    if item.channel == Channel.MAIL and outcome.counts:
        _see_to_next(item)


def claim(item_id: UUID) -> OutboxItem | None:
    """Take an item that is due, or None if there is nothing to do or somebody else does it.

    Mails to one recipient leave in the order of the acts: the row lock makes claims queue up, and while one mail is
    being sent the next one waits for `_see_to_next`.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        item = OutboxItem.objects.filter(pk=item_id, status__in=OPEN).first()
        if item is None:
            return None
        line = _same_recipient(item) if item.channel == Channel.MAIL else OutboxItem.objects.filter(pk=item_id)
        chosen = line.filter(_due(now)).select_for_update().order_by("created_at", "pk").first()
        if chosen is None:
            late = OutboxItem.objects.filter(pk=item_id, status=Status.WAITING, expires_at__lte=now)
            late.update(status=Status.EXPIRED, body=None)
            return None
        if item.channel == Channel.MAIL and line.filter(status=Status.SENDING, claimed_at__gt=now - STUCK).exists():
            return None
        OutboxItem.objects.filter(pk=chosen.pk).update(
            status=Status.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    chosen.attempts += 1
    chosen.claimed_at = now
    return chosen


def attempt(item: OutboxItem) -> Outcome:
    """Talk to the gateways one after the other until one accepts. Writes nothing about the item."""
    try:
        doors: Sequence[MailDoor | SmsDoor] = mail_doors() if item.channel == Channel.MAIL else sms_doors()
        message = _message(item)
    except Unreadable:
        return Outcome(Status.DEAD, error="unreadable")
    except ImproperlyConfigured:
        log.exception("The doors of %s are not configured", item.channel)
        return _later(item, "configuration", timezone.now() + gateways.ASIDE, counts=False)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the queue goes on
        return _fault(item, fault)
    return _try_doors(item, message, doors)


def finish(item: OutboxItem, outcome: Outcome) -> None:
    """Write the outcome down, unless the item has been taken over by another worker meanwhile.

    While the mail relay is down, mails ask for nothing: the sweep tries one a minute, and all when that one left.
    """
    over = outcome.status in {Status.SENT, Status.EXPIRED}
    with transaction.atomic(durable=True):
        ours = OutboxItem.objects.filter(pk=item.pk, status=Status.SENDING, claimed_at=item.claimed_at).update(
            status=outcome.status,
            attempts=F("attempts") if outcome.counts else F("attempts") - 1,
            last_error=outcome.error,
            gateway=outcome.gateway,
            provider_reference=outcome.reference,
            next_try_at=outcome.next_try_at or item.next_try_at,
            sent_at=timezone.now() if outcome.status == Status.SENT else None,
            body=None if over else F("body"),
        )
        if ours and outcome.next_try_at and (outcome.counts or item.channel == Channel.SMS):
            enqueue_again(item.pk, insurer_id=item.insurer_id, channel=item.channel, at=outcome.next_try_at)


def _see_to_next(item: OutboxItem) -> None:
    """A later mail to the same recipient may have waited for this one."""
    due = _same_recipient(item).exclude(pk=item.pk).filter(_due(timezone.now())).order_by("created_at", "pk")
    if waiting := due.values_list("pk", flat=True).first():
        enqueue_again(waiting, insurer_id=item.insurer_id, channel=item.channel)


def _same_recipient(item: OutboxItem) -> QuerySet[OutboxItem]:
    return OutboxItem.objects.filter(
        insurer=item.insurer_id, channel=item.channel, recipient_hash=item.recipient_hash, status__in=OPEN
    )


def _due(now: datetime) -> Q:
    in_time = Q(expires_at=None) | Q(expires_at__gt=now)
    forgotten = Q(status=Status.SENDING, claimed_at__lte=now - STUCK)
    return in_time & (Q(status=Status.WAITING, next_try_at__lte=now) | forgotten)


def _message(item: OutboxItem) -> Mail | Sms:
    content = unseal(bytes(item.body or b""), insurer_id=item.insurer_id, item_id=item.pk)
    if item.channel == Channel.SMS:
        return Sms(item_id=item.pk, created_at=item.created_at, **content)
    return Mail(item_id=item.pk, created_at=item.created_at, language=item.language, **content)


def _try_doors(item: OutboxItem, message: Mail | Sms, doors: Sequence[MailDoor | SmsDoor]) -> Outcome:
    failed = gateways.known_failures(door.name for door in doors)
    errors: list[Refused | Postponed] = []
    code = "no gateway"
    for door in doors:
        now = timezone.now()
        if item.expires_at is not None and item.expires_at <= now:
            return Outcome(Status.EXPIRED)
        if failed.get(door.name, now) > now:
            code = "gateway put aside"
            continue
        try:
            reference = door.send(message)  # type: ignore[arg-type] # doors and message are of one channel
        except Unavailable as error:
            gateways.put_aside(door.name, error.code)
            log.warning("Gateway %s put aside: %s", door.name, error.code)
            code = error.code
            continue
        except (Refused, Postponed) as error:
            errors.append(error)
            reference = None
        except Exception as fault:  # noqa: BLE001 - whatever it is, the queue goes on
            return _fault(item, fault)
        if door.name in failed:
            gateways.take_back(door.name)  # it answered: it works
        if reference is not None:
            return Outcome(Status.SENT, gateway=door.name, reference=reference[:80])
    return _not_sent(item, doors, errors, code)


def _not_sent(
    item: OutboxItem, doors: Sequence[MailDoor | SmsDoor], errors: Sequence[Refused | Postponed], code: str
) -> Outcome:
    """Refused by all: dead. Postponed by one: back off. Otherwise: as soon as a gateway is no longer put aside.

    That last moment is the same for all waiting items, so that they leave in their order, and at most a minute
    away, so that an hour without gateway is made up for within minutes (REL-02).
    """
    if doors and len(errors) == len(doors) and all(isinstance(error, Refused) for error in errors):
        return Outcome(Status.DEAD, error=errors[0].code)
    if errors:
        return _back_off(item, errors[0].code)
    until = gateways.known_failures(door.name for door in doors).values()
    return _later(item, code, min(until, default=timezone.now() + gateways.ASIDE), counts=False)


def _fault(item: OutboxItem, fault: Exception) -> Outcome:
    """Our own mistake. Its words may quote content, its type does not."""
    code = f"fault {type(fault).__name__}"
    log.error("Item %s: %s", item.pk, code)
    return Outcome(Status.DEAD, error=code) if item.attempts >= MAX_FAULTS else _back_off(item, code)


def _back_off(item: OutboxItem, code: str) -> Outcome:
    pause = BACK_OFF[min(item.attempts, len(BACK_OFF)) - 1]
    return _later(item, code, timezone.now() + pause)


def _later(item: OutboxItem, code: str, at: datetime, *, counts: bool = True) -> Outcome:
    """Try again, but not beyond the item's life or use."""
    if item.expires_at is not None and at >= item.expires_at:
        at = item.expires_at
    if at >= item.queued_at + LIFE:
        return Outcome(Status.DEAD, error=code, counts=counts)
    return Outcome(Status.WAITING, error=code, next_try_at=at, counts=counts)
