"""Documents of strangers: what is taken, what is refused and with which words, and that nothing ever breaks."""

import io
import os
import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from guichet import storage
from guichet.storage.inspection import door, pool
from guichet.storage.inspection.codes import REFUSALS
from guichet.storage.tests import files


def _spent():
    """Processor seconds of the children of this process, those that have ended included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = 0
    for child in pool.pool._idle:
        ticks += sum(map(int, Path(f"/proc/{child._process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
    return usage.ru_utime + usage.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def refusal(data, name):
    """The code of the refusal, which must come within 3 s of work of the child."""
    door.demo_scan(b"harmless")  # the child is there
    begin = _spent()
    found = storage.inspect_document(data, name=name)
    assert _spent() - begin < 3
    assert (found.media_type, found.sanitised) == ("", None)
    assert found.refused is not None
    return found.refused.code


@pytest.fixture(scope="module", autouse=True)
def warm():
    """The first question starts a child; what is timed here comes after."""
    storage.inspect_document(files.pdf(), name="a.pdf")


# --- what is taken ------------------------------------------------------------------------------


@pytest.mark.proves("FRM-09")
def test_inspection_takes_a_pdf_as_it_is():
    data = files.pdf(3)
    found = storage.inspect_document(data, name="Facture 12.pdf")
    assert (found.media_type, found.pages, found.width, found.height) == ("application/pdf", 3, 793, 1123)
    assert (found.refused, found.sanitised, found.content == data) == (None, None, True)
    assert found.clean_name == "Facture 12.pdf"


@pytest.mark.parametrize("data", [files.opening_at_a_page(), files.with_linked_action(S="/URI", URI="https://vs.ch")])
def test_inspection_takes_a_pdf_that_opens_at_a_page_or_links_to_a_site(data):
    assert storage.inspect_document(data, name="a.pdf").refused is None


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.jfif"])
def test_inspection_takes_a_jpeg_under_each_of_its_extensions(name):
    found = storage.inspect_document(files.image("JPEG"), name=name)
    assert (found.media_type, found.pages, found.width, found.height) == ("image/jpeg", 1, 120, 80)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_inspection_takes_a_png_of_every_kind(mode):
    found = storage.inspect_document(files.image("PNG", mode=mode), name="a.png")
    assert (found.refused, found.width, found.height) == (None, 120, 80)
    assert Image.open(io.BytesIO(found.content)).size == (120, 80)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_inspection_takes_a_jpeg_of_every_kind(mode):
    found = storage.inspect_document(files.image("JPEG", mode=mode), name="a.jpg")
    assert Image.open(io.BytesIO(found.content)).mode == {"CMYK": "RGB"}.get(mode, mode)


def test_inspection_gives_a_name_without_extension_the_right_one():
    assert storage.inspect_document(files.image("JPEG"), name="image").clean_name == "image.jpg"


def test_inspection_keeps_a_photo_upright_and_forgets_camera_place_and_comment():
    data = files.photo_with_place()
    found = storage.inspect_document(data, name="IMG_1.jpg")
    assert (found.width, found.height) == (100, 200)
    kept = Image.open(io.BytesIO(found.content))
    assert (kept.size, dict(kept.getexif()), "comment" in kept.info) == ((100, 200), {}, False)
    assert [mark in found.content for mark in (b"PhoneMaker", b"<script>", b"Exif")] == [False, False, False]
    assert kept.getpixel((50, 10)) == (0, 0, 0)
    assert kept.getpixel((50, 190)) == (255, 255, 255)


def test_inspection_of_a_photo_loses_next_to_nothing():
    picture = Image.effect_noise((300, 200), 40).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    found = storage.inspect_document(out.getvalue(), name="a.jpg")
    assert abs(len(found.content) - len(out.getvalue())) < 0.05 * len(out.getvalue())


# --- what is refused (C10, C15) ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.pdf", "a.png", "a.jpg", "a.mp3", "a"])
@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"alert(document.cookie)",
        b"MZ\x90\0" + b"\0" * 100,
        b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)",
        files.zipped(a=b"x"),
        b"\0" * 5000,
    ],
)
@pytest.mark.proves("SEC-02")
def test_inspection_refuses_what_is_no_document_whatever_its_name(data, name):
    assert refusal(data, name) == "file.type"


@pytest.mark.parametrize(
    "data, name",
    [(files.image("PNG"), "a.pdf"), (files.image("JPEG"), "a.png"), (files.pdf(), "a.jpg"), (files.pdf(), "a.pdf.exe")],
)
def test_inspection_refuses_an_extension_that_says_something_else(data, name):
    assert refusal(data, name) == "file.extension"


def test_inspection_refuses_nothing_at_all():
    assert refusal(b"", "a.pdf") == "file.empty"


def test_inspection_refuses_heic_with_instructions():
    found = storage.inspect_document(b"\0\0\0\x18ftypheic" + b"\0" * 50, name="IMG_1.heic")
    assert found.refused == storage.Refusal("file.heic")
    assert (found.refused.status, "JPG" in found.refused.text) == (415, True)


@pytest.mark.parametrize(
    "data, code",
    [
        (files.with_action(S="/JavaScript", JS="app.alert(1)"), "pdf.javascript"),
        (files.with_linked_action(S="/JavaScript", JS="app.alert(1)"), "pdf.javascript"),
        (files.with_script_in_names(), "pdf.javascript"),
        (files.with_script_in_names().replace(b"/JavaScript", b"/J#61vaScript"), "pdf.javascript"),
        (files.with_action(S="/Launch", F="cmd.exe"), "pdf.launch"),
        (files.with_linked_action(S="/Launch", F="cmd.exe"), "pdf.launch"),
        (files.with_action(S="/URI", URI="https://evil.example"), "pdf.action"),
        (files.with_linked_action(S="/GoToR", F="\\\\evil.example\\share"), "pdf.action"),
        (files.with_linked_action(S="/SubmitForm", F="https://evil.example"), "pdf.action"),
        (files.with_embedded_file(), "pdf.embedded"),
        (files.with_file_in_a_stream(), "pdf.embedded"),
        (files.encrypted(), "pdf.encrypted"),
        (files.encrypted(user=""), "pdf.encrypted"),
        (files.pdf(201), "pdf.pages"),
        (files.pdf(10_000), "pdf.pages"),
        (files.pdf(0), "pdf.broken"),
        (files.pdf()[:-200], "pdf.broken"),
        (files.pdf()[:300], "pdf.broken"),
        (b"%PDF-1.7\n", "pdf.broken"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "pdf.broken"),
    ],
)
@pytest.mark.proves("SEC-02", "FRM-09")
def test_inspection_refuses_a_pdf_that_acts_hides_or_is_broken(data, code):
    assert refusal(data, "a.pdf") == code


def test_inspection_takes_a_pdf_of_200_pages():
    assert storage.inspect_document(files.pdf(200), name="a.pdf").pages == 200


@pytest.mark.parametrize(
    "data, code",
    [
        (files.huge_png(), "image.pixels"),
        (files.image("PNG")[:-40], "image.broken"),
        (files.image("PNG", size=(600, 600))[:100], "image.broken"),
        (b"\x89PNG\r\n\x1a\n", "image.broken"),
    ],
)
@pytest.mark.proves("SEC-02")
def test_inspection_refuses_a_png_that_is_huge_or_broken(data, code):
    assert refusal(data, "a.png") == code


@pytest.mark.parametrize("kept", [3, 20, 400])
def test_inspection_refuses_a_truncated_jpeg(kept):
    assert refusal(files.image("JPEG", size=(600, 600))[:kept], "a.jpg") == "image.broken"


# --- two files in one (C09) -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\n\n" + files.pdf(),
        b"<!doctype html><script>alert(1)</script>\n" + files.pdf(),
        files.pdf() + b"<script>alert(1)</script>",
        files.pdf() + files.zipped(a=b"MZ"),
        files.pdf() + b"\0" * 10 + b"<?php system('id');",
    ],
)
@pytest.mark.proves("SEC-02")
def test_inspection_keeps_a_pdf_without_what_was_before_and_behind_it(data):
    found = storage.inspect_document(data, name="a.pdf")
    assert (found.refused, found.pages) == (None, 1)
    assert found.content.startswith(b"%PDF-")
    assert found.content.rstrip().endswith(b"%%EOF")
    assert [mark in found.content for mark in (b"<script", b"<?php", b"PK\x05\x06")] == [False, False, False]
    assert storage.inspect_document(found.content, name="a.pdf").sanitised is None


def test_inspection_packs_a_zip_inside_a_pdf_so_that_no_zip_reader_finds_it():
    def hide(document):
        document.pages[0].Contents = document.make_stream(files.zipped(a=b"MZ"))

    data = files.pdf(change=hide, compress_streams=False)
    found = storage.inspect_document(data, name="a.pdf")
    assert (b"PK\x05\x06" in data, found.refused, b"PK\x05\x06" in found.content) == (True, None, False)


@pytest.mark.parametrize(
    "kind, name, tail",
    [
        ("JPEG", "a.jpg", files.zipped(a=b"MZ")),
        ("JPEG", "a.jpg", b"<?php __HALT_COMPILER(); ?>"),
        ("PNG", "a.png", b"<script>alert(1)</script>"),
        ("PNG", "a.png", files.pdf()),
    ],
)
@pytest.mark.proves("SEC-02")
def test_inspection_keeps_an_image_without_what_was_behind_it(kind, name, tail):
    found = storage.inspect_document(files.image(kind) + tail, name=name)
    assert (found.refused, tail[:8] in found.content, len(found.content) < 2000) == (None, False, True)


# --- whatever comes ---------------------------------------------------------------------------------

_HEADS = st.sampled_from([b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x10JFIF\0", b"PK\x03\x04"])


@given(_HEADS, st.binary(max_size=3000), st.sampled_from(["a.pdf", "a.png", "a.jpg"]))
@hypothesis_settings(max_examples=80)
@pytest.mark.proves("SEC-04")
def test_inspection_of_noise_ends_in_a_refusal(head, noise, name):
    found = storage.inspect_document(head + noise, name=name)
    assert found.refused is not None
    assert found.refused.code in REFUSALS


@given(st.sampled_from(["a.pdf", "a.png", "a.jpg"]), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255))))
@hypothesis_settings(max_examples=80)
@pytest.mark.proves("SEC-04")
def test_inspection_of_a_damaged_document_ends_in_a_result(name, damage):
    sound = {"a.pdf": files.with_stream(b"BT ET" * 50), "a.png": files.image("PNG"), "a.jpg": files.image("JPEG")}
    data = bytearray(sound[name])
    for place, value in damage:
        data[place % len(data)] = value
    found = storage.inspect_document(bytes(data), name=name)
    assert found.refused is None or found.refused.code in REFUSALS
    assert storage.scan(bytes(data)) in set(storage.Verdict)


def test_inspection_refuses_what_kills_or_hangs_the_child_and_the_next_question_is_answered(monkeypatch):
    def killed(self, head, body, *, seconds):
        self._process.kill()
        return original(self, head, body, seconds=seconds)

    original = pool.Child.ask
    monkeypatch.setattr(pool.Child, "ask", killed)
    assert refusal(files.pdf(), "a.pdf") == "file.unreadable"
    monkeypatch.setattr(pool.Child, "ask", original)
    assert storage.inspect_document(files.pdf(), name="a.pdf").refused is None


def test_inspection_answers_many_at_once_each_about_its_own():
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda pages: storage.inspect_document(files.pdf(pages), name="a.pdf").pages, range(1, 25))
        assert list(found) == list(range(1, 25))
    assert len(pool.pool._idle) <= pool.MOST_CHILDREN


def test_inspection_child_is_replaced_after_many_questions():
    storage.inspect_document(files.pdf(), name="a.pdf")
    tired = pool.pool._idle[-1]
    tired.answered = pool.MOST_QUESTIONS
    assert storage.inspect_document(files.pdf(), name="a.pdf").pages == 1
    assert (tired.is_alive, tired in pool.pool._idle) == (False, False)


def test_inspection_refuses_more_bytes_than_a_child_may_hold():
    assert refusal(bytes(door.MOST_BYTES + 1), "a.pdf") == "file.large"


@pytest.mark.parametrize("answer", [{"pages": -1}, {"refused": "no such code"}, {"unknown": 1}, {"pages": "many"}])
def test_inspection_does_not_trust_the_child(monkeypatch, answer):
    monkeypatch.setattr(pool.Child, "ask", lambda *_args, **_options: (answer, b""))
    assert refusal(files.pdf(), "a.pdf") == "file.unreadable"


def test_inspection_child_that_takes_too_long_is_ended():
    child = pool.Child()
    with pytest.raises(pool.ChildFailed):
        child.ask({"operation": "inspect", "cpu_seconds": 5, "arguments": {}}, files.pdf(), seconds=0.001)
    child.close()


def test_inspection_child_that_died_while_idle_is_replaced():
    storage.inspect_document(files.pdf(), name="a.pdf")
    idle = pool.pool._idle[-1]
    idle._process.kill()
    idle._process.wait()
    assert storage.inspect_document(files.pdf(), name="a.pdf").refused is None


def test_inspection_child_stays_within_its_memory_and_knows_no_secret():
    def bomb(document):
        document.pages[0].Contents = document.make_stream(b"\0" * 400_000_000)

    storage.inspect_document(files.pdf(), name="a.pdf")
    child = pool.pool._idle[-1]._process.pid
    process = Path("/proc") / str(child)
    with (process / "limits").open() as limits, (process / "environ").open() as environment:
        rows = {row[:25].strip(): row[26:46].strip() for row in limits}
        names = {entry.split("=")[0] for entry in environment.read().split("\0") if entry}
    assert (rows["Max address space"], rows["Max file size"], rows["Max core file size"]) == ("536870912", "0", "0")
    assert names <= {"PATH", "PYTHONPATH", "LC_CTYPE"}
    packed = files.pdf(change=bomb, compress_streams=True, recompress_flate=True)
    assert storage.scan(packed) == storage.Verdict.NOT_SCANNED


def test_inspection_works_in_a_forked_process():
    storage.inspect_document(files.pdf(), name="a.pdf")
    reading, writing = os.pipe()
    forked = os.fork()
    if not forked:
        found = storage.inspect_document(files.pdf(2), name="a.pdf")
        os.write(writing, str(found.pages).encode())
        pool.pool.close()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert answer.read() == "2"
    os.waitpid(forked, 0)
    assert storage.inspect_document(files.pdf(3), name="a.pdf").pages == 3


# --- previews -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data, size",
    [
        (files.pdf(2), (300, 425)),
        (files.image("PNG"), (120, 80)),
        (files.image("JPEG", size=(900, 600)), (300, 200)),
        (files.photo_with_place(), (100, 200)),
    ],
)
def test_preview_is_a_png_of_at_most_the_width(data, size):
    picture = Image.open(io.BytesIO(storage.preview(data, 1, width=300)))
    assert (picture.format, picture.size) == ("PNG", size)


@pytest.mark.parametrize("data, page", [(files.pdf(2), 3), (files.pdf(), 0), (files.image(), 2), (b"", 1), (b"x", 1)])
def test_preview_of_what_is_not_there_is_refused(data, page):
    with pytest.raises(storage.Unreadable):
        storage.preview(data, page)


def test_preview_of_a_page_as_large_as_a_house_is_made_small():
    document = pikepdf.new()
    document.add_blank_page(page_size=(14_400, 14_400))
    out = io.BytesIO()
    document.save(out)
    assert Image.open(io.BytesIO(storage.preview(out.getvalue(), 1, width=20_000))).size == (5000, 5000)


# --- words --------------------------------------------------------------------------------------------


def test_refusals_have_a_status_and_words_that_say_what_to_do():
    assert {status for status, _ in REFUSALS.values()} == {413, 415, 422}
    assert [code for code, (_, words) in REFUSALS.items() if not str(words).endswith((".", "»."))] == []
