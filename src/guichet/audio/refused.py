from __future__ import annotations


class NotTaken(Exception):
    """A recording that is not taken; `code` is a key of `refusals.REFUSALS`. Raised in the child only."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
