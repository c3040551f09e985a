"""What the child says instead of an answer."""

from __future__ import annotations


class Refused(Exception):
    """The bytes are not read; `code` is a key of `errors.REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
