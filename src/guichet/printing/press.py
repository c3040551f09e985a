"""The press: a kept child process that compiles documents, and what happens when it does not answer.

A start costs a tenth of a second, a document on a running press a few milliseconds; so each process keeps one child
(`compiler.py`) behind a lock. A child that dies is replaced and the document tried once more; one that takes too long
is killed and the document given up: a poisoned document never blocks its queue.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import select
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FONTS: Final = Path(__file__).resolve().parent / "fonts"
TIMEOUT: Final = 20.0  # seconds for one document
MEMORY: Final = 1024**3  # bytes of address space of the child
DOCUMENTS: Final = 2000  # then the child is replaced: whatever it may have kept is given back
_CHUNK: Final = 1 << 18
_HEAD: Final = 5
_QUOTED: Final = re.compile(
    r"[`\"].*", re.DOTALL
)  # the compiler may quote the document: personal data stay out of logs


class PrintFailed(Exception):
    """No document. The message names the reason and never holds the document's texts."""


class _Gone(Exception):
    """The child ended while it was needed."""


class Press:
    """One kept child. Safe to use from several threads; after a fork the new process starts its own."""

    def __init__(self, *, timeout: float = TIMEOUT, memory: int = MEMORY, documents: int = DOCUMENTS) -> None:
        """`timeout` in seconds for one document, `memory` in bytes, `documents` per child."""
        self._timeout = timeout
        self._memory = memory
        self._documents = documents
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._printed = 0

    def print(self, files: Mapping[str, str], *, timestamp: int) -> bytes:
        """Set `main.typ` of `files` as PDF/A-2a and PDF/UA-1, created at `timestamp` (seconds since 1970, UTC).

        Raises `PrintFailed` if the template is wrong, the document would not conform, or it takes too long.
        """
        request = json.dumps({"files": dict(files), "timestamp": timestamp}, ensure_ascii=False).encode()
        with self._lock:
            tried = self._child is not None and self._printed > 0
            try:
                return self._print(request)
            except _Gone:
                self._stop()
                if not tried:  # a fresh child: it is the document, and once is enough
                    raise PrintFailed("the press ended over this document") from None
            try:
                return self._print(request)
            except _Gone:
                self._stop()
                raise PrintFailed("the press ended twice over this document") from None

    @property
    def pid(self) -> int:
        """The child's process id; 0 if none was started yet."""
        return 0 if self._child is None else self._child.pid

    def close(self) -> None:
        """End the child, if there is one; the next document starts a new one."""
        with self._lock:
            self._stop()

    def _print(self, request: bytes) -> bytes:
        child = self._running()
        deadline = time.monotonic() + self._timeout
        try:
            self._send(child, struct.pack(">I", len(request)) + request, deadline)
            head = self._receive(child, _HEAD, deadline)
            body = self._receive(child, struct.unpack(">I", head[1:])[0], deadline)
        except TimeoutError:
            self._stop()
            raise PrintFailed(f"not printed within {self._timeout:g} seconds") from None
        self._printed += 1
        if head[:1] != b"P":
            raise PrintFailed(_QUOTED.sub("…", body.decode(errors="replace")))
        return body

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            self._child = None  # inherited by a fork: it belongs to the parent
        if self._child is not None and self._printed >= self._documents:
            self._stop()
        if self._child is None:
            self._child = self._start()
        return self._child

    def _start(self) -> subprocess.Popen[bytes]:
        program = Path(__file__).with_name("compiler.py")
        child = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", str(program), str(FONTS), str(self._memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a crash report could quote the document
            bufsize=0,
            env={"MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
        )
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
        self._owner = os.getpid()
        self._printed = 0
        return child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()

    @staticmethod
    def _send(child: subprocess.Popen[bytes], message: bytes, deadline: float) -> None:
        descriptor = _descriptor(child.stdin)
        rest = memoryview(message)
        while rest:
            _wait(descriptor, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(descriptor, rest[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise _Gone from None

    @staticmethod
    def _receive(child: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
        descriptor = _descriptor(child.stdout)
        parts: list[bytes] = []
        while size:
            _wait(descriptor, select.POLLIN, deadline)
            part = os.read(descriptor, min(size, _CHUNK))
            if not part:
                raise _Gone
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _descriptor(pipe: object) -> int:
    number: int = pipe.fileno()  # type: ignore[attr-defined]
    return number


def _wait(descriptor: int, event: int, deadline: float) -> None:
    """Until the pipe is ready; raises `TimeoutError` at the deadline (of the monotonic clock)."""
    poll = select.poll()
    poll.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


PRESS: Final = Press()
atexit.register(PRESS.close)
