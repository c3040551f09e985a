"""The program every child starts with: load, limit, lock, say so, answer one question.

It is started as `python -m guichet.sandbox.child <module> <terms as JSON>`; the module is one of the house's own.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from guichet.sandbox import frames
from guichet.sandbox.locks import Lock, shut

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_READ_AHEAD: Final = 256 * 1024  # bytes; a question costs two turns of the pipe


class Program(Protocol):
    """What a module offers to be run here."""

    def answer(self, question: dict[str, Any], body: bytes, parent: Parent) -> tuple[dict[str, Any], bytes]:
        """The answer: what JSON can say, and bytes."""


class Parent:
    """The process that asked: it alone has files."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self._questions = questions
        self._answers = answers

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the file in question; fewer at its end."""
        frames.send(self._answers, {"read": [offset, length]})
        return frames.receive(self._questions)[1]

    def write(self, data: bytes) -> None:
        """Hand over bytes of what is being made."""
        frames.send(self._answers, {"write": True}, data)

    def tell(self, news: dict[str, Any]) -> None:
        """Say how far it is."""
        frames.send(self._answers, {"tell": news})

    def source(self, size: int) -> io.BufferedReader:
        """The file in question, of `size` bytes, as a file."""
        return io.BufferedReader(_Source(self, size), buffer_size=_READ_AHEAD)


class _Source(io.RawIOBase):
    def __init__(self, parent: Parent, size: int) -> None:
        super().__init__()
        self._parent = parent
        self._size = size
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        count = min(len(target), self._size - self._place)
        if count <= 0:
            return 0
        piece = self._parent.read(self._place, count)
        target[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)


def main() -> None:
    """Answer one question."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python would make an ordinary end of it
    module, terms = sys.argv[1], json.loads(sys.argv[2])
    questions, answers = _pipes()
    program: Program = importlib.import_module(module)
    getattr(program, "warm_up", int)()
    os.environ.clear()
    _limit(terms["memory_bytes"], terms["cpu_seconds"])
    wanted = terms["locks"]
    fallen = shut(None if wanted is None else {Lock(one) for one in wanted})
    if wanted is None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # nothing more is opened, whichever locks there are
    frames.send(answers, {"locks": sorted(fallen)})
    question, body = frames.receive(questions)
    try:
        said, made = program.answer(question, body, Parent(questions, answers))
    except MemoryError:
        said, made = {"failed": "memory"}, b""
    except Exception as error:  # noqa: BLE001 - whatever a hostile file does to a parser means the same
        said, made = {"failed": "parser", "how": f"{type(error).__name__}: {error}"[:500]}, b""
    frames.send(answers, said, made)


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the parent; a library that prints does not talk into them."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    return questions, answers


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Memory beyond what the program itself takes; seconds beyond its loading; no file grows, no core is left."""
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime) + cpu_seconds + 1
    resource.setrlimit(resource.RLIMIT_AS, (held + memory_bytes, held + memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
