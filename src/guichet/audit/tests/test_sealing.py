import random
import threading
import time

import psycopg
import pytest
from django.db import connection, transaction

from guichet.audit import Who, record
from guichet.audit.canonical import genesis
from guichet.audit.sealing import PAUSE_SECONDS, seal_all, seal_forever, seal_pending
from guichet.audit.verify import verify
from guichet.config import database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("AUD-02")]


def write(count, insurer_id=1):
    with transaction.atomic():
        for number in range(count):
            record("invoice.opened", insurer_id=insurer_id, by=Who("p", "agent"), on="invoice", object_id=str(number))


def sealed(owner, chain=1):
    return [row[0] for row in owner.execute("SELECT entry_id FROM audit.seal WHERE chain = %s ORDER BY seq", [chain])]


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


LATE = (
    "INSERT INTO audit.entry (insurer_id, actor_id, role, action, object_type, object_id, subject_ref, recipient,"
    " outcome, reason, legal_basis, ip, user_agent_hash, request_id, detail)"
    " VALUES (1, '', '', 'a.b', '', '', '', '', '', '', '', '', '', '', '{}')"
)


def test_sealing_follows_the_numbers_and_says_the_head(owner):
    write(3)
    head = seal_pending(1)
    assert (head.sealed, head.seq) == (3, 3)
    assert sealed(owner) == [1, 2, 3]
    assert owner.execute("SELECT hash FROM audit.seal WHERE seq = 3").fetchone() == (head.hash,)
    assert owner.execute("SELECT prev_hash FROM audit.seal WHERE seq = 1").fetchone() == (genesis(1),)


def test_sealing_nothing_repeats_the_head(owner):
    assert seal_pending(1).hash == genesis(1)
    write(1)
    head = seal_pending(1)
    again = seal_pending(1)
    assert (again.sealed, again.seq, again.hash) == (0, 1, head.hash)


def test_sealing_keeps_one_chain_per_insurer(owner, outside):
    write(2, insurer_id=1)
    write(1, insurer_id=None)
    write(2, insurer_id=9)
    assert seal_all() == 5
    assert (sealed(owner, 1), sealed(owner, 0), sealed(owner, 9)) == ([1, 2], [3], [4, 5])
    assert [str(finding) for finding in verify().findings] == []


def test_sealing_is_limited_to_a_batch(owner):
    write(10)
    assert [seal_pending(1, at_most=3).sealed for _ in range(5)] == [3, 3, 3, 1, 0]
    assert sealed(owner) == list(range(1, 11))


def test_sealing_finds_what_commits_late_with_a_smaller_number(test_database, owner, outside):
    with psycopg.connect(test_database.url(database.APP)) as slow:
        slow.execute(LATE)  # takes number 1 and does not commit yet
        write(2)
        assert seal_all() == 2
        slow.commit()
    assert seal_all() == 1
    assert sealed(owner) == [2, 3, 1]
    assert [str(finding) for finding in verify().findings] == []


def test_eight_writers_with_commits_in_any_order_make_one_whole_chain(test_database, outside, owner):
    stop = threading.Event()

    def sealer():
        while not stop.is_set():
            seal_all()
        connection.close()

    def writer(seed):
        dice = random.Random(seed)
        for _ in range(15):
            with transaction.atomic():
                for _ in range(dice.randint(1, 4)):
                    record("invoice.opened", insurer_id=dice.randint(1, 2), by=Who("p", "agent"), on="invoice")
                    time.sleep(dice.random() / 200)
                transaction.set_rollback(dice.random() < 0.2)  # this act fails: its numbers stay unused
        connection.close()

    sealing = threading.Thread(target=sealer)
    sealing.start()
    writers = [threading.Thread(target=writer, args=[seed]) for seed in range(8)]
    with psycopg.connect(test_database.url(database.APP)) as slow:
        slow.execute(LATE)  # whatever the others do: this one commits late
        for thread in writers:
            thread.start()
        until(lambda: sealed(owner))
        slow.commit()
    for thread in writers:
        thread.join()
    stop.set()
    sealing.join()
    seal_all()
    report = verify()
    assert [str(finding) for finding in report.findings] == []
    assert owner.execute("SELECT count(*) FROM audit.entry").fetchone() == (report.entries,)
    out_of_order = (
        "SELECT count(*) FROM audit.seal a JOIN audit.seal b USING (chain)"
        " WHERE a.seq < b.seq AND a.entry_id > b.entry_id"
    )
    assert owner.execute(out_of_order).fetchone() > (0,)


def test_two_workers_seal_every_entry_once(owner, outside):
    write(400)

    def worker():
        while seal_pending(1, at_most=1).sealed:
            pass
        connection.close()

    for _ in range(40):
        write(1)
    workers = [threading.Thread(target=worker) for _ in range(4)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert sealed(owner) == list(range(1, 441))
    assert [str(finding) for finding in verify().findings] == []


def test_the_worker_seals_and_anchors_without_being_asked(owner, outside):
    stop = threading.Event()
    worker = threading.Thread(target=seal_forever, args=[stop])
    worker.start()
    try:
        until((outside / "lock").exists)  # the worker is awake
        write(1)
        until(lambda: sealed(owner))
    finally:
        stop.set()
        worker.join()
    assert (sealed(owner), PAUSE_SECONDS < 1) == ([1], True)  # within a second, where a processor is free


def test_the_worker_survives_the_loss_of_its_connection(test_database, owner, outside, caplog):
    stop = threading.Event()
    worker = threading.Thread(target=seal_forever, args=[stop])
    worker.start()
    try:
        until((outside / "lock").exists)
        with psycopg.connect(test_database.url(database.APP), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'guichet_app' AND datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()
        write(1)
        until(lambda: sealed(owner))
    finally:
        stop.set()
        worker.join()
    assert sealed(owner) == [1]
