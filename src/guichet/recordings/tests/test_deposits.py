"""Waivers that block, deposits nobody sent, new deposits, and what every act refuses."""

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from guichet import storage
from guichet.accounts.models import Partner
from guichet.recordings.actions import (
    deposits,
    destruction,
    ingesting,
    mandates,
    receiving,
    sending,
    uploads,
    withdrawal,
)
from guichet.recordings.errors import Incomplete, NotPossible, TooLate, WaiverInForce
from guichet.recordings.holding import holder_of
from guichet.recordings.models import Ingest, Mandate, Recording, Upload, Waiver, Withdrawal
from guichet.recordings.states import Status
from guichet.recordings.tests import factories, listening_scenes

TOMORROW = date(2999, 1, 1)  # or any later day


@pytest.mark.proves("REC-05")
def test_waiver_blocks_beginning_uploading_and_sending(doctor, desk):
    recording = factories.deposited(by=doctor)
    mandate = recording.mandate
    waiver = mandates.enter_waiver(
        mandate, declared_on=timezone.localdate(), document=factories.signed_paper(), by=desk.records
    )
    with pytest.raises(WaiverInForce):
        deposits.begin(mandate, interview_on=timezone.localdate(), by=doctor)
    with pytest.raises(WaiverInForce):
        factories.uploading(recording, by=doctor)
    with pytest.raises(WaiverInForce):
        sending.send(recording, declared=factories.declared(), by=doctor)
    with pytest.raises(NotPossible):
        mandates.revoke_waiver(waiver, revoked_on=timezone.localdate(), document=None, by=desk.records)
    paper = factories.signed_paper()
    mandates.revoke_waiver(waiver, revoked_on=timezone.localdate(), document=paper, by=desk.records)
    assert sending.send(recording, declared=factories.declared(), by=doctor).status == Status.SENT


@pytest.mark.proves("REC-15")
def test_waiver_and_revocation_come_before_the_interview(doctor, desk):
    today = timezone.localdate()
    held = factories.mandate(by=doctor, agent=desk.records, interview_dates=(today - timedelta(days=1),))
    with pytest.raises(TooLate):
        mandates.enter_waiver(held, declared_on=today, document=factories.signed_paper(), by=desk.records)
    waiver = mandates.enter_waiver(
        held, declared_on=today - timedelta(days=2), document=factories.signed_paper(), by=desk.records
    )
    with pytest.raises(TooLate):
        mandates.revoke_waiver(waiver, revoked_on=today, document=factories.signed_paper(), by=desk.records)
    assert Waiver.objects.get().revoked_on is None


@pytest.mark.proves("REC-05", "REC-15")
def test_interview_that_was_held_is_no_more_waived_though_only_the_expert_has_it(doctor, desk):
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    mandate = factories.mandate(by=doctor, agent=desk.records, interview_dates=())
    factories.begun(by=doctor, on=mandate, interview_on=yesterday)
    paper = factories.signed_paper()
    with pytest.raises(TooLate):
        mandates.enter_waiver(mandate, declared_on=today, document=paper, by=desk.records)
    assert mandates.enter_waiver(mandate, declared_on=yesterday, document=paper, by=desk.records).revoked_on is None


@pytest.mark.proves("REC-08")
def test_new_deposit_marks_the_first_as_replaced(doctor, desk):
    first = factories.archived(by=doctor, agent=desk.records)
    asked = factories.asked_again(first, agent=desk.records)
    with pytest.raises(NotPossible):
        factories.asked_again(first, agent=desk.records)
    second = factories.deposited(by=doctor, on=first.mandate)
    first.refresh_from_db()
    assert (first.status, second.replaces_id) == (Status.ARCHIVED, first.pk)
    sending.send(second, declared=factories.declared(), by=doctor)
    first.refresh_from_db()
    asked.refresh_from_db()
    assert (first.status, asked.answer_id) == (Status.REPLACED, second.pk)
    assert first.original.destroyed_at is None
    assert listening_scenes.begun(first, desk.listener)[0].recording_id == first.pk  # it stays in the archive


