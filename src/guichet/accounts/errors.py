"""Why an action of accounts says no. Views turn each into words and a status; nothing else is caught."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Refused(Exception):
    """Base of all refusals."""


class WrongCredentialsError(Refused):
    """E-mail or password is wrong, or the account may not log in here: nobody learns which (422)."""


class ThrottledError(Refused):
    """Too often; `until` says when it may be tried again (429 with Retry-After)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class NoAttemptError(Refused):
    """The browser has no login in progress: begin again (302 to the login)."""


class WrongCodeError(Refused):
    """The code is not the one that was sent (422); `left` tries remain, `reason` is for the audit."""

    def __init__(self, reason: str, left: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.left = left


class CodeLockedError(ThrottledError):
    """Five wrong tries: only a new code helps, from `until` (429)."""


class DeadLinkError(Refused):
    """The link was used, replaced, revoked, or is too old (410)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownLinkError(Refused):
    """No such link (404)."""


class ConflictError(Refused):
    """Somebody was faster, or the state does not allow it (409); `code` picks the words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class InvalidFieldsError(Refused):
    """Typed values that cannot be taken (422): field → sentence."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors
