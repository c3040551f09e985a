import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg.rows import dict_row

from guichet.audit import AuditUnavailable, Entry, Who, record, record_all, record_with
from guichet.audit.context import request_facts
from guichet.audit.subject import reference
from guichet.tenancy.models import Insurer

AVS = "756.9999.0000.02"
AGENT = Who("5b1c9f52-0000-4000-8000-000000000001", "agent")


def entries(owner):
    with owner.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("SELECT * FROM audit.entry ORDER BY id").fetchall()


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-01")
def test_record_writes_every_fact(owner):
    with (
        request_facts(ip="192.0.2.7", user_agent="Mozilla/5.0", request_id="r-1"),
        transaction.atomic(),
    ):
        record(
            "recording.listened",
            insurer_id=7,
            by=AGENT,
            on="recording",
            object_id="42",
            subject=AVS,
            recipient="tribunal cantonal",
            outcome="refused",
            reason="accès expiré",
            legal_basis="LPGA 44 al. 6",
            detail={"seconds": 12, "rate": 1.5, "download": False, "note": "à revoir", "until": None},
        )
    [entry] = entries(owner)
    assert datetime.now(UTC) - entry.pop("at") < timedelta(minutes=5)
    assert entry.pop("id") > 0
    assert entry.pop("user_agent_hash") == sha256(b"Mozilla/5.0").hexdigest()[:32]
    assert entry == {
        "insurer_id": 7,
        "actor_id": AGENT.person_id,
        "role": "agent",
        "action": "recording.listened",
        "object_type": "recording",
        "object_id": "42",
        "subject_ref": reference(AVS, insurer_id=7),
        "recipient": "tribunal cantonal",
        "outcome": "refused",
        "reason": "accès expiré",
        "legal_basis": "LPGA 44 al. 6",
        "ip": "192.0.2.7",
        "request_id": "r-1",
        "detail": {"seconds": 12, "rate": 1.5, "download": False, "note": "à revoir", "until": None},
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-02")
def test_record_outside_a_transaction_is_refused(owner):
    with pytest.raises(TransactionManagementError):
        record("invoice.accepted", insurer_id=1, by=AGENT, on="invoice")
    with pytest.raises(TransactionManagementError):
        record_all([Entry(action="invoice.accepted", insurer_id=1, by=AGENT, on="invoice")])
    assert entries(owner) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-02")
def test_record_disappears_with_its_act(owner):
    @transaction.atomic
    def act():
        record("invoice.accepted", insurer_id=1, by=AGENT, on="invoice")
        raise IntegrityError

    with pytest.raises(IntegrityError):
        act()
    assert entries(owner) == []
    assert owner.execute("SELECT count(*) FROM audit.unsealed").fetchone() == (0,)


def make_inserts_fail(owner):
    """Fault injection by SQL: every insert into the audit raises."""
    owner.execute(
        "CREATE FUNCTION audit.fault() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the disk of the audit is full' USING ERRCODE = '53100'; END $$;"
        "CREATE TRIGGER fault BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.fault();"
    )


def an_insurer():
    return Insurer.objects.create(slug="vs", kind="ai_office", number_prefix="VS", phone="", hours="", email="a@b.ch")


@transaction.atomic
def found_an_office(write):
    """An act with its audit."""
    an_insurer()
    write()


def one():
    record("insurer.created", insurer_id=None, by=Who(role="operator"), on="insurer")


def many():
    record_all([Entry(action="import.done", insurer_id=1, by=AGENT, on="import")])


def careless():
    with suppress(AuditUnavailable):
        one()


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-02")
@pytest.mark.parametrize("write", [one, many])
def test_an_act_without_audit_is_rolled_back(owner, write):
    make_inserts_fail(owner)
    with pytest.raises(AuditUnavailable) as failure:
        found_an_office(write)
    assert isinstance(failure.value.__cause__, DatabaseError)
    assert not isinstance(failure.value, DatabaseError)  # no `except DatabaseError` of an action takes it for its own
    assert Insurer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-02")
def test_an_act_whose_action_swallows_the_failure_is_rolled_back_all_the_same(owner):
    make_inserts_fail(owner)
    found_an_office(careless)
    assert Insurer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-02")
def test_a_lost_connection_is_an_unavailable_audit(test_database):
    def lose_the_connection_and_record():
        pid = connection.connection.info.backend_pid
        with psycopg.connect(test_database.url("guichet_app"), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        one()

    with pytest.raises(AuditUnavailable):
        found_an_office(lose_the_connection_and_record)


@pytest.mark.django_db(transaction=True)
def test_record_all_writes_what_record_writes(owner):
    awkward = 'back\\slash \\N \\t "quoted" é'
    facts: Any = {
        "on": "import",
        "object_id": "\\N",
        "subject": AVS,
        "reason": awkward,
        "detail": {"n": 1, "t": awkward},
    }
    for insurer_id in (1, None):
        with transaction.atomic():
            record("import.done", insurer_id=insurer_id, by=AGENT, **facts)
            entry = Entry(action="import.done", insurer_id=insurer_id, by=AGENT, **facts)
            assert record_all(entry for _ in range(10_001)) == 10_001
    written = [{**entry, "id": 0, "at": 0} for entry in entries(owner)]
    assert [one for one in written[:10_002] if one != written[0]] == []
    assert [
        one
        for one in written[10_002:]
        if one != {**written[0], "insurer_id": None, "subject_ref": reference(AVS, insurer_id=None)}
    ] == []
    assert len(written) == 20_004


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-01", "SEC-06")
def test_no_identifier_and_no_forged_line_is_stored(owner):
    hostile = f"ligne\r\n2026-11-22 forged \x1b[31m\x00\u202e\u2028 {AVS} 7569999000002 CH93 0076 2011 6238 5295 7"
    with request_facts(ip="127.0.0.1\nx", user_agent="a\r\nb" * 10**6, request_id=hostile), transaction.atomic():
        record(
            "a.b\n",
            insurer_id=1,
            by=Who("p\n", "agent\x00"),
            on="x\x00",
            object_id="\ud800",
            subject=AVS,
            recipient=hostile,
            reason=hostile * 1000,
            legal_basis=hostile,
            detail={"note": hostile},
        )
    [entry] = entries(owner)
    stored = json.dumps({key: value for key, value in entry.items() if key != "at"}, ensure_ascii=False)
    assert [c for c in stored if not c.isprintable()] == []
    assert [mark for mark in (AVS, "7569999000002", "5295") if mark in stored.replace(entry["request_id"], "")] == []
    assert max(len(value) for value in entry.values() if isinstance(value, str)) == 500
    assert entry["ip"] == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("detail", "error"),
    [
        ({"who": {"name": "x"}}, TypeError),
        ({"names": ["x"]}, TypeError),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, TypeError),
        ({"rate": float("nan")}, TypeError),
        ({"Two words": 1}, ValueError),
        ({f"k{n}": n for n in range(21)}, ValueError),
    ],
)
@pytest.mark.proves("AUD-01")
def test_detail_takes_scalars_only(detail, error):
    with pytest.raises(error):
        record("a.b", insurer_id=1, by=AGENT, on="x", detail=detail)


