"""One child process per question: nothing of one stranger's file is left when the next one comes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import Any, Final

MOST_AT_ONCE: Final = 2  # of this process; further questions wait
_WALL_FACTOR: Final = 3  # on a busy machine processor time takes longer
_free = threading.BoundedSemaphore(MOST_AT_ONCE)


def ask(operation: str, body: bytes, *, seconds: int, arguments: dict[str, Any]) -> tuple[dict[str, Any] | None, bytes]:
    """The child's answer and its body; None if it died, hung or talked nonsense.

    `seconds` is processor time; the wall clock may show three times as much.
    """
    head = json.dumps({"operation": operation, "seconds": seconds, "arguments": arguments}).encode() + b"\n"
    with _free:
        try:
            # the program is our own, its arguments are constants
            ended = subprocess.run(
                [sys.executable, "-P", "-m", "guichet.readers.child"],
                input=head + body,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
                timeout=seconds * _WALL_FACTOR,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None, b""
    return _read(ended.stdout) if ended.returncode == 0 else (None, b"")


def _read(said: bytes) -> tuple[dict[str, Any] | None, bytes]:
    first, _line, body = said.partition(b"\n")
    try:
        answer = json.loads(first)
    except ValueError:
        return None, b""
    return (answer, body) if isinstance(answer, dict) else (None, b"")
