"""QR codes of bills, on clean pages and on bad photographs (INV-12)."""

import io
import os
import time
from pathlib import Path

import pikepdf
import pytest
import segno
from PIL import Image, ImageFilter, ImageOps

from guichet import storage
from guichet.storage.tests import bills, files

TEN = range(10)


def read(image, kind="PNG", **save):
    return storage.read_qr(bills.encoded(image, kind, **save))


def in_pdf(*images):
    """A PDF of these pages, A4."""
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=100, save_all=True, append_images=images[1:])
    return out.getvalue()


def test_bills_have_payloads_as_long_as_real_ones():
    lengths = [len(bills.payload(seed)) for seed in TEN]
    assert (min(lengths) > 280, max(lengths) <= 400) == (True, True)


def test_qr_of_a_clean_page_is_read_to_the_letter():
    assert read(bills.page(bills.payload(1), dpi=200)) == (bills.payload(1),)


@pytest.mark.proves("INV-12")
@pytest.mark.parametrize("noise, kind", [(25, "PNG"), (35, "PNG"), (20, "JPEG")])
def test_qr_of_crooked_noisy_photos_at_100_dpi_is_read_nine_times_in_ten(noise, kind):
    photos = [bills.page(bills.payload(seed), angle=7, noise=noise, seed=seed) for seed in TEN]
    right = [read(photo, kind) == (bills.payload(seed),) for seed, photo in zip(TEN, photos, strict=True)]
    assert sum(right) >= 9


def test_qr_of_crooked_speckled_photos_is_read_nine_times_in_ten():
    photos = [bills.speckled(bills.page(bills.payload(seed), angle=7), 0.05, seed) for seed in TEN]
    right = [read(photo) == (bills.payload(seed),) for seed, photo in zip(TEN, photos, strict=True)]
    assert sum(right) >= 9


@pytest.mark.parametrize("angle", [-10, -7, -3, 3, 10, 90, 180])
def test_qr_is_read_at_every_slant(angle):
    photo = bills.page(bills.payload(3), angle=angle, noise=20, seed=3)
    assert read(photo) == (bills.payload(3),)


def test_qr_is_read_from_a_grey_blurred_and_a_dark_photo():
    text = bills.payload(4)
    blurred = bills.page(text, dpi=150, angle=4).filter(ImageFilter.GaussianBlur(1.2))
    dark = bills.page(text, angle=-5, noise=8).point(lambda value: 40 + value // 4)
    assert [read(blurred), read(dark)] == [(text,), (text,)]


def test_qr_is_read_from_a_large_photo():
    text = bills.payload(2)
    photo = bills.page(text, dpi=150).resize((4960, 7016), Image.Resampling.BICUBIC)
    assert read(photo.rotate(3, fillcolor=200), "JPEG") == (text,)


def test_qr_is_read_at_the_very_edge_of_the_image():
    text = bills.payload(5)
    box = ImageOps.invert(bills.page(text, dpi=200).crop((500, 1500, 1000, 2200))).getbbox()
    code = bills._code(text).resize((362, 362), Image.Resampling.LANCZOS)
    assert (box is None, read(code)) == (False, (text,))


@pytest.mark.parametrize("pages, place", [(1, 0), (4, 3), (4, 0), (4, 1), (30, 29)])
def test_qr_is_found_on_every_page_of_a_pdf(pages, place):
    blank = Image.new("L", (827, 1169), 255)
    text = bills.payload(6)
    sheets = [bills.page(text) if number == place else blank for number in range(pages)]
    assert storage.read_qr(in_pdf(*sheets)) == (text,)


@pytest.mark.proves("INV-12")
def test_qr_of_crooked_noisy_scans_in_pdf_is_read_nine_times_in_ten():
    scans = [in_pdf(bills.page(bills.payload(seed), angle=7, noise=20, seed=seed)) for seed in TEN]
    right = [storage.read_qr(scan) == (bills.payload(seed),) for seed, scan in zip(TEN, scans, strict=True)]
    assert sum(right) >= 9


def test_qr_codes_of_two_bills_in_a_pdf_are_both_told_last_page_first():
    one, two = bills.payload(7), bills.payload(8)
    assert storage.read_qr(in_pdf(bills.page(one), bills.page(two))) == (two, one)


def test_qr_is_told_by_the_inspection_from_what_is_kept():
    data = bills.encoded(bills.page(bills.payload(9), dpi=150), "JPEG", quality=80)
    found = storage.inspect_document(data, name="photo.jpg")
    assert found.qr_texts == (bills.payload(9),)


@pytest.mark.parametrize(
    "data", [files.pdf(3), files.image("PNG"), files.image("JPEG"), b"", b"noise", files.huge_png()]
)
def test_qr_of_what_has_none_is_none(data):
    assert storage.read_qr(data) == ()


def test_qr_is_not_looked_for_in_other_types():
    assert storage.read_qr(bills.encoded(bills.page("x", dpi=150)), media_type="audio/mpeg") == ()


def test_qr_search_gives_up_in_time():
    noise = Image.effect_noise((1200, 1600), 80)
    begin = time.process_time()
    assert read(noise) == ()
    assert time.process_time() - begin < 10


def test_qr_refused_documents_have_none():
    assert storage.inspect_document(b"x", name="a.pdf").qr_texts == ()


def test_qr_is_drawn_as_a_vector_in_a_pdf_is_read():
    text = bills.payload(2)
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    side = 46 / 25.4 * 72
    rows = segno.make(text, error="m", boost_error=False, micro=False, encoding="utf-8").matrix
    unit = side / len(rows)
    marks = "".join(
        f"{190 + x * unit:.3f} {250 - y * unit:.3f} {unit:.3f} {-unit:.3f} re\n"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    document.pages[0].Contents = document.make_stream(marks.encode() + b"f\n")
    out = io.BytesIO()
    document.save(out)
    assert storage.read_qr(out.getvalue()) == (text,)


_SHARED = Path(os.environ.get("GUICHET_SHARED", "")) / "data" / "invoices" / "qrbill" / "sprain"


@pytest.mark.skipif("GUICHET_SHARED" not in os.environ, reason="the samples are checked where they are")
@pytest.mark.proves("INV-12")
def test_qr_samples_of_another_generator_are_all_read():
    samples = sorted(_SHARED.glob("*.png"))
    read_from_png = {path.stem: storage.read_qr(path.read_bytes()) for path in samples}
    read_from_pdf = {path.stem: storage.read_qr(in_pdf(Image.open(path).convert("RGB"))) for path in samples}
    expected = {path.stem: (path.with_suffix(".txt").read_text(),) for path in samples}
    assert len(samples) >= 10
    assert (read_from_png, read_from_pdf) == (expected, expected)
