"""How much may be under way or unsent: nobody fills the office's disk with uploads that never end (H07)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from guichet.recordings.actions import deposits, uploads
from guichet.recordings.errors import TooManyOpen
from guichet.recordings.models import Upload
from guichet.recordings.tests import factories
from guichet.recordings.tests.test_ingesting import left_over
from guichet.recordings.tests.test_tus import create
from guichet.tenancy.context import tenant

__all__ = ["left_over"]

GIB = 1024**3
BEYOND = (
    "Avec celui-ci, vos dépôts qui ne sont pas encore envoyés (actuellement 1, 4\xa0octets) dépasseraient ce qui est "
    "admis à la fois : 1 dépôts, 50,0\xa0Gio. Envoyez ou abandonnez-en un, puis recommencez : votre fichier est resté "
    "sur cet appareil."
)


@pytest.fixture
def one_each(settings):
    """One deposit for each expert."""
    settings.DEPOSITS_OF_ACCOUNT = (1, 50)


def start(by, length=4, recording=None):
    return uploads.begin(recording or factories.begun(by=by), name="a.mp3", length=length, by=by)


@pytest.mark.proves("REL-04", "SEC-02")
def test_deposit_beyond_the_limit_does_not_begin_and_says_what_to_do(browser, doctor, one_each, left_over):
    kept = start(doctor)
    before = left_over()
    answer = create(browser(doctor), factories.begun(by=doctor))
    assert (answer.status_code, answer["Retry-After"], answer["Content-Type"]) == (
        429, "3600", "text/plain; charset=utf-8",
    )  # fmt: skip
    assert answer.content.decode() == BEYOND
    assert (list(Upload.objects.all()), left_over()) == ([kept], before)


def test_announced_bytes_count_and_not_only_those_that_came(doctor, settings):
    settings.DEPOSITS_OF_ACCOUNT = (100, 3)
    start(doctor, GIB)
    start(doctor, GIB)
    with pytest.raises(TooManyOpen):
        start(doctor, GIB + 1)
    start(doctor, GIB)


def test_office_that_is_full_takes_nobodys_and_names_no_figures(browser, doctor, clinic, settings):
    settings.DEPOSITS_OF_OFFICE = (1, 500)
    start(clinic)
    answer = create(browser(doctor), factories.begun(by=doctor))
    assert (answer.status_code, answer.content.decode().partition(" : ")[0]) == (
        429,
        "L'office ne peut pas recevoir d'autres dépôts pour le moment. Votre fichier est resté sur cet appareil",
    )


def test_file_chosen_again_takes_the_place_of_the_one_before(doctor, one_each):
    recording = start(doctor).recording
    start(doctor, recording=recording)
    factories.take_in(recording, by=doctor)
    recording.refresh_from_db()
    start(doctor, recording=recording)
    assert Upload.objects.filter(failure="", done_at=None).count() == 1


def test_refused_start_leaves_what_was_there(doctor, clinic, settings):
    upload = start(doctor)
    settings.DEPOSITS_OF_ACCOUNT = (0, 0)
    with pytest.raises(TooManyOpen):
        start(doctor, recording=upload.recording)
    upload.refresh_from_db()
    assert (upload.failure, upload.done_at) == ("", None)


@pytest.mark.parametrize("end", ["sent", "abandoned", "forgotten"])
def test_place_is_free_again(doctor, vs, one_each, end):
    recording = factories.begun(by=doctor)
    if end == "sent":
        factories.take_in(recording, by=doctor)
        recording.refresh_from_db()
        with pytest.raises(TooManyOpen):
            start(doctor)
        factories.sending.send(recording, declared=factories.declared(), by=doctor)
    else:
        start(doctor, recording=recording)
        with pytest.raises(TooManyOpen):
            start(doctor)
    if end == "abandoned":
        deposits.abandon(recording, by=doctor)
    if end == "forgotten":
        assert uploads.forget_stale(before=timezone.now() + timedelta(seconds=1)) == 1
    start(doctor)


@pytest.mark.proves("SEC-02")
@pytest.mark.django_db(transaction=True)
def test_uploads_begun_at_once_pass_no_limit(settings):
    settings.DEPOSITS_OF_ACCOUNT, settings.DEPOSITS_OF_OFFICE = (3, 50), (4, 500)
    vs = factories.insurer()
    with tenant(vs.pk):
        doctors = [factories.expert(vs), factories.expert(vs, "Dr Autre")]
        asked = [(doctor, factories.begun(by=doctor)) for doctor in doctors for _ in range(4)]
    ready = Barrier(len(asked))

    def one(doctor, recording):
        try:
            with tenant(vs.pk):
                ready.wait(20)
                start(doctor, recording=recording)
                return doctor
        except TooManyOpen:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(asked)) as pool:
        begun = [doctor for doctor in pool.map(lambda pair: one(*pair), asked) if doctor]
    assert (len(begun), max(map(begun.count, doctors)) <= 3) == (4, True)
    with tenant(vs.pk):
        assert Upload.objects.count() == 4
