"""The asking side: start a child, see its locks, put the question, serve it, and end it whatever it does."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, NamedTuple

from guichet.sandbox import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from guichet.sandbox.locks import Lock

_MOST_AT_ONCE: Final = 8 * 1024 * 1024  # bytes of the file served in one turn
_LOADING_SECONDS: Final = 60.0  # for the child to start on a busy machine
_DYING_SECONDS: Final = 5.0  # between the end of its pipe and the end of itself
_FROM_OUTSIDE: Final = {
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGKILL,
}  # no file makes a parser send them


class Unlocked(Exception):
    """No lock fell on the child: this kernel cannot keep a parser from files and network, and nothing was asked."""


class ChildFailed(Exception):
    """No answer. `how` is died, hung, slow (processor time used up), memory, parser (it raised), or ended.

    « ended » says nothing of the question: somebody ended the child from outside, as a service that is being stopped or
    a machine without memory does. Ask again.
    """

    def __init__(self, how: Literal["died", "hung", "slow", "memory", "parser", "ended"], details: str = "") -> None:
        super().__init__(f"{how}: {details}" if details else how)
        self.how = how
        self.details = details


class Answer(NamedTuple):
    """What the program returned. Nothing of it is to be trusted beyond its form."""

    said: dict[str, Any]
    made: bytes


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one question may cost."""

    memory_bytes: int = 512 * 1024 * 1024  # beyond what the loaded program takes
    cpu_seconds: int = 30
    wall_seconds: float = 120.0
    silent_seconds: float = 60.0  # without a word of the child: it hangs
    most_written: int = 0  # bytes the child may hand over by `parent.write`


def run(
    program: str,
    question: dict[str, Any],
    body: bytes = b"",
    *,
    limits: Limits | None = None,
    source: BinaryIO | None = None,
    sink: Callable[[bytes], object] | None = None,
    heard: Callable[[dict[str, Any]], object] | None = None,
    locks: Collection[Lock] | None = None,
    allow_unlocked: bool = False,
) -> Answer:
    """Put a question to a fresh child running the module `program`.

    `source` (seekable) is what the child reads by offset, `sink` takes what it writes, `heard` what it tells on the
    way; what these three raise ends the child and is passed on. `locks` is for tests: by default all that help fall.
    Raises `ChildFailed`, and `Unlocked` unless `allow_unlocked`, before a single byte is handed over.
    """
    limits = limits or Limits()
    child = _Child(program, limits, locks)
    try:
        if not child.receive(_LOADING_SECONDS).said.get("locks") and not allow_unlocked:
            raise Unlocked
        child.send(question, body)
        return _served(child, source, sink, heard)
    finally:
        child.end()


def _served(
    child: _Child,
    source: BinaryIO | None,
    sink: Callable[[bytes], object] | None,
    heard: Callable[[dict[str, Any]], object] | None,
) -> Answer:
    """Serve the child until it answers."""
    written = 0
    while True:
        said, made = child.receive(child.limits.silent_seconds)
        if "read" in said:
            child.send({}, _piece(source, said["read"]))
        elif "write" in said:
            written += len(made)
            if sink is None or written > child.limits.most_written:
                raise ChildFailed("died", "it wrote more than it may")
            sink(made)
        elif "tell" in said:
            if heard is not None and isinstance(said["tell"], dict):
                heard(said["tell"])
        elif "failed" in said:
            raise ChildFailed("memory" if said["failed"] == "memory" else "parser", str(said.get("how", "")))
        else:
            return Answer(said, made)


def _piece(source: BinaryIO | None, wanted: object) -> bytes:
    match wanted:
        case [int(offset), int(length)] if source is not None and offset >= 0 and length >= 0:
            source.seek(offset)
            return source.read(min(length, _MOST_AT_ONCE))
    raise ChildFailed("died", "it asked for what there is not")


class _Child:
    """One process; its pipes never make the parent wait longer than it wants to."""

    def __init__(self, program: str, limits: Limits, locks: Collection[Lock] | None) -> None:
        self.limits = limits
        self._deadline = time.monotonic() + limits.wall_seconds + _LOADING_SECONDS
        terms = {**asdict(limits), "locks": None if locks is None else sorted(locks)}
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-P", "-m", "guichet.sandbox.child", program, json.dumps(terms)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={
                "OPENBLAS_NUM_THREADS": "1",
                **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
            },
        )
        assert self._process.stdin  # noqa: S101 - both were asked for
        assert self._process.stdout  # noqa: S101
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)

    def receive(self, seconds: float) -> Answer:
        """What it says next, within this time. Raises `ChildFailed`."""
        try:
            return Answer(*frames.receive(_Timed(self._from, self._until(seconds))))
        except TimeoutError:
            raise ChildFailed("hung") from None
        except (EOFError, frames.Broken, OSError):
            raise self._post_mortem() from None

    def send(self, head: dict[str, Any], body: bytes) -> None:
        """Tell it something; it has to listen. Raises `ChildFailed`."""
        try:
            frames.send(_Timed(self._to, self._until(self.limits.silent_seconds)), head, body)
        except TimeoutError:
            raise ChildFailed("hung") from None
        except OSError:
            raise self._post_mortem() from None

    def end(self) -> None:
        """End it, whatever it does, and close the pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _until(self, seconds: float) -> float:
        return min(self._deadline, time.monotonic() + seconds)

    def _post_mortem(self) -> ChildFailed:
        try:
            status = self._process.wait(_DYING_SECONDS)
        except subprocess.TimeoutExpired:
            return ChildFailed("died", "it talks nonsense")
        if -status in _FROM_OUTSIDE:
            return ChildFailed("ended", f"status {status}")
        return ChildFailed("slow" if status == -signal.SIGXCPU else "died", f"status {status}")


class _Timed:
    """A pipe that does not block, read and written until a moment of the clock. Raises `TimeoutError`."""

    def __init__(self, number: int, until: float) -> None:
        self._number = number
        self._until = until

    def read(self, count: int) -> bytes:
        pieces = bytearray()
        while len(pieces) < count:
            self._wait(select.POLLIN)
            piece = os.read(self._number, min(count - len(pieces), _MOST_AT_ONCE))
            if not piece:
                break
            pieces += piece
        return bytes(pieces)

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        while rest:
            self._wait(select.POLLOUT)
            rest = rest[os.write(self._number, rest[:_MOST_AT_ONCE]) :]
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def _wait(self, event: int) -> None:
        poll = select.poll()
        poll.register(self._number, event)
        if not poll.poll(max(0.0, self._until - time.monotonic()) * 1000):
            raise TimeoutError
