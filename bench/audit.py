"""PERF-12: what the audit costs, as ratios to doing the same without it. Run: `python -m bench.audit`.

A durable throw-away PostgreSQL (fsync on), subject and yardstick interleaved for eight rounds, medians of the paired
ratios. Every round ends with a verification: a round with a finding or a missing entry fails the figure.
"""

from __future__ import annotations

import io
import os
import secrets
import statistics
import tempfile
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench.figures import Figure, tell
from guichet.config import database
from guichet.config.local.postgres import Cluster

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 8
ENTRIES = 50_000
WRITERS = 8
PER_WRITER = 150


def main() -> None:
    """Start, measure, print the figures as one line of JSON, and leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as var:
        cluster = Cluster(Path(var))
        cluster.start()
        try:
            _prepare(cluster, Path(var))
            rows = [bulk(), bulk_sealed(), verifying(), writers(chained=True), writers(chained=False)]
        finally:
            cluster.stop()
    tell(
        Figure(name, round(ratio, 2), goal if goal[0] in "≤≥" else "", f"yardstick / subject: {absolute}")
        for name, ratio, goal, absolute in rows
    )


def _prepare(cluster: Cluster, var: Path) -> None:
    database.prepare(cluster.url(), "bench", {role: _password(cluster, role) for role in database.ROLES})
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "guichet.config.settings",
        "GUICHET_SECRET_KEY": secrets.token_hex(32),
        "GUICHET_DEMO": "1",
        "GUICHET_VAR": str(var),
        "AUDIT_DATABASE_URL": cluster.url(database.AUDIT_READER, "bench"),
        "DATABASE_URL": cluster.url(database.APP, "bench"),
        "MIGRATE_DATABASE_URL": cluster.url(database.MIGRATE, "bench"),
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _owner().execute("CREATE TABLE public.plain (LIKE audit.entry INCLUDING DEFAULTS INCLUDING IDENTITY)")
    _owner().execute("ALTER TABLE public.plain ADD PRIMARY KEY (id); GRANT INSERT ON public.plain TO guichet_app")


def _password(cluster: Cluster, role: str) -> str:
    return cluster.url(role).split(":")[2].split("@")[0]


def _owner() -> psycopg.Connection[Any]:
    return psycopg.connect(os.environ["MIGRATE_DATABASE_URL"], autocommit=True)


def _empty() -> None:
    import shutil

    from django.conf import settings

    with _owner() as owner:
        owner.execute("TRUNCATE public.plain, audit.entry, audit.seal, audit.unsealed")
    shutil.rmtree(settings.AUDIT_ANCHOR, ignore_errors=True)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _paired(
    subject: Callable[[], object], yardstick: Callable[[], object], *, clear: bool = True
) -> tuple[float, float, float]:
    """Medians: yardstick ÷ subject (1 is as fast, less is slower), and both in seconds."""
    pairs = []
    for _ in range(ROUNDS):
        if clear:
            _empty()
        plain = _timed(yardstick)
        pairs.append((plain, _timed(subject)))
    ratio = statistics.median(plain / ours for plain, ours in pairs)
    return ratio, statistics.median(p for p, _ in pairs), statistics.median(o for _, o in pairs)


def _entries() -> list[Any]:
    from guichet.audit import Entry, Who

    return [
        Entry(
            action="invoice.accepted",
            insurer_id=1,
            by=Who(f"5b1c9f52-0000-4000-8000-{number % 200:012}", "agent"),
            on="invoice",
            object_id=f"5b1c9f52-0000-4000-8000-{number // 4:012}",
            subject=f"756.9999.{number % 10000:04}.00",
            detail={"number": f"VS-2026-{number:06}", "n": number},
        )
        for number in range(ENTRIES)
    ]


def _write_all(entries: list[Any]) -> None:
    from django.db import transaction

    from guichet.audit import record_all

    with transaction.atomic():
        record_all(entries)


def _copy_plain(payload: bytes) -> None:
    from guichet.audit.canonical import COLUMNS

    statement = f"COPY public.plain ({', '.join(COLUMNS)}) FROM STDIN"
    with psycopg.connect(os.environ["MIGRATE_DATABASE_URL"]) as plain, plain.cursor().copy(statement) as copy:
        copy.write(payload)


def _payload() -> bytes:
    """The same rows as COPY wants them, made beforehand."""
    out = io.StringIO()
    for entry in _entries():
        out.write("\t".join(str(value) for value in entry.row()) + "\n")
    return out.getvalue().encode()


def _seal_and_check(expected: int) -> None:
    from guichet.audit.sealing import seal_all
    from guichet.audit.verify import verify

    seal_all()
    report = verify()
    assert (report.findings, report.entries) == ([], expected), report


def bulk() -> tuple[str, float, str, str]:
    """`record_all` (cleaning, HMAC, indexes, queue) against COPY of ready bytes into a bare table."""
    payload, entries = _payload(), _entries()
    ratio, plain, ours = _paired(lambda: _write_all(entries), lambda: _copy_plain(payload))
    _seal_and_check(ENTRIES)
    return "write in bulk ÷ raw COPY", ratio, "≥ 0.25", f"{plain:.2f} s / {ours:.2f} s for {ENTRIES}"


def bulk_sealed() -> tuple[str, float, str, str]:
    """The same until the last entry is sealed, one after the other on one connection."""
    from guichet.audit.sealing import seal_all

    payload, entries = _payload(), _entries()

    def sealed() -> None:
        _write_all(entries)
        seal_all()

    ratio, plain, ours = _paired(sealed, lambda: _copy_plain(payload))
    _seal_and_check(ENTRIES)
    return "write in bulk until sealed ÷ raw COPY", ratio, "–", f"{plain:.2f} s / {ours:.2f} s for {ENTRIES}"


def verifying() -> tuple[str, float, str, str]:
    """`verify` (order, seals, anchors, copy) against reading the entries' bytes and hashing them."""
    from guichet.audit.anchor import anchor
    from guichet.audit.canonical import CANONICAL
    from guichet.audit.reader import snapshot
    from guichet.audit.verify import verify

    _empty()
    _write_all(_entries())
    _seal_and_check(ENTRIES)
    anchor()
    with _owner() as owner:
        owner.execute("VACUUM ANALYZE audit.entry, audit.seal")

    def read_and_hash() -> None:
        with snapshot() as reader, reader.cursor(name="plain", binary=True) as cursor:
            cursor.itersize = 5000
            cursor.execute(f"SELECT {CANONICAL} FROM audit.entry e ORDER BY e.id")
            for (body,) in cursor:
                sha256(body).digest()

    ratio, plain, ours = _paired(verify, read_and_hash, clear=False)
    return "verify ÷ read and hash (time)", 1 / ratio, "≤ 2", f"{plain:.2f} s / {ours:.2f} s for {ENTRIES}"


