"""For the tests of other packages: deliver at once, and look at what arrived.

Set `MAIL_DOOR = "memory:mail"` and `SMS_DOORS = ["memory:sms"]`; a worker is not needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.notify.deliver import deliver
from guichet.notify.doors.base import Mail, Sms
from guichet.notify.doors.memory import MemoryDoor
from guichet.notify.models import OPEN, OutboxItem
from guichet.tenancy.context import tenant

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


def deliver_all(insurer: Insurer) -> None:
    """Try everything that waits once, oldest first."""
    with tenant(insurer.pk):
        waiting = OutboxItem.objects.filter(insurer=insurer, status__in=OPEN).order_by("created_at", "pk")
        for item_id in list(waiting.values_list("pk", flat=True)):
            deliver(item_id)


def mails() -> list[Mail]:
    """The mails kept in memory, in the order in which they left."""
    return [message for message in MemoryDoor.kept.get("mail", []) if isinstance(message, Mail)]


def texts() -> list[Sms]:
    """The SMS kept in memory, in the order in which they left."""
    return [message for message in MemoryDoor.kept.get("sms", []) if isinstance(message, Sms)]
