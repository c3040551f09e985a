"""What the child process does, done in this one: both give the same answers."""

import io

import pikepdf
import pytest
from PIL import Image

from guichet import storage
from guichet.sandbox import frames
from guichet.storage.inspection import child, documents
from guichet.storage.inspection.codes import REFUSALS
from guichet.storage.inspection.refused import Refused
from guichet.storage.tests import bills, files

_TAKEN = {
    "pdf": files.pdf(2),
    "pdf that opens at a page": files.opening_at_a_page(),
    "pdf with something before it": b"<html>" + files.pdf(),
    "png": files.image("PNG"),
    "grey png": files.image("PNG", mode="LA"),
    "deep png": files.image("PNG", mode="I;16"),
    "png of a palette": files.image("PNG", mode="P", transparency=0),
    "jpeg": files.image("JPEG"),
    "printer's jpeg": files.image("JPEG", mode="CMYK"),
    "photo": files.photo_with_place(),
    "bill": bills.encoded(bills.page(bills.payload(1), angle=7, noise=60, seed=1)),
    "black and white bill": bills.encoded(bills.page(bills.payload(1), dpi=150).convert("1")),
}
_REFUSED = {
    "nothing": b"",
    "text": b"hello",
    "heic": b"\0\0\0\x18ftypheic" + b"\0" * 50,
    "script": files.with_script_in_names(),
    "program": files.with_linked_action(S="/Launch", F="cmd.exe"),
    "action": files.with_action(S="/URI", URI="https://evil.example"),
    "script at the opening": files.with_action(S="/JavaScript", JS="app.alert(1)"),
    "file in a stream": files.with_file_in_a_stream(),
    "attachment": files.with_embedded_file(),
    "protected": files.encrypted(),
    "restricted": files.encrypted(user=""),
    "long": files.pdf(201),
    "empty pdf": files.pdf(0),
    "cut pdf": files.pdf()[:-200],
    "cut png": files.image("PNG", size=(600, 600))[:-200],
    "cut jpeg": files.image("JPEG", size=(600, 600))[:500],
    "no png": b"\x89PNG\r\n\x1a\n",
    "huge": files.huge_png(),
}


def in_a_pdf(data):
    out = io.BytesIO()
    Image.open(io.BytesIO(data)).save(out, "PDF", resolution=100)
    return out.getvalue()


def refusal(operation, *arguments):
    with pytest.raises(Refused) as refused:
        operation(*arguments)
    return refused.value.code


@pytest.mark.parametrize("what", _TAKEN)
def test_documents_are_inspected_alike_in_the_child(what):
    facts, sanitised = documents.inspect(_TAKEN[what])
    found = storage.inspect_document(_TAKEN[what], name="a")
    assert (found.media_type, found.pages, found.width, found.height) == tuple(facts.values())
    assert len(found.sanitised or b"") == len(sanitised)


@pytest.mark.parametrize("what", _REFUSED)
def test_documents_are_refused_alike_in_the_child(what):
    code = refusal(documents.inspect, _REFUSED[what])
    assert code in REFUSALS
    assert storage.inspect_document(_REFUSED[what], name="a").refused == storage.Refusal(code)


@pytest.mark.parametrize("what", _TAKEN)
def test_documents_are_shown_and_scanned_alike_in_the_child(what):
    assert documents.preview(_TAKEN[what], 1, 200)[1] == storage.preview(_TAKEN[what], width=200)
    assert documents.scan(_TAKEN[what])[0]["verdict"] == storage.scan(_TAKEN[what])


@pytest.mark.parametrize(
    "data, texts", [(_TAKEN["bill"], [bills.payload(1)]), (_TAKEN["pdf"], []), (_TAKEN["png"], [])]
)
def test_documents_codes_are_read_alike_in_the_child(data, texts):
    assert documents.read_qr(data, 4.0)[0]["texts"] == texts == list(storage.read_qr(data))


def test_documents_codes_of_a_bad_scan_in_a_pdf_are_read():
    bad = bills.encoded(bills.speckled(bills.page(bills.payload(3), angle=7), 0.07, seed=3))
    assert documents.read_qr(in_a_pdf(bad), 30.0)[0]["texts"] == [bills.payload(3)]


def test_documents_codes_nobody_can_read_are_looked_for_in_every_way():
    torn = bills.page(bills.payload(4))
    torn.paste(128, (310, 860, 400, 990))
    assert documents.read_qr(bills.encoded(torn), 60.0)[0]["texts"] == []


