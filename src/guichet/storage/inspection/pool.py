"""Child processes that look into files: kept for the next question, killed and replaced when they fail."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from typing import IO, Any, Final

from guichet.sandbox import frames

MOST_CHILDREN: Final = 2  # of this process; further questions wait
MOST_QUESTIONS: Final = 500  # then a fresh child, in case a library leaks
WALL_FACTOR: Final = 10  # on a busy machine processor time takes longer


class ChildFailed(Exception):
    """The child died, hung or talked nonsense over this question."""


class Child:
    """One process."""

    def __init__(self) -> None:
        self.answered = 0
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "guichet.storage.inspection.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, head: dict[str, Any], body: bytes, *, seconds: float) -> tuple[dict[str, Any], bytes]:
        """One question, one answer within this time (wall clock). Raises `ChildFailed`."""
        end = threading.Timer(seconds, self._process.kill)
        end.daemon = True
        end.start()
        try:
            frames.send(self._to, head, body)
            answer = frames.receive(self._from)
        except (OSError, EOFError, frames.Broken):
            raise ChildFailed from None
        finally:
            end.cancel()
            end.join()
        self.answered += 1
        return answer

    def close(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self.let_go()

    def let_go(self) -> None:
        """Close our ends of the pipes and have nothing more to do with it."""
        self._process.returncode = self._process.returncode or 0
        for pipe in (self._to, self._from):
            try:
                pipe.close()
            except OSError:
                continue

    @property
    def _to(self) -> IO[bytes]:
        assert self._process.stdin  # noqa: S101 - it was asked for
        return self._process.stdin

    @property
    def _from(self) -> IO[bytes]:
        assert self._process.stdout  # noqa: S101 - it was asked for
        return self._process.stdout


class Pool:
    """The children of one process, made when first needed."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(MOST_CHILDREN)
        self._idle: list[Child] = []

    def ask(
        self, operation: str, body: bytes, *, cpu_seconds: int, **arguments: object
    ) -> tuple[dict[str, Any], bytes]:
        """Put one question to a child. Raises `ChildFailed`; the next question gets another child."""
        head = {"operation": operation, "cpu_seconds": cpu_seconds, "arguments": arguments}
        with self._free:
            child = self._take()
            try:
                answer = child.ask(head, body, seconds=cpu_seconds * WALL_FACTOR)
            except BaseException:
                child.close()
                raise
            if answer[0].get("worn") or child.answered >= MOST_QUESTIONS:
                child.close()
            else:
                self._idle.append(child)
            return answer

    def close(self) -> None:
        """End all idle children."""
        while self._idle:
            self._idle.pop().close()

    def let_go(self) -> None:
        """Leave the idle children to another process."""
        while self._idle:
            self._idle.pop().let_go()

    def _take(self) -> Child:
        while True:
            try:
                child = self._idle.pop()
            except IndexError:
                return Child()
            if child.is_alive:
                return child
            child.close()


pool = Pool()


def _forget_parents_children() -> None:
    """A forked process makes its own children: two must not talk over one pipe."""
    global pool  # noqa: PLW0603 - the one place that replaces it
    pool.let_go()
    pool = Pool()


def _end() -> None:
    pool.close()


os.register_at_fork(after_in_child=_forget_parents_children)
atexit.register(_end)
