from __future__ import annotations


class Refused(Exception):
    """A file that is not taken; `code` is a key of `codes.REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
