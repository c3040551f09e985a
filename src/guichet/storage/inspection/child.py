"""The program of the child process: answers one question at a time about bytes of strangers, within hard limits.

It holds no secret (its environment is empty), can open no file and no connection where the kernel offers a lock, and is
replaced as soon as it misbehaves.
"""

from __future__ import annotations

import os
import resource
from typing import IO, TYPE_CHECKING, Any, Final

from guichet.sandbox import frames, shut
from guichet.storage.inspection import documents
from guichet.storage.inspection.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY_BYTES: Final = 512 * 1024 * 1024
OPEN_FILES: Final = 32

OPERATIONS: Final[dict[str, Callable[..., tuple[dict[str, Any], bytes]]]] = {
    "inspect": documents.inspect,
    "preview": documents.preview,
    "read_qr": documents.read_qr,
    "scan": documents.scan,
}


def main() -> None:
    """Answer until the parent closes the pipe."""
    questions, answers = _pipes()
    documents.warm_up()
    _limit()
    shut()
    while True:
        try:
            head, body = frames.receive(questions)
        except EOFError:
            return
        _allow_seconds(head["cpu_seconds"])
        frames.send(answers, *_answer(head, body))


def _answer(head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        return OPERATIONS[head["operation"]](body, **head["arguments"])
    except Refused as refused:
        return {"refused": refused.code}, b""
    except Exception:  # noqa: BLE001 - whatever a hostile file does to a parser means the same
        return {"refused": "file.unreadable", "worn": True}, b""


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the parent; a library that prints does not talk into them."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    return questions, answers


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_seconds(seconds: int) -> None:
    """Processor time for this question alone; the kernel ends the process beyond it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
