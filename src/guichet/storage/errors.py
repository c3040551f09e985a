"""What can go wrong with stored bytes, by name."""

from __future__ import annotations


class StorageError(Exception):
    """Any refusal of this package."""


class TooLarge(StorageError):
    """The source holds more than the caller allows; nothing was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class NoRoom(StorageError, OSError):
    """The disk is full, or what this account may write: nothing was kept, and the same again may succeed later."""


class Corrupt(StorageError):
    """The stored bytes are not the bytes that were sealed: cut, swapped, flipped, moved or lost."""


class Destroyed(StorageError):
    """The object's key was shredded; its bytes are noise for ever."""


class NotHolder(StorageError):
    """The object's key is wrapped for somebody else: who asks may not read it, whatever a view says."""


class Unfinished(StorageError):
    """The upload is still on its way; there is nothing to read yet."""


class OtherContent(StorageError):
    """What arrived does not have the checksum the sender named."""


class Unreadable(StorageError):
    """No picture can be made of this document; `code` is a key of `inspection.codes.TEXTS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
