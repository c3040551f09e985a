"""What a tamperer with the owner's password does to the tables, and how the verifier names it (security.md G03)."""

import json

import pytest
from django.db import connection, transaction

from guichet.audit import Who, record
from guichet.audit.anchor import Tampered, anchor, anchors, copy_file
from guichet.audit.sealing import seal_all
from guichet.audit.verify import verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("AUD-02")]


@pytest.fixture
def chain(owner, outside):
    """Ten sealed, anchored and copied entries of insurer 1, and three of insurer 2."""
    write(10)
    write(3, insurer_id=2)
    seal_all()
    anchor()
    return owner


def write(count, insurer_id=1):
    with transaction.atomic():
        for number in range(count):
            record("invoice.opened", insurer_id=insurer_id, by=Who("p", "agent"), on="invoice", object_id=str(number))


def findings():
    return [(finding.kind, finding.chain, finding.seq, finding.entry_id) for finding in verify().findings]


REHASH = """
DO $$
DECLARE r record; h bytea := sha256('guichet.audit.1'); n bigint := 0;
BEGIN
    CREATE TEMP TABLE fresh AS SELECT e.id, convert_to(json_build_array(e.id, e.insurer_id, e.at AT TIME ZONE 'UTC',
        e.actor_id, e.role, e.action, e.object_type, e.object_id, e.subject_ref, e.recipient, e.outcome, e.reason,
        e.legal_basis, e.ip, e.user_agent_hash, e.request_id, e.detail)::text, 'UTF8') AS body
        FROM audit.entry e WHERE insurer_id = 1 ORDER BY e.id;
    DELETE FROM audit.seal WHERE chain = 1;
    FOR r IN SELECT * FROM fresh ORDER BY id LOOP
        n := n + 1;
        INSERT INTO audit.seal (chain, seq, entry_id, prev_hash, hash) VALUES (1, n, r.id, h, sha256(h || r.body));
        h := sha256(h || r.body);
    END LOOP;
    DROP TABLE fresh;
END $$
"""
"""The careful tamperer: hashes the whole chain anew, so that it stands by itself."""


def test_an_untouched_audit_is_whole(chain):
    report = verify()
    assert (report.findings, report.warnings, report.chains, report.entries) == ([], [], 2, 13)


def test_one_changed_value_is_named_whatever_the_column(chain):
    changes = {
        "insurer_id": "2",
        "at": "at + interval '1 microsecond'",
        "actor_id": "'q'",
        "role": "'Agent'",
        "action": "'invoice.openeD'",
        "object_type": "''",
        "object_id": "'4 '",
        "detail": """'{"n": 1}'""",
    }
    chain.execute("CREATE TEMP TABLE kept AS SELECT * FROM audit.entry WHERE id = 5")
    for column in chain.execute("SELECT * FROM audit.entry LIMIT 0").description[1:]:
        change = changes.get(column.name, "'x'")
        chain.execute(f"UPDATE audit.entry SET {column.name} = {change} WHERE id = 5")  # noqa: S608
        assert (column.name, findings()) == (column.name, [("altered", 1, 5, 5), ("copy", 1, 5, 5)])
        back = f"{column.name} = k.{column.name}"
        chain.execute(f"UPDATE audit.entry e SET {back} FROM kept k WHERE e.id = k.id")  # noqa: S608
    assert findings() == []


def test_two_swapped_entries_are_named(chain):
    chain.execute(
        "UPDATE audit.entry a SET object_id = b.object_id, at = b.at FROM audit.entry b"
        " WHERE a.id IN (4, 7) AND b.id = 11 - a.id"
    )
    assert findings()[0] == ("altered", 1, 4, 4)
    assert {finding[3] for finding in findings()} == {4, 7}


def test_two_swapped_seals_are_named(chain):
    chain.execute(
        "CREATE TEMP TABLE two AS SELECT * FROM audit.seal WHERE chain = 1 AND seq IN (4, 7);"
        "DELETE FROM audit.seal WHERE chain = 1 AND seq IN (4, 7);"
        "INSERT INTO audit.seal SELECT chain, 11 - seq, entry_id, prev_hash, hash, sealed_at FROM two"
    )
    assert findings()[0] == ("broken", 1, 4, 7)


def test_an_entry_deleted_in_the_middle_is_named(chain):
    chain.execute("DELETE FROM audit.entry WHERE id = 5")
    assert findings()[0] == ("missing", 1, 5, 5)


def test_an_entry_deleted_with_its_seal_is_named(chain):
    chain.execute("DELETE FROM audit.entry WHERE id = 5; DELETE FROM audit.seal WHERE entry_id = 5")
    assert findings()[0][:3] == ("gap", 1, 5)


