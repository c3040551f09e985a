"""Why an act on a case was not done. Views turn these into words and a status."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guichet.formspec.reading import Reading


class CaseError(Exception):
    """Base of all answers of the casework that are not a success."""


class Stale(CaseError):
    """The draft was saved elsewhere in the meantime: nothing was overwritten (409)."""


class NotEditable(CaseError):
    """The case was sent or decided in the meantime (409)."""


class Blocked(CaseError):
    """The automatic checks found something that blocks the sending, or a warning without answer (422)."""

    def __init__(self, reading: Reading) -> None:
        super().__init__("blocked")
        self.reading = reading


class OtherContent(CaseError):
    """The same sending was already done with other content (409)."""


class Overtaken(CaseError):
    """Somebody else decided first (409)."""


class ReasonMissing(CaseError):
    """The sender must be told why (422)."""


class FileRefused(CaseError):
    """The upload was not taken; `text` tells what to do (413, 415 or 422)."""

    def __init__(self, text: str, *, status: int = 422) -> None:
        super().__init__(text)
        self.text, self.status = text, status
