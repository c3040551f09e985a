"""Random secrets of one data directory: made once, readable by their owner only, never a default."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def secret(var: Path, name: str) -> str:
    """The secret `name` of this data directory; made on first use (`var/secrets/<name>`, 0600)."""
    path = var / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)  # all or nothing, and the first of two wins
    except OSError:  # it exists, or this file system knows no links
        if not path.exists():
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path.read_text(encoding="ascii")


def known(var: Path, name: str) -> bool:
    """Whether the secret was made before."""
    return (var / "secrets" / name).is_file()
