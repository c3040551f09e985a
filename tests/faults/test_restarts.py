"""The database restarted under load, drafts through every death, and the job of a killed worker."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from typing import TYPE_CHECKING, Self

import pytest

from bench import flow
from bench.visitor import NoAnswer
from guichet.config.local.processes import wait_until
from tests.faults.demo import kill, running
from tests.faults.senders import Sender, senders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.demo import Demo

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture(scope="module")
def clients(demo) -> Iterator[list[Sender]]:
    account = next(a for a in json.loads((demo.var / "demo.json").read_text()) if a["role"] == "manager")
    found = senders(demo.port, account, demo.var / "outbox", count=5, pdf=flow.document(200))
    yield found
    for client in found:
        client.visitor.close()


class Readers:
    """Three who look at the list all the time, and note what they were answered."""

    def __init__(self, clients: list[Sender]) -> None:
        self.seen: list[tuple[float, int]] = []  # moment, status; 0: no answer
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=[client]) for client in clients]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def fine_since(self, moment: float) -> bool:
        """Whether somebody has got a page since then."""
        return any(at > moment and status == 200 for at, status in self.seen)

    def _read(self, client: Sender) -> None:
        while not self._over.wait(0.02):
            try:
                status = client.visitor.get("/vs/guichet/").status
            except NoAnswer:
                status = 0
            self.seen.append((time.monotonic(), status))


@pytest.mark.proves("REL-04")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_pages_come_back_by_themselves_after_a_restart_of_the_database(demo, clients, number):
    with Readers(clients[:3]) as readers:
        assert wait_until(lambda: readers.fine_since(0), seconds=60)
        for _ in range(3):
            _restart_and_wait(demo, readers, number)
    assert {status for _, status in readers.seen} <= {200, 503, 0}


def _restart_and_wait(demo: Demo, readers: Readers, number: int) -> None:
    restarted = time.monotonic()
    os.kill(demo.child("postgres", "-D"), number)
    assert wait_until(lambda: any(at > restarted and status != 200 for at, status in readers.seen), seconds=30)
    gone = time.monotonic()
    assert wait_until(lambda: readers.fine_since(gone), seconds=60, step=0.05)
    assert time.monotonic() - restarted < 30


@pytest.mark.proves("REL-04", "USE-04")
def test_nothing_that_was_saved_is_lost_in_200_interruptions(demo, clients):
    """Every second saving meets a death; what was answered « saved » is there, to the letter."""
    client, dice = clients[3], random.Random(11)
    opened = client.until(lambda: client.visitor.post("/vs/factures/nouvelle/318.632/", {"beneficiary": ""}), 302)
    case = opened.location.removesuffix("saisie/")
    saved = ""
    for number in range(int(os.environ.get("GUICHET_INTERRUPTIONS", "200"))):
        if number % 10 == 5:
            kill(dice.choice(demo.children("cli run-web") or [demo.process.pid + 10**7]))
        if number % 50 == 25:
            kill(demo.child("postgres", "-D"))
        words = f"Saisie n° {number} : {'é' * (number % 40)} « fin »"
        page = client.until(lambda: client.visitor.get(f"{case}saisie/"), 200)
        typed = {"draft_no": flow.draft_no(page), "remark": words}
        try:
            answer = client.visitor.post(f"{case}brouillon/", typed)
        except NoAnswer:
            answer = None
        if answer is not None and answer.status == 200:
            saved = words
        else:
            assert answer is None or answer.status in {409, 500, 502, 503}
            saved = (
                _remark(demo, case) if _remark(demo, case) in {saved, words} else "neither the old nor the new words"
            )
        assert wait_until(lambda: _readable(demo), seconds=60)
        assert _remark(demo, case) == saved


@pytest.mark.proves("REL-08")
def test_the_job_of_a_killed_worker_is_done_within_a_minute(demo, clients):
    client = clients[4]
    opened = client.until(lambda: client.visitor.post("/vs/factures/nouvelle/318.632/", {"beneficiary": ""}), 302)
    case = opened.location.removesuffix("saisie/")
    client.until(lambda: client.visitor.get(f"{case}saisie/"), 200)
    doing = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name = 'invoices.read_code'"
    for _ in range(20):
        client.until(lambda: client.visitor.upload(f"{case}pieces/", client.pdf), 200)
        if wait_until(lambda: demo.query(doing) != [(0,)], seconds=2, step=0.005):
            kill(demo.child("cli worker"))
            if demo.query(doing) != [(0,)]:
                break
    else:
        raise AssertionError("no worker could be killed over a job")
    killed = time.monotonic()
    unread = "SELECT count(*) FROM invoices_invoiceattachment WHERE case_id = %s AND code IS NULL"
    number = case.rstrip("/").rsplit("/", 1)[1]
    assert wait_until(lambda: demo.query(unread, [number]) == [(0,)], seconds=90, step=0.2)
    assert time.monotonic() - killed < 60


def _remark(demo: Demo, case: str) -> str:
    number = case.rstrip("/").rsplit("/", 1)[1]
    rows = demo.query("SELECT coalesce(raw->>'remark', '') FROM invoices_invoice WHERE id = %s", [number])
    return str(rows[0][0])


def _readable(demo: Demo) -> bool:
    try:
        return demo.query("SELECT 1") == [(1,)]
    except Exception:  # noqa: BLE001 -- whatever it says while it starts
        return False