def writers(*, chained: bool) -> tuple[str, float, str, str]:
    """Eight writers of one insurer, an act a transaction: `record` and a sealing worker against the bare INSERT."""
    from django.db import connection, transaction

    from guichet.audit.record import _INSERT, Entry, Who, record
    from guichet.audit.sealing import sealing

    facts: dict[str, Any] = {
        "insurer_id": 1,
        "by": Who("p", "agent"),
        "on": "invoice",
        "object_id": "1",
        "subject": "7569",
    }
    bare = _INSERT.replace("audit.entry", "public.plain")

    def crowd(act: Callable[[], None]) -> Callable[[], None]:
        def one() -> None:
            for _ in range(PER_WRITER):
                with transaction.atomic():
                    act()
            connection.close()

        def all_of_them() -> None:
            threads = [threading.Thread(target=one) for _ in range(WRITERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        return all_of_them

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute(bare, Entry(action="invoice.opened", **facts).row())

    def record_one() -> None:
        record("invoice.opened", **facts)

    _empty()
    if chained:
        with sealing():
            ratio, plain, ours = _paired(crowd(record_one), crowd(insert), clear=False)
        _seal_and_check(ROUNDS * WRITERS * PER_WRITER)
    else:
        ratio, plain, ours = _paired(crowd(insert), crowd(insert), clear=False)
    name = "8 writers, sealed meanwhile ÷ plain INSERT" if chained else "  (control: plain INSERT ÷ itself)"
    rate = WRITERS * PER_WRITER
    return name, ratio, "≥ 0.5" if chained else "1", f"{rate / plain:.0f} / {rate / ours:.0f} per s"


if __name__ == "__main__":
    main()
