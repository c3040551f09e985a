"""Sendings under `kill -9` of everything: nothing acknowledged is lost, nothing is done twice (REL-01).

The two negative controls show that the test would see it: without synchronous commit acknowledged sendings are lost,
and a client without an idempotency key sends twice.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from bench import flow
from guichet.config import database
from guichet.config.local.processes import wait_until
from tests.faults.demo import kill, running
from tests.faults.senders import Crowd, Sender, senders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.demo import Demo

pytestmark = [pytest.mark.faults, pytest.mark.proves("REL-01")]

_SENDINGS = int(os.environ.get("GUICHET_SENDINGS", "200"))
_CLIENTS = 6

_VERSIONS = """
SELECT v.answers->>'supplier_number', i.number, v.receipt_code, v.idempotency_key::text, i.id::text,
    v.pdf_id IS NOT NULL
FROM invoices_invoiceversion v JOIN invoices_invoice i ON i.id = v.case_id
WHERE v.answers->>'supplier_number' LIKE %s
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture(scope="module")
def clients(demo) -> Iterator[list[Sender]]:
    account = next(a for a in json.loads((demo.var / "demo.json").read_text()) if a["role"] == "manager")
    found = senders(demo.port, account, demo.var / "outbox", count=_CLIENTS, pdf=flow.document(40))
    yield found
    for client in found:
        client.visitor.close()


def test_nothing_is_lost_or_doubled_under_kills(demo, clients):
    crowd = Crowd(clients)
    crowd.start([f"K-{number:05}" for number in range(_SENDINGS)])
    deaths = _kill_until_done(demo, crowd)
    sent = crowd.finish()

    rows = demo.query(_VERSIONS, ["K-%"])
    assert sorted(row[0] for row in rows) == [f"K-{number:05}" for number in range(_SENDINGS)]
    assert {row[0]: row[1:3] for row in rows} == {one.marker: (one.number, one.receipt) for one in sent}
    assert len({row[1] for row in rows}) == _SENDINGS
    assert [clients[0].send_again(one).receipt for one in sent[:20]] == [one.receipt for one in sent[:20]]
    _audit_has_one_entry_each(demo, [row[4] for row in rows])
    assert sum(one.retries for one in sent) > 0  # the deaths were felt
    assert {"web", "worker", "database"} <= set(deaths)


def test_every_sending_has_its_mail_and_its_pdf_in_the_end(demo):
    mails = (
        "SELECT count(*), count(DISTINCT key), count(sent_at) FROM notify_outboxitem WHERE key LIKE 'invoice-sent-%%'"
    )
    rows = demo.query(_VERSIONS, ["K-%"])
    assert wait_until(lambda: all(row[5] for row in demo.query(_VERSIONS, ["K-%"])), seconds=180, step=1)
    assert wait_until(lambda: len(set(demo.query(mails)[0])) == 1, seconds=180, step=1)
    assert demo.query(mails)[0][0] >= len(rows)


@pytest.mark.proves("AUD-02")
def test_the_audit_is_whole_after_the_kills(demo):
    assert wait_until(lambda: demo.query("SELECT count(*) FROM audit.unsealed") == [(0,)], seconds=60, step=0.5)
    environment = {**os.environ, **demo.settings()}
    command = [sys.executable, "-m", "guichet.config.cli", "audit", "verify"]
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.proves("REL-04")
def test_all_data_is_there_after_everything_was_killed_at_once(demo, clients):
    before = demo.query(_VERSIONS, ["K-%"])
    demo.kill_everything()
    demo.start()
    assert sorted(demo.query(_VERSIONS, ["K-%"])) == sorted(before)
    case = before[0][4]
    document = demo.query("SELECT id::text FROM invoices_invoiceattachment WHERE case_id = %s", [case])[0][0]
    read = clients[0].until(lambda: clients[0].visitor.get(f"/vs/factures/{case}/pieces/{document}/"), 200)
    assert read.body == clients[0].pdf