RENAMED = "UPDATE tenancy_insurer SET phone = %(phone)s WHERE slug = %(slug)s RETURNING id"


def renamed(slug):
    entry = Entry(action="insurer.changed", insurer_id=7, by=AGENT, on="insurer", subject=AVS, detail={"n": 1})
    return record_with(RENAMED, {"phone": "027 111 11 11", "slug": slug}, entry)


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-02")
def test_record_with_writes_act_and_entry_in_one_statement_or_neither(owner, django_assert_num_queries):
    an_insurer()
    with django_assert_num_queries(1):
        assert renamed("vs")
    [entry] = entries(owner)
    assert (entry["action"], entry["subject_ref"], entry["detail"]) == (
        "insurer.changed", reference(AVS, insurer_id=7), {"n": 1},
    )  # fmt: skip
    assert not renamed("nobody")
    assert len(entries(owner)) == 1
    assert Insurer.objects.get().phone == "027 111 11 11"


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("AUD-02")
def test_record_with_does_nothing_where_the_audit_fails(owner):
    an_insurer()
    make_inserts_fail(owner)
    with pytest.raises(AuditUnavailable):
        renamed("vs")
    with transaction.atomic(), suppress(AuditUnavailable):
        renamed("vs")
    assert Insurer.objects.get().phone == ""
