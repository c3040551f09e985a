"""Mail and SMS: an outbox written with the act, workers that empty it, doors to the providers (MSG-01, 02, 03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guichet.notify.actions import mail, retry, sms

__all__ = ["mail", "retry", "sms"]


def __getattr__(name: str) -> Any:
    """Load the actions at first use: the tables they need do not exist yet while Django reads its applications."""
    if name in __all__:
        from guichet.notify import actions

        return getattr(actions, name)
    raise AttributeError(name)
