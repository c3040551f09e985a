"""Proof that the audit is whole: every entry under its seal, every seal on the one before, every anchor in its place.

Reads as `guichet_audit_reader` in one snapshot and hashes every entry here, in Python. What the database cannot know
about itself — a tail that was cut, a roll-back to yesterday, a history that was hashed anew — the anchors and the
copy outside it tell.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import IO, TYPE_CHECKING, Final

from guichet.audit.anchor import Anchor, Tampered, anchors, copied_chains, copy_file
from guichet.audit.canonical import CANONICAL, copy_line, genesis
from guichet.audit.reader import chains, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from psycopg.rows import TupleRow

SEAL_WITHIN: Final = timedelta(seconds=5)
"""An entry that waits longer than this for its seal is worth a warning: the worker stands still."""
_LONGEST_TRANSACTION: Final = 15 * 60.0  # seconds between an entry's time and its commit
_FETCH: Final = 5000
_ENOUGH: Final = 100  # findings kept of one chain; the first ones say it

_ROWS: Final = (
    "SELECT s.seq, s.entry_id, s.prev_hash, s.hash, coalesce(e.insurer_id, 0),"  # noqa: S608 - a constant
    f" extract(epoch FROM e.at)::float8, {CANONICAL}"
    " FROM audit.seal s LEFT JOIN audit.entry e ON e.id = s.entry_id WHERE s.chain = %s ORDER BY s.seq"
)
_UNSEALED: Final = (
    "SELECT coalesce(e.insurer_id, 0), e.id, clock_timestamp() - e.at,"
    " e.id IN (SELECT unnest(u.entries) FROM audit.unsealed u)"
    " FROM audit.entry e WHERE NOT EXISTS (SELECT FROM audit.seal s WHERE s.entry_id = e.id) ORDER BY e.id"
)
_LOST: Final = (
    "SELECT u.chain, q.id FROM audit.unsealed u, unnest(u.entries) AS q(id)"
    " WHERE NOT EXISTS (SELECT FROM audit.entry e WHERE e.id = q.id) ORDER BY q.id"
)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written. `seq` is the place in the chain, 0 where there is none."""

    chain: int
    seq: int
    entry_id: int | None
    kind: str
    text: str

    def __str__(self) -> str:
        entry = "" if self.entry_id is None else f", entry {self.entry_id}"
        return f"chain {self.chain}, seal {self.seq}{entry}: {self.text} ({self.kind})"


@dataclass
class Report:
    """The result. `findings` are ordered by chain and place: the first one is the first bad entry."""

    chains: int = 0
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def verify(chain: int | None = None) -> Report:
    """Verify one chain (an insurer's id; 0 is the platform's), or all of them."""
    report = Report()
    outside = _outside(report)
    copies = {number: copy_file(number).stat().st_size for number in copied_chains()}
    with snapshot() as database:  # after the files: what they hold, it must hold
        for number in sorted({*chains(database), *outside, *copies}):
            if chain in {None, number}:
                reading = _Reading(number, outside.get(number, []), copies.get(number, 0))
                reading.read(database)
                report.chains += 1
                report.entries += reading.seq
                report.findings += sorted(reading.findings[:_ENOUGH], key=lambda finding: finding.seq)
        _verify_unsealed(database, chain, report)
    return report


def _outside(report: Report) -> dict[int, list[Anchor]]:
    """The anchors by chain, oldest first."""
    try:
        written = anchors()
    except Tampered as error:
        report.findings.append(Finding(0, 0, None, "anchor", str(error)))
        return {}
    if not written:
        report.warnings.append("no anchor outside the database: a cut tail would not be seen")
    ordered = sorted(written, key=lambda one: one.chain)
    return {number: list(group) for number, group in groupby(ordered, key=lambda one: one.chain)}


