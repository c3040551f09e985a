"""Why somebody hears nothing. Views turn these into a status and words."""

from __future__ import annotations


class ListeningError(Exception):
    """Base of all of them."""


class NotYours(ListeningError):
    """No session, another one's, a wrong signature, or the right is gone (403)."""


class Over(ListeningError):
    """The listening, its grant or the recording is over: ended, expired, revoked, destroyed (410)."""


class TooFast(ListeningError):
    """Faster than anybody can listen; again in `seconds` (429)."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class NotServed(ListeningError):
    """The browser says it played what it was never sent (422)."""


class NotListenable(ListeningError):
    """The recording cannot be listened to in its state (409)."""


class UnknownGround(ListeningError):
    """No ground of OPGA 7l, or not one for this role (422)."""
