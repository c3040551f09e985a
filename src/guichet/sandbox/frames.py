"""What parent and child say to each other: a JSON object and bytes, each with its length before it."""

from __future__ import annotations

import json
import struct
from typing import Any, Final, Protocol

_LENGTHS: Final = struct.Struct(">IQ")
_LONGEST_HEAD: Final = 1024 * 1024
LONGEST_BODY: Final = 256 * 1024 * 1024


class Reads(Protocol):
    """A pipe to read from: as many bytes as asked for, fewer only at its end."""

    def read(self, count: int, /) -> bytes: ...


class Writes(Protocol):
    """A pipe to write to: all of it."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


class Broken(Exception):
    """The other side died or talks nonsense."""


def send(pipe: Writes, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one message."""
    text = json.dumps(head).encode()
    pipe.write(_LENGTHS.pack(len(text), len(body)) + text)
    pipe.write(body)
    pipe.flush()


def receive(pipe: Reads) -> tuple[dict[str, Any], bytes]:
    """Receive one message. Raises `EOFError` if there is none, `Broken` if it is none."""
    lengths = pipe.read(_LENGTHS.size)
    if not lengths:
        raise EOFError
    if len(lengths) != _LENGTHS.size:
        raise Broken
    head_length, body_length = _LENGTHS.unpack(lengths)
    if head_length > _LONGEST_HEAD or body_length > LONGEST_BODY:
        raise Broken
    text, body = pipe.read(head_length), pipe.read(body_length)
    if len(text) != head_length or len(body) != body_length:
        raise Broken
    try:
        head = json.loads(text)
    except ValueError:
        raise Broken from None
    if not isinstance(head, dict):
        raise Broken
    return head, body
