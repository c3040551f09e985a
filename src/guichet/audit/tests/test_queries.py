from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from guichet.audit import AuditUnavailable, Entry, Who, record, record_all
from guichet.audit.queries import PAGE_SIZE, Wanted, read

AVS = "756.9999.0000.02"
AGENT = Who("p", "agent")
AUDITOR = Who("auditor-1", "auditor")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("AUD-01", "AUD-03")]


def write(action="invoice.opened", *, insurer_id=1, by=AGENT, on="invoice", object_id="1", subject=""):
    with transaction.atomic():
        record(action, insurer_id=insurer_id, by=by, on=on, object_id=object_id, subject=subject)


def found(**wanted):
    return [line.action for line in read(insurer_id=1, by=AUDITOR, wanted=Wanted(**wanted)).lines]


def test_reading_is_recorded_before_it_reads(owner):
    write()
    assert found(object_id="1") == ["invoice.opened"]
    assert found() == ["audit.read", "audit.read", "invoice.opened"]
    entry = owner.execute(
        "SELECT actor_id, role, detail FROM audit.entry WHERE action = 'audit.read' ORDER BY id LIMIT 1"
    )
    assert entry.fetchone() == ("auditor-1", "auditor", {"object_id": "1"})


def test_reading_that_cannot_be_recorded_does_not_happen(owner):
    owner.execute("REVOKE INSERT ON audit.entry FROM guichet_app")
    owner.execute("REVOKE ALL ON SCHEMA audit FROM guichet_app")
    with pytest.raises(AuditUnavailable):
        found()


def test_who_saw_what_about_whom_between_two_days(owner):
    write(action="invoice.sent", subject=AVS)
    write(action="invoice.opened", subject="756 9999 0000 02")
    write(action="invoice.opened", subject="756.9999.0000.19")
    write(action="elsewhere.opened", subject=AVS, insurer_id=2)
    owner.execute("UPDATE audit.entry SET at = at - interval '3 days' WHERE action = 'invoice.sent'")
    now = datetime.now(UTC)
    assert found(subject=AVS) == ["audit.read", "invoice.opened", "invoice.sent"]  # asking is about the person, too
    earlier = {"since": now - timedelta(days=4), "until": now - timedelta(days=2)}
    assert found(subject=AVS, **earlier) == ["invoice.sent"]


def test_filters_by_actor_object_and_action():
    write(action="a.b", by=Who("someone", "agent"), on="beneficiary", object_id="7")
    write(action="c.d")
    assert found(actor_id="someone") == ["a.b"]
    assert found(object_type="beneficiary", object_id="7") == ["a.b"]
    assert found(action="c.d") == ["c.d"]
    assert found(object_id="nothing\x00\ud800") == []


def test_one_insurer_never_sees_another_s_entries():
    write(insurer_id=2)
    write(insurer_id=None)
    assert found() == ["audit.read"]


@pytest.mark.proves("PERF-01")
def test_pages_follow_one_another_without_gap_or_repetition(owner):
    with transaction.atomic():
        record_all(Entry(action="a.b", insurer_id=1, by=Who(), on="x", object_id=str(number)) for number in range(120))
    owner.execute("UPDATE audit.entry SET at = date_trunc('second', at)")  # many entries of one moment
    seen, after = [], ""
    for _ in range(3):
        page = read(insurer_id=1, by=AUDITOR, wanted=Wanted(action="a.b"), after=after)
        seen += [int(line.object_id) for line in page.lines]
        after = page.next
    assert seen == list(range(119, -1, -1))
    assert (after, PAGE_SIZE) == ("", 50)


@pytest.mark.parametrize("cursor", ["x", "1", "-1", "1-", "1-2-3", "9" * 40 + "-1", "' OR 1=1", "٣-٣"])
def test_a_foreign_cursor_is_refused(cursor):
    with pytest.raises(ValueError, match="no cursor"):
        read(insurer_id=1, by=AUDITOR, wanted=Wanted(), after=cursor)


def test_an_enormous_cursor_is_refused():
    with pytest.raises(ValueError, match="no cursor"):
        read(insurer_id=1, by=AUDITOR, wanted=Wanted(), after="9999999999999999999999-1")
