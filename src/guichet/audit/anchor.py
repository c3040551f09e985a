"""What stands outside the database: the heads of the chains, and a copy of every sealed entry.

`AUDIT_ANCHOR` is a directory on a store of its own (another host's, append-only where that exists). It holds
`anchor.jsonl`, one line for each head, and `copy/<chain>.jsonl`, one line for each entry (AUD-01: kept apart from the
data). A chain alone does not notice a tail that was cut or a database that was rolled back; these files do.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from django.conf import settings

from guichet.audit.canonical import CANONICAL, copy_line, genesis
from guichet.audit.reader import chains, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from psycopg.rows import TupleRow

_TAIL: Final = 64 * 1024  # bytes; an entry's line is below 8 KiB
_FETCH: Final = 2000
_HEAD: Final = (
    "SELECT s.seq, s.hash,"
    " (SELECT coalesce(sum(cardinality(u.entries)), 0) FROM audit.unsealed u WHERE u.chain = %(chain)s)"
    " FROM audit.seal s WHERE s.chain = %(chain)s ORDER BY s.seq DESC LIMIT 1"
)


class Tampered(Exception):
    """The database no longer holds what was written outside it. Nothing was overwritten: the evidence stays."""


@dataclass(frozen=True)
class Anchor:
    """The head of a chain at one moment: `count` entries existed, of which those up to `seq` were sealed."""

    chain: int
    seq: int
    hash: str
    count: int
    at: str  # ISO 8601, UTC


def anchor_file() -> Path:
    """Where the heads are."""
    return Path(settings.AUDIT_ANCHOR) / "anchor.jsonl"


def copy_file(chain: int) -> Path:
    """Where the copy of one chain is."""
    return Path(settings.AUDIT_ANCHOR) / "copy" / f"{chain}.jsonl"


def copied_chains() -> list[int]:
    """The chains that have a copy."""
    return sorted(int(path.stem) for path in copy_file(0).parent.glob("*.jsonl") if path.stem.isdigit())


def anchors() -> list[Anchor]:
    """Every anchor written so far, oldest first. Raises `Tampered` for a line that is none."""
    try:
        with anchor_file().open(encoding="utf-8") as lines:
            return [Anchor(**json.loads(line)) for line in lines if line.endswith("\n")]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError) as error:
        message = "the file of anchors holds a line that is no anchor"
        raise Tampered(message) from error


def anchor() -> list[Anchor]:
    """Write the heads that moved since the last time, then copy the entries behind them; both are on disk on return.

    Raises `Tampered` when a chain does not continue what was copied before; the other chains are anchored first.
    """
    tampered: list[str] = []
    written: list[Anchor] = []
    with _alone(), snapshot() as database:
        for head in _heads(database):
            try:
                copied, digest = _last_copied(head.chain)
                _demand_continuation(database, head.chain, copied, digest)
            except Tampered as error:
                tampered.append(str(error))
                continue
            if head.seq > copied:
                _append(anchor_file(), [json.dumps(asdict(head)).encode() + b"\n"])
                _append(copy_file(head.chain), _new_lines(database, head.chain, copied))
                written.append(head)
        gone = sorted(set(copied_chains()) - set(chains(database)))
        tampered += [f"chain {chain} has disappeared" for chain in gone]
    if tampered:
        raise Tampered("; ".join(tampered))
    return written


def _heads(database: psycopg.Connection[TupleRow]) -> list[Anchor]:
    """The head of each chain."""
    heads = []
    for chain in chains(database):
        row = database.execute(_HEAD, {"chain": chain}).fetchone()
        if row is not None:
            now = datetime.now(UTC).isoformat(timespec="microseconds")
            heads.append(Anchor(chain, row[0], row[1].hex(), row[0] + int(row[2]), now))
    return heads


def _demand_continuation(database: psycopg.Connection[TupleRow], chain: int, seq: int, digest: bytes) -> None:
    if seq == 0:
        return
    found = database.execute("SELECT hash FROM audit.seal WHERE chain = %s AND seq = %s", [chain, seq]).fetchone()
    if found is None or bytes(found[0]) != digest:
        message = f"chain {chain} does not continue its copy at {seq}"
        raise Tampered(message)


def _last_copied(chain: int) -> tuple[int, bytes]:
    """Number and hash of the last copied entry."""
    lines = _last_lines(copy_file(chain))
    if len(lines) == 1:
        return 0, genesis(chain)
    try:
        last = json.loads(lines[-2])
        return int(last["seq"]), bytes.fromhex(last["hash"])
    except (ValueError, KeyError, TypeError) as error:
        message = f"the copy of chain {chain} does not end in an entry"
        raise Tampered(message) from error


def _last_lines(path: Path) -> list[bytes]:
    """The end of a file, split at its line breaks: the last element is empty, or a line torn by a crash."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            return file.read().split(b"\n")
    except FileNotFoundError:
        return [b""]


def _new_lines(database: psycopg.Connection[TupleRow], chain: int, after: int) -> Iterator[bytes]:
    with database.cursor(name="copy", binary=True) as cursor:
        cursor.itersize = _FETCH
        cursor.execute(
            f"SELECT s.seq, s.hash, {CANONICAL} FROM audit.seal s"  # noqa: S608 - a constant
            " LEFT JOIN audit.entry e ON e.id = s.entry_id WHERE s.chain = %s AND s.seq > %s ORDER BY s.seq",
            [chain, after],
        )
        for seq, digest, body in cursor:
            yield copy_line(seq, digest, body)


def _append(path: Path, lines: Iterator[bytes] | list[bytes]) -> None:
    """Add lines at the end and return when they and the directory entry are on disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    torn = len(_last_lines(path)[-1])
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        if torn:  # the rest of a write that a crash cut; its line is written again
            file.truncate(file.seek(0, os.SEEK_END) - torn)
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def _alone() -> Iterator[IO[str]]:
    """One writer of these files at a time, whatever the number of workers."""
    root = Path(settings.AUDIT_ANCHOR)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