@pytest.mark.parametrize(("keeps_its_key", "invoices"), [(True, 1), (False, 2)])
def test_an_answer_that_is_lost_doubles_only_without_the_key(clients, demo, keeps_its_key, invoices):
    sender, marker = clients[1], f"C-{keeps_its_key}"
    case, confirmation = sender.prepared(marker)
    form = flow.last_click(confirmation)
    answer = sender.visitor.post(f"{case}confirmer/", form)  # the client behaves as if it had never come
    assert answer.status == 303
    if keeps_its_key:
        sender.until(lambda: sender.visitor.post(f"{case}confirmer/", form), 303)
    else:
        sender.send(marker)
    assert len(demo.query(_VERSIONS, [marker])) == invoices


def test_without_synchronous_commit_acknowledged_sendings_are_lost(demo, clients):
    """The control: the same platform, told not to wait for the disk, forgets what it promised."""
    _as_superuser(demo, "ALTER SYSTEM SET wal_writer_delay = '10s'", "ALTER SYSTEM SET wal_writer_flush_after = '1GB'")
    _as_superuser(demo, "ALTER ROLE guichet_app SET synchronous_commit = off", "SELECT pg_reload_conf()")
    try:
        _restart_web(demo)
        lost = _acknowledged_and_lost(demo, clients)
    finally:
        _as_superuser(demo, "ALTER ROLE guichet_app RESET synchronous_commit", "ALTER SYSTEM RESET ALL")
        _restart_web(demo)
    assert lost > 0


def _acknowledged_and_lost(demo: Demo, clients: list[Sender]) -> int:
    """Send, and kill every process of the database at the moment of the answer; up to ten times."""
    lost = 0
    for number in range(10):
        marker = f"A-{number:05}"
        case, confirmation = clients[2].prepared(marker)
        form = flow.last_click(confirmation)
        if clients[2].visitor.post(f"{case}confirmer/", form).status != 303:
            continue
        for pid in demo.children("postgres"):
            kill(pid)
        assert wait_until(lambda: _is_up(demo), seconds=60, step=0.2)
        lost += not demo.query(_VERSIONS, [marker])
        if lost:
            break
    return lost


def _kill_until_done(demo: Demo, crowd: Crowd) -> dict[str, int]:
    """kill -9 of one process after another as long as the clients work; says how often each kind died."""
    dice, deaths = random.Random(7), dict[str, int]()
    kinds = {"web": ("cli run-web",), "worker": ("cli worker",), "database": ("postgres",)}
    for kind in itertools.cycle(("web", "worker", "web", "database", "web", "worker", "web")):
        time.sleep(dice.uniform(0.3, 1.5))
        if not crowd.is_working():
            break
        victims = demo.children(*kinds[kind])
        if not victims:
            continue
        kill(dice.choice(victims))
        deaths[kind] = deaths.get(kind, 0) + 1
        wait_until(lambda: demo.answers() or not crowd.is_working(), seconds=60, step=0.2)
    return deaths


def _audit_has_one_entry_each(demo: Demo, cases: list[str]) -> None:
    rows = demo.query(
        "SELECT object_id, count(*) FROM audit.entry WHERE action = 'invoice.sent' AND object_id = ANY(%s) GROUP BY 1",
        [cases],
        role=database.AUDIT_READER,
    )
    assert dict(rows) == dict.fromkeys(cases, 1)


def _is_up(demo: Demo) -> bool:
    try:
        return demo.query("SELECT 1") == [(1,)]
    except (psycopg.Error, OSError, ValueError, IndexError):
        return False


def _restart_web(demo: Demo) -> None:
    """New connections, which read the role's settings; the supervisor starts it again."""
    os.kill(demo.child("cli run-web"), signal.SIGTERM)
    assert wait_until(lambda: not demo.answers(), seconds=30, step=0.1)
    assert wait_until(demo.answers, seconds=60, step=0.2)


def _as_superuser(demo: Demo, *statements: str) -> None:
    for statement in statements:
        demo.query(statement, role="postgres")
