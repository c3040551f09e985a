"""Ten days, two people, no byte left: the destruction of a recording (OPGA 7k al. 3 let. b, 7l al. 3)."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from guichet import storage
from guichet.recordings import rules
from guichet.recordings.actions import (
    court,
    deposits,
    destruction,
    grants,
    ingesting,
    listening_marks,
    mandates,
    receiving,
    sending,
)
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.errors import Destroyed, Incomplete, NotPossible, OnHold, TooLate
from guichet.recordings.models import (
    DestructionRequest,
    Listening,
    ListeningGrant,
    Mandate,
    Marker,
    RecordingEvent,
    Upload,
)
from guichet.recordings.states import Status
from guichet.recordings.tests import factories, listening_scenes
from guichet.storage.destruction_list import listed
from guichet.storage.destructions import brought_back, replay
from guichet.storage.models import StoredObject
from guichet.storage.store import key_store
from guichet.tenancy.context import tenant

CANARY = b"Zqcanary-spoken-words-" * 40
COURT = court.Wanted(ground="appeal", court="Tribunal", court_reference="S1", receiver="Jeanne")


@pytest.fixture(autouse=True)
def own_places(tmp_path, settings):
    settings.STORAGE_ROOT, settings.KEY_STORE = tmp_path / "objects", tmp_path / "keys"
    settings.DESTRUCTION_LIST = tmp_path / "outside" / "list.jsonl"
    return tmp_path


@pytest.fixture
def second(vs):
    return factories.staff(vs, "agent", "records")


def declaration(day, **changes):
    known = {"declared_on": timezone.localdate(), "document": factories.signed_paper(), "interview_on": day}
    return destruction.Declaration(**(known | changes))


def asked(recording, desk):
    return destruction.ask(recording.mandate, said=declaration(recording.interview_on), by=desk.records)


@pytest.mark.proves("REC-15")
@pytest.mark.parametrize(
    ("interview", "last_moment"),
    [
        (date(2026, 3, 20), datetime(2026, 3, 30, 21, 59, 59, tzinfo=ZoneInfo("UTC"))),  # summer time begins between
        (date(2026, 10, 16), datetime(2026, 10, 26, 22, 59, 59, tzinfo=ZoneInfo("UTC"))),  # and ends
        (date(2026, 11, 6), datetime(2026, 11, 16, 22, 59, 59, tzinfo=ZoneInfo("UTC"))),
        (date(2026, 10, 14), datetime(2026, 10, 26, 22, 59, 59, tzinfo=ZoneInfo("UTC"))),  # from a Saturday, over DST
    ],
)
def test_ten_days_run_until_midnight_in_switzerland(interview, last_moment):
    assert rules.may_ask_destruction(interview, last_moment, "VS")
    assert not rules.may_ask_destruction(interview, last_moment + timedelta(seconds=1), "VS")


@pytest.mark.proves("REC-15")
@pytest.mark.parametrize(
    ("interview", "canton", "last"),
    [
        (date(2026, 11, 2), "VS", date(2026, 11, 12)),  # a Thursday
        (date(2026, 11, 4), "VS", date(2026, 11, 16)),  # a Saturday
        (date(2026, 11, 5), "VS", date(2026, 11, 16)),  # a Sunday
        (date(2026, 3, 9), "VS", date(2026, 3, 20)),  # Saint Joseph, in Valais
        (date(2026, 3, 9), "BE", date(2026, 3, 19)),  # a Thursday like others in Berne
        (date(2026, 3, 24), "BE", date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2026, 12, 15), "BE", date(2026, 12, 28)),  # Christmas, Saint Stephen, a Sunday
        (date(2026, 7, 22), "", date(2026, 8, 3)),  # the national day, where no canton is known
    ],
)
def test_term_ends_on_a_working_day_of_the_canton(interview, canton, last):
    term = rules.destruction_term(interview, canton)
    assert (term.last, term.moved) == (last, last != interview + timedelta(days=10))


@pytest.mark.proves("REC-15")
@pytest.mark.parametrize(("days", "in_time"), [(0, True), (10, True), (15, False)])  # no holidays hold up four days
def test_destruction_is_asked_within_ten_days_of_the_interview(doctor, desk, days, in_time):
    day = timezone.localdate() - timedelta(days=days)
    recording = factories.archived(by=doctor, agent=desk.records, interview_on=day)
    if in_time:
        assert asked(recording, desk).interview_on == day
    else:
        with pytest.raises(TooLate):
            asked(recording, desk)


@pytest.mark.proves("REC-15")
def test_destruction_is_never_executed_by_who_entered_it(doctor, desk, second, vs):
    recording = factories.archived(by=doctor, agent=desk.records)
    request = asked(recording, desk)
    with pytest.raises(NotYours):
        destruction.execute(request, by=desk.records)
    with pytest.raises(NotYours):
        destruction.execute(request, by=desk.listener)
    with pytest.raises(IntegrityError, match="destruction_second_person"), transaction.atomic():
        DestructionRequest.objects.filter(pk=request.pk).update(
            executed_at=timezone.now(), executed_by=request.entered_by
        )
    destruction.execute(request, by=second)
    with pytest.raises(NotPossible):
        destruction.execute(request, by=second)
    recording.refresh_from_db()
    assert (recording.status, recording.destroyed_at is not None) == (Status.DESTROYED, True)


@pytest.mark.proves("REC-15")
def test_legal_hold_blocks_until_it_is_lifted(doctor, desk, second):
    recording = factories.archived(by=doctor, agent=desk.records)
    request = asked(recording, desk)
    destruction.hold(recording.mandate, reason="Enquête pénale", by=desk.records)
    with pytest.raises(OnHold):
        destruction.execute(request, by=second)
    destruction.hold(recording.mandate, reason="", by=desk.records)
    destruction.execute(request, by=second)


@pytest.mark.proves("REC-15")
def test_destruction_reaches_what_was_never_sent(doctor, desk, second, mailbox):
    deposited = factories.deposited(by=doctor)
    asked(deposited, desk)
    deposited.refresh_from_db()
    assert deposited.status == Status.DESTRUCTION_ASKED
    with pytest.raises(NotPossible):
        sending.send(deposited, declared=factories.declared(), by=doctor)
    with pytest.raises(NotPossible):
        deposits.start_again(deposited, by=doctor)
    assert [mail.subject for mail in mailbox() if "destruction" in mail.subject] == [
        f"Mandat {deposited.mandate.number} : destruction demandée"
    ]


@pytest.mark.proves("REC-15")
def test_destruction_reaches_an_upload_under_way_and_the_file_on_a_device(doctor, desk, second):
    begun = factories.begun(by=doctor)
    upload = factories.uploaded(begun, by=doctor)
    request = asked(begun, desk)
    assert not ingesting.compare(Upload.objects.get(pk=upload.pk))
    destruction.execute(request, by=second)
    assert StoredObject.objects.get(pk=upload.stored_id).destroyed_at is not None
    with pytest.raises(Destroyed):
        deposits.begin(begun.mandate, interview_on=begun.interview_on, by=doctor)


@pytest.mark.proves("REC-15")
def test_interview_nothing_was_deposited_of_can_be_destroyed_too(doctor, desk):
    mandate = factories.mandate(by=doctor, agent=desk.records)
    day = mandate.interview_dates[0]
    destruction.ask(mandate, said=declaration(day), by=desk.records)
    with pytest.raises(Destroyed):
        deposits.begin(mandate, interview_on=day, by=doctor)


@pytest.mark.proves("REC-15")
def test_after_the_decision_is_in_force_all_interviews_go_with_agreement(doctor, desk, second, vs):
    day = timezone.localdate() - timedelta(days=200)
    recording = factories.archived(by=doctor, agent=desk.records, interview_on=day)
    final = timezone.localdate() - timedelta(days=5)
    said = declaration(None, final_on=final)
    with pytest.raises(Incomplete):
        destruction.ask(recording.mandate, said=declaration(None, final_on=final, document=None), by=desk.records)
    vs.configuration = {"offer_to_archives": True}
    vs.save()
    with pytest.raises(Incomplete) as missing:
        destruction.ask(Mandate.objects.get(pk=recording.mandate_id), said=said, by=desk.records)
    assert missing.value.missing == ["offered_on"]
    said = declaration(None, final_on=final, offered_on=final)
    request = destruction.ask(recording.mandate, said=said, by=desk.records)
    destruction.execute(request, by=second)
    recording.refresh_from_db()
    assert recording.status == Status.DESTROYED


def test_paper_or_own_account_is_needed_and_the_day_must_be_an_interview(doctor, desk):
    recording = factories.archived(by=doctor, agent=desk.records)
    for said in (
        declaration(recording.interview_on, document=None),
        declaration(recording.interview_on - timedelta(days=1)),
        declaration(recording.interview_on, declared_on=timezone.localdate() + timedelta(days=1)),
    ):
        with pytest.raises(Incomplete):
            destruction.ask(recording.mandate, said=said, by=desk.records)
    with pytest.raises(NotYours):
        destruction.ask(recording.mandate, said=declaration(recording.interview_on), by=doctor)


@pytest.mark.proves("REC-15")
def test_log_remains_and_notes_of_content_go(doctor, desk, second, vs):
    recording = factories.archived(by=doctor, agent=desk.records)
    heard, _token = listening_scenes.begun(recording, desk.listener)
    listening_marks.set_marker(heard, at_ms=10, text="Zqcanary", shared=True, by=desk.listener)
    wanted = grants.Wanted(
        kind="insured", name="Lucie", ground="consultation", case_reference="1", mobile="+41790000001"
    )
    grants.give(recording, wanted=wanted, by=desk.records)
    before = RecordingEvent.objects.filter(recording=recording).count()
    request = asked(recording, desk)
    destruction.execute(request, by=second)
    assert list(Marker.objects.filter(recording=recording).values_list("text", flat=True)) == [""]
    assert ListeningGrant.objects.filter(recording=recording).alive().count() == 0
    assert RecordingEvent.objects.filter(recording=recording).count() == before + 2
    assert [row.end_reason for row in Listening.objects.filter(recording=recording)] == ["withdrawn"]
    request.refresh_from_db()
    assert storage.read(request.certificate).startswith(b"%PDF")


def everything(root):
    """Every byte of every file below, unpacked or not."""
    return b"".join(path.read_bytes() for path in sorted(Path(root).rglob("*")) if path.is_file())


def tables_with(word):
    """Tables of the application in which the word stands anywhere."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{word}%"])  # noqa: S608
            found += [table] if cursor.fetchone()[0] else []
    return found


