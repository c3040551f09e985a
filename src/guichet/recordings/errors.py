"""Why an act on a mandate or a recording was not done. Views turn these into words and a status."""

from __future__ import annotations

from dataclasses import dataclass


class RecordingsError(Exception):
    """Base of all answers of these actions that are not a success."""


class NotPossible(RecordingsError):
    """The mandate or recording is not (any more) where this act begins (409)."""


class WaiverInForce(RecordingsError):
    """The insured person has waived the recording: nothing may be deposited or sent (409)."""


class Destroyed(RecordingsError):
    """Its destruction was asked for: the device that still has a copy erases it (409)."""


class OnHold(RecordingsError):
    """A legal hold: nothing may be destroyed; the text says why (409)."""


class TooLate(RecordingsError):
    """A waiver comes, or is revoked, after the interview (422)."""


class NumberTaken(RecordingsError):
    """Another mandate of the office has this number (422)."""


class Incomplete(RecordingsError):
    """Something must be said before the sending; `missing` names the fields (422)."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class FileRefused(RecordingsError):
    """The file is not taken; `code` is a key of `audio.refusals.REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FormatRefused(FileRefused):
    """A kind of file that is not taken (415)."""


class LengthRefused(FileRefused):
    """The announced length is nothing, or beyond the limit (413, 422)."""


class TooManyOpen(RecordingsError):
    """No upload begins: too much is under way or unsent already, of this account or of its office (429)."""

    def __init__(self, limit: Limit, number: int, size: int) -> None:
        super().__init__(f"{number} deposits, {size} bytes")
        self.limit, self.number, self.size = limit, number, size


@dataclass(frozen=True)
class Limit:
    """How many deposits may be under way or unsent at once, and how many bytes they may have announced."""

    of_office: bool
    number: int
    size: int


class WrongOffset(RecordingsError):
    """The part does not begin where the last acknowledged one ended (409)."""

    def __init__(self, offset: int) -> None:
        super().__init__(str(offset))
        self.offset = offset