class _Reading:
    """One chain while it is read from the first seal to the last."""

    def __init__(self, chain: int, written: list[Anchor], copied: int) -> None:
        self.chain = chain
        self.seq = 0
        self.findings: list[Finding] = []
        self.anchored = {one.seq: one for one in written}
        self.copied = copied
        # An entry sealed after an anchor with nothing pending was written after it, or by a transaction then open.
        complete = [one for one in written if one.count == one.seq]
        self.floors = [(one.seq, datetime.fromisoformat(one.at).timestamp() - _LONGEST_TRANSACTION) for one in complete]

    def found(self, seq: int, entry_id: int | None, kind: str, text: str) -> None:
        self.findings.append(Finding(self.chain, seq, entry_id, kind, text))

    def read(self, database: psycopg.Connection[TupleRow]) -> None:
        """Compare seals, entries, anchors and copy; what differs is in `findings`."""
        lines = _copied_lines(self.chain, self.copied)
        previous, last, anchored = genesis(self.chain), 0, self.anchored
        floors = iter([*self.floors, (2**63, 0.0)])
        floor, (floor_seq, next_floor) = 0.0, next(floors)
        with database.cursor(name="verify", binary=True) as cursor:
            cursor.itersize = _FETCH
            cursor.execute(_ROWS, [self.chain])
            for seq, entry_id, before, seal, insurer, at, body in cursor:
                whole = sha256(before + body).digest() == seal
                if not whole or before != previous or seq != last + 1 or insurer != self.chain or at is None:
                    self._name(seq, entry_id, whole=whole, continues=before == previous, insurer=insurer, at=at)
                while floor_seq < seq:
                    floor, (floor_seq, next_floor) = next_floor, next(floors)
                if at is not None and at < floor:
                    self.found(seq, entry_id, "backdated", "the entry claims a time before an earlier anchor")
                if seq in anchored and anchored[seq].hash != seal.hex():
                    text = f"the chain is not the one that was anchored at {anchored[seq].at}"
                    self.found(seq, entry_id, "rewritten", text)
                line = next(lines, None)
                if line is not None and line != copy_line(seq, seal, body):
                    self.found(seq, entry_id, "copy", "the separate copy holds something else")
                self.seq = last = seq
                previous = seal
        self._tail(lines)

    def _name(self, seq: int, entry_id: int, *, whole: bool, continues: bool, insurer: int, at: float | None) -> None:
        """What exactly is wrong with one link."""
        if seq != self.seq + 1:
            self.found(self.seq + 1, None, "gap", f"{seq - self.seq - 1} seals are missing before number {seq}")
        elif not continues:
            self.found(seq, entry_id, "broken", "the seal does not stand on the one before")
        if at is None:
            self.found(seq, entry_id, "missing", "the entry was deleted")
        elif not whole:
            self.found(seq, entry_id, "altered", "the entry is not what was sealed")
        elif insurer != self.chain:
            self.found(seq, entry_id, "moved", f"the entry belongs to chain {insurer}")

    def _tail(self, lines: Iterator[bytes]) -> None:
        """What the anchors and the copy know beyond the last seal."""
        lost = next(lines, None)
        last = max(self.anchored, default=0)
        if lost is None and last <= self.seq:
            return
        text = "the tail was cut, or the database was rolled back"
        if last > self.seq:
            text += f": number {last} was anchored at {self.anchored[last].at}"
        self.found(self.seq + 1, _entry_of(lost), "cut", text)


def _copied_lines(chain: int, size: int) -> Iterator[bytes]:
    """The whole lines of a copy as it was when it had `size` bytes."""
    if not size:
        return
    with copy_file(chain).open("rb") as file:
        yield from _whole_lines(file, size)


def _whole_lines(file: IO[bytes], size: int) -> Iterator[bytes]:
    for line in file:
        size -= len(line)
        if size < 0 or not line.endswith(b"\n"):
            return
        yield line


def _entry_of(line: bytes | None) -> int | None:
    """The number of the entry in a line of the copy."""
    try:
        return int(json.loads(line or b"{}")["entry"][0])
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def _verify_unsealed(database: psycopg.Connection[TupleRow], chain: int | None, report: Report) -> None:
    """Entries without a seal: waiting for the worker, or put in past the application."""
    waiting: list[timedelta] = []
    for number, entry_id, age, queued in database.execute(_UNSEALED):
        if chain not in {None, number}:
            continue
        if queued:
            waiting.append(age)
        else:
            report.findings.append(
                Finding(number, 0, entry_id, "unsealed", "the entry was put in past the application")
            )
    for number, entry_id in database.execute(_LOST):
        if chain in {None, number}:
            report.findings.append(Finding(number, 0, entry_id, "missing", "the entry was deleted before its seal"))
    late = [age for age in waiting if age > SEAL_WITHIN]
    if late:
        seconds = max(late).total_seconds()
        report.warnings.append(
            f"{len(late)} entries wait for their seal, the oldest for {seconds:.0f} s: is the worker running?"
        )