def from_backup(places, recording, *, name, original):
    """Store, keys and rows as they were before the destruction; the list alone is not restored."""
    for folder in ("objects", "keys"):
        shutil.rmtree(places / folder)
        shutil.copytree(places / f"backup-{folder}", places / folder)
    rows = type(recording).objects.filter(pk=recording.pk)
    rows.update(status=Status.ARCHIVED, destroyed_at=None, name=name)
    StoredObject.objects.filter(pk=original).update(destroyed_at=None)
    return rows.select_related("original").get()


@pytest.mark.proves("REC-15")
@pytest.mark.django_db(transaction=True)
def test_no_byte_is_left_anywhere_and_a_restored_backup_is_destroyed_again(own_places):
    vs = factories.insurer()
    with tenant(vs.pk):
        desk, doctor = factories.office(vs), factories.expert(vs)
        second = factories.staff(vs, "agent", "records")
        recording = factories.begun(by=doctor)
        data = factories.sound() + CANARY
        factories.take_in(recording, by=doctor, data=data, name="Zqcanary.mp3")
        assert recording.file_name == "Zqcanary.mp3"
        sending.send(recording, declared=factories.declared(), by=doctor)
        mandates.confirm(recording.mandate, number="", by=desk.records)
        receiving.archive(recording, by=desk.records)
        recording.refresh_from_db()
        heard, _token = listening_scenes.begun(recording, desk.listener)
        listening_marks.set_marker(heard, at_ms=10, text="Zqcanary", shared=True, by=desk.listener)
        assert storage.read(recording.original).endswith(CANARY)
        assert tables_with("Zqcanary") == []  # sealed: neither the log of the database nor a dump holds a word
        for name in ("objects", "keys"):
            shutil.copytree(own_places / name, own_places / f"backup-{name}")
        sealed_name, original = recording.name, recording.original_id
        request = asked(recording, desk)
        destruction.execute(request, by=second)
        recording.refresh_from_db()
        places = [one.object for one in listed()]
        assert str(recording.original_id) in places
        left = everything(own_places / "objects") + everything(own_places / "keys") + everything(own_places / "outside")
        assert CANARY[:22] not in left
        assert tables_with("Zqcanary") == []
        restored = from_backup(own_places, recording, name=sealed_name, original=original)
        assert storage.read(restored.original).endswith(CANARY)
        assert restored.file_name == "Zqcanary.mp3"
        assert brought_back() > 0
        done = replay()
        assert brought_back() == 0
        assert (done.shredded >= 3, done.emptied) == (True, 1)
        with pytest.raises(storage.Destroyed):
            storage.read(StoredObject.objects.get(pk=original))
        recording.refresh_from_db()
        assert (recording.status, recording.name) == (Status.DESTROYED, "")
        assert RecordingEvent.objects.filter(recording=recording, act="sent").count() == 1


