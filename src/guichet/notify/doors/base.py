"""What every door to the outside takes, gives back and may say instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

TIMEOUT: Final = 10.0  # seconds a provider may take for one message, everything included
STEP_TIMEOUT: Final = 5.0  # seconds for one read or write within them


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail as it will leave. `item_id` makes the Message-ID, the same at every attempt."""

    item_id: UUID
    created_at: datetime
    to: str
    sender: str  # display name: the insurer's
    reply_to: str
    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Sms:
    """An SMS as it will leave. `to` is E.164, `text` fits 160 characters of GSM 03.38."""

    item_id: UUID
    created_at: datetime
    to: str
    text: str


class DoorError(Exception):
    """It did not leave. `code` says why in a few words, and never quotes content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:80]


class Refused(DoorError):
    """The message will never be accepted by this provider (unknown mailbox, invalid number)."""


class Postponed(DoorError):
    """The message may be accepted later (greylisting, mailbox full); the provider itself works."""


class Unavailable(DoorError):
    """The provider does not work at all for us: down, slow, answering nonsense, or refusing our credentials."""


class MailDoor(Protocol):
    """Sends mails."""

    @property
    def name(self) -> str:
        """Known to the operators, without secrets."""

    def send(self, message: Mail) -> str:
        """Give the provider's reference, or raise one of the three errors above."""


class SmsDoor(Protocol):
    """Sends SMS."""

    @property
    def name(self) -> str:
        """Known to the operators, without secrets."""

    def send(self, message: Sms) -> str:
        """Give the provider's reference, or raise one of the three errors above."""