def test_documents_of_many_pixels_are_made_handy():
    large = bills.encoded(bills.page(bills.payload(5), dpi=200).resize((4200, 5900)))
    assert documents.read_qr(large, 20.0)[0]["texts"] == [bills.payload(5)]
    assert documents.inspect(large)[0]["width"] == 4200


def test_documents_pages_as_large_as_a_house_are_shown_small():
    def enlarge(document):
        document.pages[0].MediaBox = pikepdf.Array([0, 0, 14_400, 14_400])

    assert Image.open(io.BytesIO(documents.preview(files.pdf(change=enlarge), 1, 20_000)[1])).size == (5000, 5000)


def test_documents_codes_are_not_looked_for_when_the_time_is_over():
    assert documents.read_qr(_TAKEN["bill"], -1.0)[0]["texts"] == []


@pytest.mark.parametrize(
    "data, verdict",
    [
        (files.EICAR, "infected"),
        (files.with_stream(files.EICAR), "infected"),
        (files.zipped(a=files.zipped(b=files.EICAR)), "infected"),
    ],
)
def test_documents_scan_finds_the_test_virus(data, verdict):
    assert documents.scan(data)[0] == {"verdict": verdict}


@pytest.mark.parametrize(
    "data, code",
    [
        (files.zipped(a=b"x"), "file.type"),
        (b"PK\x03\x04 broken", "file.type"),
        (files.encrypted(), "pdf.broken"),
        (files.zipped(a=bytes(80_000_000)), "file.large"),
        (files.with_stream(bytes(80_000_000)), "file.large"),
        (files.zipped(a=files.zipped(b=files.zipped(c=files.zipped(d=b"x")))), "file.large"),
        (files.zipped(**{f"m{number}": b"" for number in range(1001)}), "file.large"),
    ],
)
def test_documents_scan_refuses_to_judge(data, code):
    assert refusal(documents.scan, data) == code


def test_documents_scan_reads_streams_in_every_encoding():
    def change(document):
        page = document.pages[0]
        page.Contents = document.make_stream(files.EICAR.hex().encode() + b">", Filter=pikepdf.Name.ASCIIHexDecode)
        page.Photo = document.make_stream(b"no jpeg", Filter=pikepdf.Name.DCTDecode)
        page.Torn = document.make_stream(b"not packed", Filter=pikepdf.Name.FlateDecode)

    assert documents.scan(files.pdf(change=change, compress_streams=False))[0] == {"verdict": "infected"}


@pytest.mark.parametrize("page", [0, 2])
def test_documents_have_no_preview_of_other_pages(page):
    codes = {refusal(documents.preview, data, page, 100) for data in (files.pdf(), files.image())}
    assert codes == {"file.unreadable"}


@pytest.mark.parametrize("operation", [documents.preview, documents.read_qr])
def test_documents_that_are_broken_are_not_shown(operation):
    arguments = (1, 100) if operation is documents.preview else (1.0,)
    assert refusal(operation, b"%PDF-1.7 broken", *arguments) == "pdf.broken"


def test_child_answers_a_refusal_and_reports_the_unforeseen():
    ask = {"operation": "inspect", "arguments": {}}
    assert child._answer(ask, b"x") == ({"refused": "file.type"}, b"")
    assert child._answer(ask | {"arguments": {"no": 1}}, b"x")[0] == {"refused": "file.unreadable", "worn": True}
    assert child._answer(ask, files.pdf())[0]["pages"] == 1


def test_child_loads_what_it_needs_before_its_limits_fall():
    documents.warm_up()


# --- frames ---------------------------------------------------------------------------------------------


def test_frames_carry_a_head_and_a_body():
    pipe = io.BytesIO()
    frames.send(pipe, {"é": 1}, b"body")
    frames.send(pipe, {})
    pipe.seek(0)
    assert [frames.receive(pipe), frames.receive(pipe)] == [({"é": 1}, b"body"), ({}, b"")]
    with pytest.raises(EOFError):
        frames.receive(pipe)


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0",
        b"\0\0\0\x02" + b"\0" * 8 + b"{",
        b"\0\0\0\x02" + b"\0" * 8 + b"[]",
        b"\0\0\0\x02" + b"\0" * 8 + b"{{",
        b"\xff\xff\xff\xff" + b"\0" * 8,
        b"\0\0\0\x02" + b"\xff" * 8 + b"{}",
    ],
)
def test_frames_that_are_none_are_named(sent):
    with pytest.raises(frames.Broken):
        frames.receive(io.BytesIO(sent))