@pytest.mark.proves("REC-15")
def test_destruction_that_died_after_its_commit_is_finished_by_the_worker(
    vs, doctor, desk, second, django_capture_on_commit_callbacks
):
    recording = factories.archived(by=doctor, agent=desk.records)
    request = asked(recording, desk)
    with django_capture_on_commit_callbacks(execute=False):  # the process is dead by then
        destruction.execute(request, by=second)
    assert (key_store().holds(vs.pk, recording.original_id), listed()) == (True, [])
    with django_capture_on_commit_callbacks(execute=True):
        assert destruction.finish(vs, since=timezone.now() - timedelta(days=1)) == 1
    assert key_store().holds(vs.pk, recording.original_id) is False
    assert str(recording.original_id) in [one.object for one in listed()]


@pytest.mark.proves("REC-15")
def test_list_names_what_was_destroyed_before_too(doctor, desk, second, django_capture_on_commit_callbacks):
    """A former image for a court: a backup of that day knows its key."""
    recording = factories.archived(by=doctor, agent=desk.records)
    image = storage.put(b"image", insurer=recording.insurer, limit=10)
    package = court.ask(recording, wanted=COURT, by=factories.staff(recording.insurer, "agent", "court"))
    type(package).objects.filter(pk=package.pk).update(image=image)
    with django_capture_on_commit_callbacks(execute=True):
        storage.destroy(image)
        destruction.execute(asked(recording, desk), by=second)
    assert str(image.pk) in [one.object for one in listed()]
