import json
import os
import stat
import threading

import pytest
from django.db import transaction

from guichet.audit import Who, record
from guichet.audit.anchor import anchor, anchor_file, anchors, copy_file
from guichet.audit.sealing import seal_all, seal_pending
from guichet.audit.tasks import upkeep
from guichet.audit.verify import verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("AUD-01", "AUD-02")]


def write(count):
    with transaction.atomic():
        for _ in range(count):
            record("invoice.opened", insurer_id=1, by=Who("p", "agent"), on="invoice")


def test_anchor_says_head_and_count(owner, outside):
    write(3)
    head = seal_pending(1, at_most=2)
    [written] = anchor()
    assert (written.chain, written.seq, written.count, written.hash) == (1, 2, 3, head.hash.hex())
    assert anchors() == [written]
    assert json.loads(anchor_file().read_text())["at"] == written.at


def test_anchor_writes_only_what_is_new(outside):
    write(2)
    seal_all()
    assert [one.seq for one in anchor()] == [2]
    assert anchor() == []
    write(1)
    seal_all()
    assert [one.seq for one in anchor()] == [3]
    assert [json.loads(line)["seq"] for line in copy_file(1).read_text().splitlines()] == [1, 2, 3]


def test_a_line_torn_by_a_crash_is_written_again(outside):
    write(3)
    seal_all()
    anchor()
    for path in (copy_file(1), anchor_file()):
        os.truncate(path, path.stat().st_size - 20)
    anchor()
    assert [json.loads(line)["seq"] for line in copy_file(1).read_text().splitlines()] == [1, 2, 3]
    assert [one.seq for one in anchors()] == [3]
    assert verify().findings == []


def test_many_workers_anchor_once(outside):
    write(200)
    seal_all()
    workers = [threading.Thread(target=anchor) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(anchors()) == 1
    assert [json.loads(line)["seq"] for line in copy_file(1).read_text().splitlines()] == list(range(1, 201))


def test_the_store_is_its_owner_s_alone(outside):
    write(1)
    upkeep(timestamp=0)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (outside, copy_file(1).parent)] == [0o700, 0o700]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (anchor_file(), copy_file(1))] == [0o600, 0o600]