def test_an_entry_deleted_and_the_seals_renumbered_is_named(chain):
    chain.execute(
        "DELETE FROM audit.entry WHERE id = 5; DELETE FROM audit.seal WHERE entry_id = 5;"
        "UPDATE audit.seal SET seq = seq + 1000 WHERE chain = 1 AND seq > 5;"
        "UPDATE audit.seal SET seq = seq - 1001 WHERE chain = 1 AND seq > 1000"
    )
    assert findings()[0] == ("broken", 1, 5, 6)


def test_an_entry_deleted_and_the_chain_hashed_anew_is_named_by_the_copy(chain):
    chain.execute("DELETE FROM audit.entry WHERE id = 5")
    chain.execute(REHASH)
    assert findings()[0] == ("copy", 1, 5, 6)
    assert ("cut", 1, 10, 10) in findings()


def test_a_change_with_the_chain_hashed_anew_contradicts_copy_and_anchor(chain):
    chain.execute("UPDATE audit.entry SET outcome = 'refused' WHERE id = 5")
    chain.execute(REHASH)
    assert findings()[0] == ("copy", 1, 5, 5)
    assert ("rewritten", 1, 10, 10) in findings()


def test_a_change_with_the_chain_hashed_anew_contradicts_the_anchor_alone(chain):
    chain.execute("UPDATE audit.entry SET outcome = 'refused' WHERE id = 5")
    chain.execute(REHASH)
    copy_file(1).unlink()
    assert findings() == [("rewritten", 1, 10, 10)]


def test_a_tail_that_was_cut_is_named(chain):
    chain.execute("DELETE FROM audit.seal WHERE chain = 1 AND seq > 8; DELETE FROM audit.entry WHERE id IN (9, 10)")
    assert findings() == [("cut", 1, 9, 9)]


def test_a_tail_that_was_cut_is_named_by_the_anchor_alone(chain):
    chain.execute("DELETE FROM audit.seal WHERE chain = 1 AND seq > 8; DELETE FROM audit.entry WHERE id IN (9, 10)")
    copy_file(1).unlink()
    assert findings() == [("cut", 1, 9, None)]


def test_a_chain_that_disappeared_is_named(chain):
    chain.execute("DELETE FROM audit.seal WHERE chain = 2; DELETE FROM audit.entry WHERE insurer_id = 2")
    assert findings() == [("cut", 2, 1, 11)]
    with pytest.raises(Tampered):
        anchor()


def test_a_roll_back_to_yesterday_is_named(chain, test_database):
    """A backup is restored, and work goes on: number 11 is somebody else's now."""
    write(2)
    seal_all()
    anchor()
    chain.execute("DELETE FROM audit.seal WHERE chain = 1 AND seq > 10; DELETE FROM audit.entry WHERE id > 13")
    assert findings() == [("cut", 1, 11, 14)]
    write(3)
    seal_all()
    assert findings()[0] == ("copy", 1, 11, 16)
    assert [kind for kind, *_where in findings()] == ["copy", "rewritten", "copy"]


def test_after_a_roll_back_nothing_outside_is_overwritten(chain, outside):
    chain.execute("DELETE FROM audit.seal WHERE chain = 1 AND seq > 8; DELETE FROM audit.entry WHERE id IN (9, 10)")
    before = copy_file(1).read_bytes()
    write(5)
    write(1, insurer_id=2)
    seal_all()
    with pytest.raises(Tampered, match="chain 1 does not continue its copy at 10"):
        anchor()
    assert copy_file(1).read_bytes() == before
    assert [(one.chain, one.seq) for one in anchors()] == [(1, 10), (2, 3), (2, 4)]  # the other chain goes on


def past_the_application(chain, statement):
    """As a superuser would: no trigger runs."""
    chain.execute("ALTER TABLE audit.entry DISABLE TRIGGER ALL")
    chain.execute(statement)
    chain.execute("ALTER TABLE audit.entry ENABLE TRIGGER ALL")


COPIED = (
    "insurer_id, {}, actor_id, role, action, object_type, object_id, subject_ref, recipient, outcome, reason,"
    " legal_basis, ip, user_agent_hash, request_id, detail"
)
FORGED = (
    f"INSERT INTO audit.entry (id, {COPIED.format('at')}) OVERRIDING SYSTEM VALUE"  # noqa: S608
    f" SELECT {{id}}, {COPIED.format('{at}')} FROM audit.entry WHERE id = 5"
)


