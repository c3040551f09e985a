"""The twin for tests: keeps what would leave, and behaves as badly as one asks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from guichet.notify.doors.base import DoorError, Mail, Sms


class MemoryDoor:
    """All instances of one name share their memory: the one the worker builds and the one the test looks at."""

    kept: ClassVar[dict[str, list[Mail | Sms]]] = {}
    mood: ClassVar[dict[str, DoorError]] = {}  # raised instead of keeping, until removed
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, name: str = "memory") -> None:
        self.name = name

    def send(self, message: Mail | Sms) -> str:
        """Keep it, or raise what the test wants to see."""
        if error := self.mood.get(self.name):
            raise error
        with self._lock:
            self.kept.setdefault(self.name, []).append(message)
        return str(message.item_id)

    @classmethod
    def forget(cls) -> None:
        """Start anew."""
        cls.kept.clear()
        cls.mood.clear()