@pytest.mark.proves("REC-08")
def test_expert_replaces_freely_before_sending(doctor, django_capture_on_commit_callbacks):
    recording = factories.deposited(by=doctor)
    old = recording.original
    with django_capture_on_commit_callbacks(execute=True):
        deposits.start_again(recording, by=doctor)
    recording.refresh_from_db()
    assert (recording.status, recording.original, recording.ingest) == (Status.UPLOADING, None, Ingest.WAITING)
    old.refresh_from_db()
    with pytest.raises(storage.Destroyed):
        storage.read(old, holder=holder_of(doctor.affiliation.pk))
    factories.take_in(recording, by=doctor)
    sending.send(recording, declared=factories.declared(), by=doctor)
    for act in (deposits.start_again, deposits.abandon):
        with pytest.raises(NotPossible):
            act(recording, by=doctor)


@pytest.mark.proves("REC-05")
@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"confirmed": frozenset({"person", "spoken", "tests"})}, ["interruptions"]),
        ({"report_reference": ""}, ["report_reference"]), ({"report_date": None}, ["report_date"]),
        ({"spoken_start_ms": None}, ["spoken_start"]), ({"spoken_end_ms": 99_000}, ["spoken_end"]),
        ({"spoken_start_ms": 9000, "spoken_end_ms": 9000}, ["spoken_end"]),
        ({"spoken_start_ms": 26_017, "spoken_end_ms": None}, ["spoken_start", "spoken_end"]),
        ({"report_date": TOMORROW}, ["report_date"]),
    ],
)  # fmt: skip
def test_sending_asks_for_what_is_missing(doctor, changes, missing):
    recording = factories.deposited(by=doctor)
    with pytest.raises(Incomplete) as refused:
        sending.send(recording, declared=factories.declared(**changes), by=doctor)
    assert refused.value.missing == missing


@pytest.mark.proves("REC-05", "REC-06")
def test_sending_a_bad_recording_asks_whether_it_was_heard(doctor):
    recording = factories.deposited(by=doctor)
    recording.quality["verdict"] = "look"
    recording.save(update_fields=["quality"])
    unheard = factories.declared(confirmed=frozenset(sending.CONFIRMATIONS))
    with pytest.raises(Incomplete) as refused:
        sending.send(recording, declared=unheard, by=doctor)
    assert refused.value.missing == [sending.AUDIBLE]
    assert sending.send(recording, declared=factories.declared(), by=doctor).status == Status.SENT


@pytest.mark.proves("REC-05")
def test_day_of_an_interview_and_of_a_waiver_is_not_to_come(doctor, desk):
    tomorrow = timezone.localdate() + timedelta(days=1)
    mandate = factories.mandate(by=doctor, agent=desk.records, interview_dates=(tomorrow + timedelta(days=9),))
    paper = factories.signed_paper()
    with pytest.raises(NotPossible):
        deposits.begin(mandate, interview_on=tomorrow, by=doctor)
    with pytest.raises(TooLate):
        mandates.enter_waiver(mandate, declared_on=tomorrow, document=paper, by=desk.records)
    waiver = mandates.enter_waiver(mandate, declared_on=timezone.localdate(), document=paper, by=desk.records)
    for day in (tomorrow, timezone.localdate() - timedelta(days=1)):  # to come, or before the waiver itself
        with pytest.raises(TooLate):
            mandates.revoke_waiver(waiver, revoked_on=day, document=paper, by=desk.records)
    mandates.revoke_waiver(waiver, revoked_on=timezone.localdate(), document=paper, by=desk.records)
    assert Waiver.objects.get().revoked_on == timezone.localdate()


def test_sending_is_the_owners_and_happens_once(vs, doctor, clinic):
    recording = factories.deposited(by=doctor)
    with pytest.raises(NotPossible):
        sending.send(recording, declared=factories.declared(), by=clinic)
    first = sending.send(recording, declared=factories.declared(), by=doctor)
    again = sending.send(recording, declared=factories.declared(), by=doctor)
    assert (again.sent_at, again.events.filter(act="sent").count()) == (first.sent_at, 1)


def test_archive_waits_for_the_mandate_to_be_confirmed(doctor, desk):
    recording = factories.sent(by=doctor)
    with pytest.raises(NotPossible):
        receiving.archive(recording, by=desk.records)
    mandates.confirm(recording.mandate, number="VS-1", by=desk.records)
    receiving.archive(recording, by=desk.records)
    assert recording.status == Status.ARCHIVED


