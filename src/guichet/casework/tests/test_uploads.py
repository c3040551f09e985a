"""Taking a file in: limited, scanned, looked into, cleaned; nothing is written before all that."""

from __future__ import annotations

import io

import pytest

from guichet.casework import uploads
from guichet.casework.errors import FileRefused
from guichet.casework.models import AttachmentState
from guichet.invoices.tests.factories import PDF, PNG
from guichet.storage.inspection.virus import SIGNATURE
from guichet.storage.tests import files

pytestmark = pytest.mark.proves("FRM-09")


class Endless(io.RawIOBase):
    """A sender that never stops."""

    def __init__(self):
        super().__init__()
        self.given = 0

    def read(self, size=-1):
        self.given += size
        return b"x" * size


def refusal(data, name="facture.pdf", **more):
    with pytest.raises(FileRefused) as refused:
        uploads.check(io.BytesIO(data), name=name, **more)
    return refused.value.status


def test_a_clean_file_comes_with_what_is_known_of_it():
    assert uploads.check(io.BytesIO(PDF), name="../../Été 2026.pdf") == uploads.Checked(
        data=PDF, name="Été 2026.pdf", media_type="application/pdf", pages=1, state=AttachmentState.CLEAN
    )


@pytest.mark.proves("SEC-06")
def test_a_photograph_loses_where_it_was_taken():
    checked = uploads.check(io.BytesIO(files.photo_with_place()), name="IMG_1.JPG")
    assert (checked.media_type, b"GPS" in checked.data, b"PhoneMaker" in checked.data) == ("image/jpeg", False, False)


@pytest.mark.proves("SEC-02")
def test_no_more_is_read_than_one_byte_beyond_the_limit(settings):
    settings.ATTACHMENT_MAX_BYTES = 2 * 1024 * 1024
    source = Endless()
    with pytest.raises(FileRefused) as refused:
        uploads.check(source, name="x.pdf")
    assert (refused.value.status, refused.value.text, source.given) == (
        413,
        "Ce fichier dépasse 2 Mo. Réduisez-le ou répartissez-le.",
        2 * 1024 * 1024 + 1,
    )


HOSTILE = {
    "virus behind": (lambda: PDF + SIGNATURE, "facture.pdf", 422),
    "virus inside": (lambda: files.with_stream(SIGNATURE), "facture.pdf", 422),
    "a file in a file": (files.with_embedded_file, "facture.pdf", 422),
    "encrypted": (files.encrypted, "facture.pdf", 422),
    "empty": (bytes, "facture.pdf", 422),
    "program": (lambda: b"MZ\x90\0", "facture.exe", 415),
    "drawing": (lambda: b"<svg onload=alert(1)>", "plan.svg", 415),
    "disguised": (lambda: PNG, "photo.pdf", 415),
    "bomb": (files.huge_png, "photo.png", 422),
}


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_with_the_status_that_fits(kind):
    make, name, status = HOSTILE[kind]
    assert refusal(make(), name) == status


def test_without_a_scanner_a_file_waits_unless_it_must_be_clean_now(settings):
    settings.CLAMD = "127.0.0.1:1"
    assert uploads.check(io.BytesIO(PDF), name="facture.pdf").state == AttachmentState.WAITING
    assert refusal(PDF, now=True) == 503


def test_a_picture_that_grows_when_it_is_cleaned_is_still_limited(settings):
    small = files.image("JPEG", (600, 600), quality=5)
    cleaned = uploads.check(io.BytesIO(small), name="photo.jpg").data
    assert len(cleaned) > len(small)
    settings.ATTACHMENT_MAX_BYTES = len(small)
    assert refusal(small, "photo.jpg") == 413
