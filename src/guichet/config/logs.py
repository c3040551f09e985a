"""What a line of the log must not say: the secret of a link (OWASP ASVS 16.2.5)."""

from __future__ import annotations

import logging
import re
from typing import Final

_SECRET: Final = re.compile(r"(?<=/)(?:[A-Za-z0-9_-]{27,35}|[A-Za-z0-9_-]{37,})(?=[/?\s]|$)")
"""A part of an address as long as a secret; an id has 36 signs."""


class Unlinked(logging.Filter):
    """Takes the secrets out of addresses: Django names the address of every request it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the line; it is always written."""
        said = record.getMessage()
        if (tame := _SECRET.sub("…", said)) != said:
            record.msg, record.args = tame, None
        return True