def test_file_refused_by_its_content_leaves_nothing(doctor):
    recording = factories.begun(by=doctor)
    upload = factories.uploaded(recording, by=doctor)
    assert ingesting.compare(upload)
    recording.refresh_from_db()
    ingesting.refuse(recording, code="audio.silent")
    recording.refresh_from_db()
    assert (recording.ingest, recording.refusal, recording.original) == (Ingest.REFUSED, "audio.silent", None)
    assert upload.stored.__class__.objects.get(pk=upload.stored_id).destroyed_at


def test_uploads_that_were_left_are_let_go(doctor):
    upload = factories.uploading(factories.begun(by=doctor), by=doctor)
    whole = factories.uploaded(factories.begun(by=doctor), by=doctor)
    assert uploads.forget_stale(before=timezone.now() - timedelta(hours=1)) == 0
    assert uploads.forget_stale(before=timezone.now() + timedelta(hours=1)) == 1
    assert [Upload.objects.get(pk=one.pk).failure for one in (upload, whole)] == ["given_up", ""]


def stopped(doctor, desk, *, taken_back):
    """A recording whose upload a request for its destruction has stopped, and the bytes of that upload."""
    recording = factories.begun(by=doctor)
    upload = factories.uploading(recording, by=doctor)
    today, paper = timezone.localdate(), factories.signed_paper()
    said = destruction.Declaration(declared_on=today, document=paper, interview_on=recording.interview_on)
    request = destruction.ask(recording.mandate, said=said, by=desk.records)
    if taken_back:
        back = withdrawal.TakenBack(reason=Withdrawal.PERSON, declared_on=today, document=paper)
        withdrawal.withdraw(request, said=back, by=desk.records)
    return recording, upload.stored


@pytest.mark.proves("REC-15")
def test_upload_that_was_stopped_leaves_no_bytes_once_its_request_is_taken_back(doctor, desk):
    (recording, replaced), (_forgotten, left) = (stopped(doctor, desk, taken_back=True) for _ in range(2))
    _asked, waiting = stopped(doctor, desk, taken_back=False)

    def gone():
        for obj in (replaced, left, waiting):
            obj.refresh_from_db()
        return [bool(obj.destroyed_at) for obj in (replaced, left, waiting)]

    factories.uploading(recording, by=doctor)
    assert gone() == [True, False, False]
    assert uploads.forget_stale(before=timezone.now() - timedelta(hours=1)) == 0
    assert uploads.forget_stale(before=timezone.now() + timedelta(hours=1)) == 2  # the new one, too
    assert gone() == [True, True, False]


@pytest.mark.proves("REC-05", "REC-15")
def test_interview_of_a_year_without_recordings_is_a_slip_of_the_pen(browser, doctor, desk):
    """It would close the waiver and the ten days to the insured person."""
    mandate = factories.mandate(by=doctor, agent=desk.records)
    answer = browser(doctor).post(f"/vs/mandats/{mandate.pk}/", {"interview_on": "20.11.2016"})
    assert (answer.status_code, "Vérifiez l&#x27;année" in answer.content.decode()) == (422, True)
    with pytest.raises(NotPossible):
        deposits.begin(mandate, interview_on=date(2021, 12, 31), by=doctor)
    assert deposits.begin(mandate, interview_on=date(2022, 1, 1), by=doctor).status == Status.UPLOADING


@pytest.mark.proves("REC-05")
def test_list_of_mandates_goes_to_none_of_two_experts_of_one_name(vs, browser, doctor, desk):
    namesake = factories.expert(vs, "Dr Essai")
    Partner.objects.filter(pk=namesake.affiliation.partner_id).update(town="Sierre")
    lines = ["Expert;Nom;Prénom;Date de naissance;N° assuré;Dates des entretiens"]
    lines += [
        f"{name};Un;Anne;01.02.1980;{factories.avs_number()};05.12.2026" for name in ("Dr Essai", "Dr Essai, Sierre")
    ]
    file = io.BytesIO("\n".join(lines).encode())
    file.name = "mandats.csv"
    answer = browser(desk.records).post("/vs/bureau/mandats/importer/", {"file": file})
    assert "Plusieurs experts portent ce nom" in answer.content.decode()
    assert [one.affiliation for one in Mandate.objects.all()] == [namesake.affiliation]


def test_office_sees_nothing_before_the_sending(doctor, desk):
    factories.deposited(by=doctor)
    sent = factories.sent(by=doctor)
    assert list(Recording.objects.visible_to(desk.records)) == [sent]
