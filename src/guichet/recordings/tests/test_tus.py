"""The upload protocol at its edges: every lie is refused, every part counts once (REC-03)."""

import base64
import hashlib
import threading

import pytest
from django.conf import settings
from django.db import connections

from guichet import storage
from guichet.recordings.actions import ingesting, uploads
from guichet.recordings.errors import NotPossible, WrongOffset
from guichet.recordings.models import Recording, Upload
from guichet.recordings.tests import factories
from guichet.storage import cipher
from guichet.storage.models import StoredObject
from guichet.storage.store import backend
from guichet.tenancy.context import tenant

PART = 1000
DATA = bytes(range(256)) * 10  # 2560 bytes: two whole parts and a rest
LENGTH = len(DATA)
DIGEST = hashlib.sha256(DATA).hexdigest()
PLAIN = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of a kilobyte; the limit of the body is that of production."""
    import guichet.recordings.views.tus  # noqa: F401 - which reads the size when it is loaded

    monkeypatch.setattr(cipher, "PART_SIZE", PART)


def named(name):
    return "filename " + base64.b64encode(name.encode()).decode()


def create(client, recording, *, name="a.mp3", length=LENGTH, **more):
    headers = {**PLAIN, "Upload-Metadata": named(name), "Upload-Length": str(length), **more}
    return client.post(f"/vs/depots/{recording.pk}/fichier/", headers=headers)


def patch(client, place, offset, data, **more):
    headers = {**PLAIN, "Upload-Offset": str(offset), **more}
    return client.generic("PATCH", place, data, content_type="application/offset+octet-stream", headers=headers)


def test_tus_takes_a_file_in_parts(browser, doctor, jobs):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording)["Location"]
    for offset in range(0, len(DATA), PART):
        assert client.head(place, headers=PLAIN)["Upload-Offset"] == str(offset)
        answer = patch(client, place, offset, DATA[offset : offset + PART], **{"Upload-Sha256": DIGEST})
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(min(offset + PART, len(DATA))))
    upload = Upload.objects.get()
    assert [job["upload_id"] for job in jobs("recordings.take_in")] == [str(upload.pk)]
    assert ingesting.compare(upload)
    original = Recording.objects.get(pk=recording.pk).original
    assert (original.sha256, original.size, original.unfinished) == (DIGEST, len(DATA), False)


def test_tus_says_what_it_can(browser, doctor):
    answer = browser(doctor).options(f"/vs/depots/{factories.begun(by=doctor).pk}/fichier/")
    assert (answer.status_code, answer["Tus-Version"], answer["Tus-Max-Size"]) == (204, "1.0.0", str(2 * 1024**3))
    assert answer["Tus-Extension"] == "creation,checksum,termination"


@pytest.mark.proves("REC-02")
@pytest.mark.parametrize(
    ("name", "length", "status"),
    [
        ("a.mp3", 2 * 1024**3 + 1, 413), ("a.mp3", 0, 422), ("a.wav", 10, 415), ("a.ds2", 10, 415), ("a.webm", 10, 415),
        ("a", 10, 415), ("a.mp3.exe", 10, 415), ("A.MP3", 10, 201), ("a.DSS", 10, 201), ("a.m4a", 10, 201),
    ],
)  # fmt: skip
def test_tus_refuses_before_the_first_byte(browser, doctor, name, length, status):
    assert create(browser(doctor), factories.begun(by=doctor), name=name, length=length).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.0"}, 412), ({"Upload-Length": "-1"}, 400), ({"Upload-Length": "１２"}, 400),
        ({"Upload-Length": "9" * 40}, 400), ({"Upload-Metadata": "filename %%%"}, 400), ({"Upload-Metadata": ""}, 400),
        ({"Upload-Defer-Length": "1", "Upload-Length": ""}, 400),
    ],
)  # fmt: skip
def test_tus_refuses_nonsense(browser, doctor, headers, status):
    assert create(browser(doctor), factories.begun(by=doctor), **headers).status_code == status


@pytest.mark.parametrize(
    ("offset", "size", "headers", "status"),
    [
        (1000, PART, {}, 409), (1, PART, {}, 409), (0, PART - 1, {}, 400), (0, PART + 1, {}, 400),
        (0, PART, {"Upload-Offset": "x"}, 400), (0, PART, {"Tus-Resumable": ""}, 412),
        (0, PART, {"Upload-Checksum": "sha256 " + base64.b64encode(b"x" * 32).decode()}, 460),
        (0, PART, {"Upload-Checksum": "sha256 eA=="}, 400),
        (0, PART, {"Upload-Checksum": "md5 eA=="}, 400), (0, PART, {"Upload-Checksum": "sha256 é"}, 400),
    ],
)  # fmt: skip
def test_tus_refuses_wrong_parts(browser, doctor, offset, size, headers, status):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording)["Location"]
    assert patch(client, place, offset, DATA[:size], **headers).status_code == status
    assert Upload.objects.get().offset == 0


def test_tus_refuses_another_type_of_body(browser, doctor):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording)["Location"]
    answer = client.generic(
        "PATCH", place, DATA[:PART], content_type="audio/mpeg", headers={**PLAIN, "Upload-Offset": "0"}
    )
    assert answer.status_code == 415


def test_tus_wants_the_checksum_of_the_whole_with_the_last_part(browser, doctor):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording, length=10)["Location"]
    assert patch(client, place, 0, DATA[:10]).status_code == 400
    assert patch(client, place, 0, DATA[:10], **{"Upload-Sha256": "A" * 64}).status_code == 400
    assert patch(client, place, 0, DATA[:10], **{"Upload-Sha256": "a" * 64}).status_code == 204


def test_tus_body_is_limited_before_it_is_read(browser, doctor):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording)["Location"]
    head = {"CONTENT_LENGTH": str(8 * 1024**2 + 1), "headers": {**PLAIN, "Upload-Offset": "0"}}
    answer = client.generic("PATCH", place, b"x", content_type="application/offset+octet-stream", **head)
    assert answer.status_code == 413
    elsewhere = client.generic("PATCH", "/vs/mandats/", b"x" * 1024**2 + b"x", content_type="text/plain")
    assert elsewhere.status_code == 413


@pytest.mark.proves("REC-04")
def test_tus_is_the_owners_alone(browser, doctor, desk, vs):
    recording = factories.begun(by=doctor)
    place = create(browser(doctor), recording)["Location"]
    stranger = browser(factories.expert(vs, "Dr Autre"))
    assert create(stranger, recording).status_code == 404
    assert patch(stranger, place, 0, DATA[:PART]).status_code == 404
    assert stranger.head(place, headers=PLAIN).status_code == 404
    assert stranger.delete(place, headers=PLAIN).status_code == 404
    assert browser(desk.records).head(place, headers=PLAIN).status_code == 403


def test_tus_asks_for_the_token_of_the_page(browser, doctor):
    recording = factories.begun(by=doctor)
    client = browser(doctor, enforce_csrf_checks=True)
    assert create(client, recording).status_code == 403
    client.get(f"/vs/depots/{recording.pk}/")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    assert create(client, recording, **{"X-CSRFToken": token}).status_code == 201


def test_tus_gives_up_and_the_bytes_go(browser, doctor, django_capture_on_commit_callbacks):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording)["Location"]
    patch(client, place, 0, DATA[:PART])
    stored = Upload.objects.get().stored
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(place, headers=PLAIN).status_code == 204
    assert client.head(place, headers=PLAIN).status_code == 410
    assert patch(client, place, PART, DATA[PART : 2 * PART]).status_code == 410
    with pytest.raises(FileNotFoundError):
        backend().open(stored.insurer_id, stored.pk)


def test_upload_that_makes_another_checksum_is_thrown_away(doctor):
    recording = factories.begun(by=doctor)
    upload = factories.uploading(recording, by=doctor, data=DATA[:10])
    uploads.write(upload, DATA[:10], offset=0, by=doctor, sha256="0" * 64)
    ingesting.take_in(upload.pk)
    upload.refresh_from_db()
    assert (upload.failure, Recording.objects.get(pk=recording.pk).original) == ("checksum", None)
    assert StoredObject.objects.get(pk=upload.stored_id).destroyed_at


def test_part_torn_before_its_acknowledgement_is_sent_again(doctor):
    upload = factories.uploading(factories.begun(by=doctor), by=doctor, data=DATA)
    uploads.write(upload, DATA[:PART], offset=0, by=doctor)
    upload.refresh_from_db()
    backend().write_at(upload.stored.insurer_id, upload.stored_id, cipher.part_place(1, PART), b"torn")
    assert Upload.objects.get(pk=upload.pk).offset == PART
    for offset in (PART, 2 * PART):
        uploads.write(upload, DATA[offset : offset + PART], offset=offset, by=doctor, sha256=DIGEST)
    assert ingesting.compare(Upload.objects.get(pk=upload.pk))


def test_upload_begun_anew_ends_the_one_before(doctor):
    recording = factories.begun(by=doctor)
    first = factories.uploading(recording, by=doctor, data=DATA)
    second = factories.uploading(recording, by=doctor, data=DATA)
    with pytest.raises(NotPossible):
        uploads.write(first, DATA[:PART], offset=0, by=doctor)
    assert uploads.write(second, DATA[:PART], offset=0, by=doctor) == PART


def test_part_on_its_way_locks_nothing_and_the_first_that_is_whole_counts(doctor):
    upload = factories.uploading(factories.begun(by=doctor), by=doctor, data=DATA)
    slow, quick = (uploads.receive(upload, PART, offset=0, by=doctor) for _ in range(2))
    slow.add(b"x" * PART)
    quick.add(DATA[:PART])
    assert uploads.keep(upload, quick, by=doctor) == PART
    with pytest.raises(WrongOffset):
        uploads.keep(upload, slow, by=doctor)
    for offset in (PART, 2 * PART):
        uploads.write(upload, DATA[offset : offset + PART], offset=offset, by=doctor, sha256=DIGEST)
    assert ingesting.compare(Upload.objects.get(pk=upload.pk))


def test_part_of_an_upload_given_up_meanwhile_is_not_taken(doctor, django_capture_on_commit_callbacks):
    upload = factories.uploading(factories.begun(by=doctor), by=doctor, data=DATA)
    part = uploads.receive(upload, PART, offset=0, by=doctor)
    part.add(DATA[:PART])
    with django_capture_on_commit_callbacks(execute=True):
        uploads.give_up(Upload.objects.get(pk=upload.pk), by=doctor)
    with pytest.raises(NotPossible):
        uploads.keep(upload, part, by=doctor)
    with pytest.raises(NotPossible):
        uploads.receive(upload, PART, offset=0, by=doctor)
    assert not backend().holds(upload.stored.insurer_id, upload.stored_id)


def test_part_costs_the_same_few_statements_at_any_offset(browser, doctor, django_assert_num_queries):
    recording, client = factories.begun(by=doctor), browser(doctor)
    place = create(client, recording)["Location"]
    patch(client, place, 0, DATA[:PART])
    with django_assert_num_queries(7):
        assert patch(client, place, PART, DATA[PART : 2 * PART]).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_parallel_parts_of_one_offset_count_once():
    vs = factories.insurer()
    with tenant(vs.pk):
        doctor = factories.expert(vs)
        upload = factories.uploading(factories.begun(by=doctor), by=doctor, data=DATA)
    answers, ready = [], threading.Barrier(4)

    def send(number):
        try:
            with tenant(vs.pk):
                mine = Upload.objects.select_related("stored", "recording__mandate").get(pk=upload.pk)
                ready.wait()
                answers.append(uploads.write(mine, bytes([number]) * PART, offset=0, by=doctor))
        except WrongOffset as wrong:
            answers.append(("conflict", wrong.offset))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == sorted(map(str, [PART, *[("conflict", PART)] * 3]))
    with tenant(vs.pk):
        upload.refresh_from_db()
        assert upload.offset == PART
        with pytest.raises(storage.Corrupt):
            storage.checksum(upload.stored, holder=uploads.holder_of(doctor.affiliation.pk))
