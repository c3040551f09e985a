"""Sealing: entries that are committed become links of their insurer's chain, within a second.

The chain is built after the commit, by the worker, so writers never wait for one another (PERF-12). The worker asks
the small table of unsealed entries twice a second: a notification would be quicker by half a second, but PostgreSQL
holds one lock for the whole server while it commits a transaction that notifies, and every act of every insurer
would queue behind it.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

import psycopg
from django.db import Error, connection

from guichet.audit.anchor import Tampered, anchor

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSE_SECONDS: Final = 0.5
ANCHOR_SECONDS: Final = 20.0
_BATCH: Final = 5000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """The end of a chain after sealing: how many entries were added, the last seal's number and hash."""

    chain: int
    sealed: int
    seq: int
    hash: bytes


def seal_pending(chain: int, *, at_most: int = _BATCH) -> Head:
    """Seal up to about `at_most` committed entries of one chain, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, head_seq, head_hash FROM audit.seal_pending(%s, %s)", [chain, at_most])
        sealed, seq, digest = cursor.fetchone()
    return Head(chain, sealed, seq, bytes(digest))


def seal_all() -> int:
    """Seal whatever is committed in every chain; the number of entries sealed."""
    total = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit.pending_chains()")
        chains = [row[0] for row in cursor.fetchall()]
    for chain in chains:
        while added := seal_pending(chain).sealed:
            total += added
            if added < _BATCH:
                break
    return total


def seal_forever(stop: Event) -> None:
    """What a thread of the worker does until `stop` is set: seal, anchor, and survive a database restart."""
    anchored = -ANCHOR_SECONDS
    while not stop.is_set():
        try:
            seal_all()
            if monotonic() - anchored >= ANCHOR_SECONDS:
                anchored = monotonic()
                anchor()
        except Tampered:
            logger.critical("The audit was tampered with: run « guichet audit verify ».", exc_info=True)
        except (Error, psycopg.Error, OSError):
            logger.exception("The audit could not be sealed or anchored; trying again.")
            connection.close()
        stop.wait(PAUSE_SECONDS)
    connection.close()


@contextmanager
def sealing() -> Iterator[None]:
    """Seal and anchor in a thread of its own as long as the worker works."""
    stop = Event()
    thread = Thread(target=seal_forever, args=[stop], name="audit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
