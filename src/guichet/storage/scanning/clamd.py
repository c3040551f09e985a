"""clamd by its INSTREAM command: nothing is written for it, so it needs no access to our files."""

from __future__ import annotations

import logging
import socket
import struct
import time
from typing import TYPE_CHECKING, Final

from guichet.storage.scanning.verdict import Verdict

if TYPE_CHECKING:
    from typing import BinaryIO

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 60.0
_PIECE: Final = 64 * 1024
_LENGTH: Final = struct.Struct(">I")
_LONGEST_REPLY: Final = 4096
# Words of clamd for « I did not look everywhere », if its operator asked for them.
_NOT_LOOKED: Final = (b"Heuristics.Limits.Exceeded", b"Heuristics.Encrypted")


def scan(source: BinaryIO, *, address: str, most_bytes: int, total_seconds: float = TOTAL_SECONDS) -> Verdict:
    """Ask clamd at `unix:/path` or `host:port` about the source.

    clamd says « OK » of what exceeds its limits: a source of more than `most_bytes` (its StreamMaxLength) is
    `NOT_SCANNED` whatever it says, unless it found something before. Silence, nonsense and errors are too.
    """
    try:
        with _connected(address) as connection:
            conversation = _Conversation(connection, time.monotonic() + total_seconds)
            sent = conversation.send(source)
            reply = conversation.reply()
    except OSError as trouble:
        log.warning("clamd at %s does not answer: %s", address, trouble)
        return Verdict.NOT_SCANNED
    return _verdict(reply, complete=sent is not None and sent <= most_bytes)


def _verdict(reply: bytes, *, complete: bool) -> Verdict:
    word = reply.rstrip(b"\0\n ")
    if word.endswith(b" FOUND") and not any(name in word for name in _NOT_LOOKED):
        return Verdict.INFECTED
    if word == b"stream: OK" and complete:
        return Verdict.CLEAN
    if word != b"stream: OK":
        log.warning("clamd did not scan: %r", word[:200])
    return Verdict.NOT_SCANNED


def _connected(address: str) -> socket.socket:
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(address.removeprefix("unix:"))
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)


class _Conversation:
    """One INSTREAM, within one deadline."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def send(self, source: BinaryIO) -> int | None:
        """How many bytes were sent; None if clamd hung up before, as it does beyond its limit."""
        sent = 0
        try:
            self._send(b"zINSTREAM\0")
            while piece := source.read(_PIECE):
                self._send(_LENGTH.pack(len(piece)) + piece)
                sent += len(piece)
            self._send(_LENGTH.pack(0))
        except (BrokenPipeError, ConnectionResetError):
            return None
        return sent

    def _send(self, data: bytes) -> None:
        self._connection.settimeout(self._seconds_left())
        self._connection.sendall(data)

    def reply(self) -> bytes:
        """What it says, up to its NUL or its hanging up."""
        reply = b""
        while not reply.endswith(b"\0") and len(reply) < _LONGEST_REPLY:
            self._connection.settimeout(self._seconds_left())
            piece = self._connection.recv(_LONGEST_REPLY)
            if not piece:
                break
            reply += piece
        return reply

    def _seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left