def test_an_entry_put_in_without_a_seal_is_named(chain):
    chain.execute("DELETE FROM audit.entry WHERE id = 13; DELETE FROM audit.seal WHERE entry_id = 13")
    past_the_application(chain, FORGED.format(id=13, at="at"))
    assert findings() == [("cut", 2, 3, 13), ("unsealed", 1, 0, 13)]


def test_an_entry_put_into_the_middle_with_a_seal_is_named(chain):
    chain.execute("UPDATE audit.seal SET seq = seq + 1000 WHERE chain = 1 AND seq > 5")
    chain.execute("UPDATE audit.seal SET seq = seq - 999 WHERE chain = 1 AND seq > 1000")
    past_the_application(chain, FORGED.format(id=99, at="at"))
    chain.execute(
        "INSERT INTO audit.seal (chain, seq, entry_id, prev_hash, hash)"
        " SELECT 1, 6, 99, hash, sha256('x') FROM audit.seal WHERE chain = 1 AND seq = 5"
    )
    assert findings()[0] == ("altered", 1, 6, 99)


def test_an_entry_put_in_with_a_false_date_is_named(chain):
    chain.execute(FORGED.format(id=99, at="at - interval '1 day'"))
    seal_all()
    anchor()
    assert findings() == [("backdated", 1, 11, 99)]


def test_an_entry_deleted_before_its_seal_is_named(chain):
    write(2)
    chain.execute("DELETE FROM audit.entry WHERE id = 14")
    assert findings() == [("missing", 1, 0, 14)]
    seal_all()
    assert findings() == [("missing", 1, 11, 14)]


def test_an_entry_moved_to_another_chain_is_named(chain):
    chain.execute(
        "UPDATE audit.seal SET chain = 2, seq = 4,"
        " prev_hash = (SELECT hash FROM audit.seal WHERE chain = 2 AND seq = 3) WHERE chain = 1 AND seq = 10"
    )
    assert findings()[0] == ("cut", 1, 10, 10)
    assert ("altered", 2, 4, 10) in findings()


def test_a_changed_copy_is_named(chain):
    lines = copy_file(1).read_bytes().splitlines(keepends=True)
    copy_file(1).write_bytes(b"".join([*lines[:4], lines[4].replace(b"agent", b"other"), *lines[5:]]))
    assert findings() == [("copy", 1, 5, 5)]


def test_a_changed_anchor_is_named(chain, outside):
    path = outside / "anchor.jsonl"
    path.write_text(path.read_text().replace(anchors()[0].hash, "0" * 64))
    assert findings() == [("rewritten", 1, 10, 10)]
    path.write_text("no anchor\n")
    assert findings() == [("anchor", 0, 0, None)]


def test_one_chain_can_be_verified_alone(chain):
    chain.execute("UPDATE audit.entry SET reason = 'x' WHERE id = 5")
    assert [finding.chain for finding in verify(2).findings] == []
    assert {finding.chain for finding in verify(1).findings} == {1}


def test_a_worker_that_stands_still_is_a_warning(chain):
    write(2)
    assert verify().warnings == []
    past_the_application(chain, "UPDATE audit.entry SET at = at - interval '1 minute' WHERE id > 13")
    report = verify()
    assert report.findings == []
    assert report.warnings == ["2 entries wait for their seal, the oldest for 60 s: is the worker running?"]


def test_no_anchor_is_a_warning(chain, settings, tmp_path):
    settings.AUDIT_ANCHOR = tmp_path / "elsewhere"
    report = verify()
    assert report.findings == []
    assert report.warnings == ["no anchor outside the database: a cut tail would not be seen"]


def test_the_copy_is_json_and_holds_what_was_recorded(chain):
    [first, *_others] = [json.loads(line) for line in copy_file(1).read_text().splitlines()]
    assert first["seq"] == 1
    assert first["entry"][:2] == [1, 1]
    assert first["entry"][3:8] == ["p", "agent", "invoice.opened", "invoice", "0"]


def test_python_hashes_what_postgresql_hashes(chain, outside):
    """Every awkward value: the two implementations agree byte for byte."""
    awkward = ["é ü 漢 🎉", '"quoted" \\ back/slash', "</script>&amp;", "\x7f", "1e309", " lead", "'", "%s {} $1"]
    with transaction.atomic():
        for text in awkward:
            record("a.b", insurer_id=3, by=Who(text, text), on="x", reason=text, detail={"a": text, "f": 0.1, "i": -1})
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'Pacific/Auckland'; SET DateStyle = 'SQL, DMY'; SET extra_float_digits = -15")
        seal_all()
        cursor.execute("RESET ALL")
    anchor()
    assert findings() == []
