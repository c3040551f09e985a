"""Keeps a few processes alive, and ends them with itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from guichet.config.local import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_PAUSES: Final = (0.1, 0.5, 1.0, 2.0, 5.0)  # seconds before each restart of a service that keeps failing
_HEALTHY_SECONDS: Final = 10.0


class Failed(Exception):
    """A step that must succeed did not; the message ends with what it wrote."""


class Interrupted(Exception):
    """Somebody asked the whole to end."""


def guichet(*arguments: str) -> list[str]:
    """The command line of this very program."""
    return [sys.executable, "-m", "guichet.config.cli", *arguments]


@dataclass
class Service:
    """One process that runs as long as its supervisor, restarted when it ends."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    not_before: float = 0.0

    def start(self) -> None:
        """Start it; its words go to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
            )
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Start it again if it ended, at once the first time and slower while it keeps failing."""
        now = time.monotonic()
        if self.process and self.process.poll() is not None:
            self.failures = 0 if now - self.started_at > _HEALTHY_SECONDS else self.failures + 1
            self.not_before = now + _PAUSES[min(self.failures, len(_PAUSES) - 1)]
            self.process = None
        if self.process is None and now >= self.not_before:
            self.start()

    def stop(self) -> None:
        """Let it finish what it has in hand, then end it."""
        if self.process:
            processes.end(self.process, (signal.SIGTERM, 25.0))
            self.process = None


def step(command: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a command that ends by itself; see `finished`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
        )


def finished(process: subprocess.Popen[bytes], log: Path, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Wait for a step. Raises `Failed` with the end of its log."""
    while process.poll() is None:
        if should_stop():
            processes.end(process, (signal.SIGTERM, 5.0))
            raise Interrupted
        time.sleep(0.02)
    if process.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        raise Failed(f"{log.stem} failed:\n{tail}")
