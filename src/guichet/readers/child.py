"""The program of the child process: one question about bytes of strangers, within hard limits.

It holds no secret (its environment is empty), cannot write files, and ends after its answer.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from typing import Any, Final

from guichet.readers.refused import Refused

MEMORY_BYTES: Final = 768 * 1024 * 1024
_MODULES: Final = {"table": "parse_tables", "xml": "parse_xml", "write": "write_books"}


def main() -> None:
    """Read the question, answer, end."""
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)  # a library that prints does not talk into the answer
    head = json.loads(sys.stdin.buffer.readline())
    work = importlib.import_module(f"guichet.readers.{_MODULES[head['operation']]}")
    body = sys.stdin.buffer.read()
    _limit(head["seconds"])
    answer, said = _answer(work, body, head["arguments"])
    answers.write(json.dumps(answer).encode() + b"\n" + said)
    answers.close()
    os._exit(0)  # what is left to tidy up belongs to a process that ends


def _answer(work: Any, body: bytes, arguments: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        return {}, work.answer(body, **arguments)
    except Refused as refused:
        return {"refused": refused.code}, b""
    except MemoryError:
        return {"refused": "heavy"}, b""


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(
        resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds + 1, resource.RLIM_INFINITY)
    )


if __name__ == "__main__":
    main()
