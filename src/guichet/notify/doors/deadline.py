"""Time-outs of a socket count each read; a provider that answers one byte a second needs a clock of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def deadline(current: Callable[[], socket.socket | None], seconds: float) -> Iterator[None]:
    """Cut the connection after so many seconds; whoever reads from it then sees its end.

    `current` gives the socket of the moment: STARTTLS replaces it on the way.
    """

    def cut() -> None:
        if (sock := current()) is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
