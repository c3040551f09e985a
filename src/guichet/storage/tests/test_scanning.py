"""The virus door: three verdicts, and « clean » is only what was wholly looked at (FRM-09, C11 to C13)."""

import io
import shutil
import socket
import subprocess
import time

import pytest

from guichet import storage
from guichet.storage import Verdict
from guichet.storage.scanning import clamd
from guichet.storage.tests import fake_clamd, files

LIMIT = 1_000_000
EICAR = files.EICAR
_CLAMD = shutil.which("clamd") or ""


def ask(address, data, **options):
    return clamd.scan(io.BytesIO(data), address=address, most_bytes=LIMIT, **options)


# --- clamd --------------------------------------------------------------------------------------------


@pytest.fixture(params=["unix", "tcp"])
def address(request, tmp_path):
    return f"unix:{tmp_path / 'clamd.ctl'}" if request.param == "unix" else "tcp"


@pytest.mark.proves("FRM-09")
def test_clamd_gets_every_byte_and_its_word_counts(address):
    with fake_clamd.running(address) as (server, at):
        data = bytes(range(256)) * 1000
        assert [ask(at, data), ask(at, b""), ask(at, data + EICAR)] == [Verdict.CLEAN, Verdict.CLEAN, Verdict.INFECTED]
        assert server.received == [data, b"", data + EICAR]


def test_clamd_beyond_its_limit_has_not_scanned(address):
    with fake_clamd.running(address) as (_, at):
        assert ask(at, b"x" * (LIMIT + 1)) == Verdict.NOT_SCANNED
        assert ask(at, b"x" * (20 * LIMIT) + EICAR) == Verdict.NOT_SCANNED


@pytest.mark.proves("SEC-02")
def test_clamd_that_calls_a_file_over_its_limit_ok_is_not_believed():
    with fake_clamd.running("tcp", most_bytes=10 * LIMIT) as (_, at):
        assert ask(at, b"x" * (LIMIT + 1)) == Verdict.NOT_SCANNED
        assert ask(at, b"x" * LIMIT) == Verdict.CLEAN
        assert ask(at, b"x" * LIMIT + EICAR) == Verdict.INFECTED


@pytest.mark.parametrize(
    "reply",
    [
        "INSTREAM size limit exceeded. ERROR",
        "stream: Can't allocate memory ERROR",
        "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND",
        "stream: Heuristics.Encrypted.PDF FOUND",
        "",
        "stream: OK nonsense",
        "x" * 10_000,
    ],
)
def test_clamd_that_did_not_look_everywhere_has_not_scanned(reply):
    with fake_clamd.running("tcp", behaviour=reply) as (_, at):
        assert ask(at, b"x") == Verdict.NOT_SCANNED


def test_clamd_that_hangs_up_has_not_scanned(address):
    with fake_clamd.running(address, behaviour="close") as (_, at):
        assert [ask(at, b"x"), ask(at, b"x" * LIMIT)] == [Verdict.NOT_SCANNED, Verdict.NOT_SCANNED]


def test_clamd_that_hangs_has_not_scanned_in_time():
    with fake_clamd.running("tcp", behaviour="hang") as (_, at):
        begin = time.monotonic()
        assert ask(at, b"x", total_seconds=0.3) == Verdict.NOT_SCANNED
        assert time.monotonic() - begin < 60


@pytest.mark.proves("SEC-02")
def test_clamd_that_is_stopped_has_not_scanned(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert [ask(f"unix:{tmp_path}/none", b"x"), ask(f"127.0.0.1:{port}", b"x")] == [Verdict.NOT_SCANNED] * 2


@pytest.mark.skipif(not _CLAMD, reason="clamd is not installed here; the fake speaks its protocol")
def test_clamd_itself_finds_the_test_virus(tmp_path):
    (tmp_path / "eicar.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    control = tmp_path / "clamd.ctl"
    configuration = tmp_path / "clamd.conf"
    configuration.write_text(
        f"LocalSocket {control}\nDatabaseDirectory {tmp_path}\nForeground yes\nStreamMaxLength {LIMIT}\n"
    )
    server = subprocess.Popen([_CLAMD, "--config-file", configuration], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not control.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert ask(f"unix:{control}", b"harmless") == Verdict.CLEAN
        assert ask(f"unix:{control}", EICAR) == Verdict.INFECTED
        assert ask(f"unix:{control}", b"x" * (LIMIT + 1)) == Verdict.NOT_SCANNED
    finally:
        server.terminate()
        server.wait()


# --- the built-in scanner -------------------------------------------------------------------------------


_HIDDEN = {
    "plain": EICAR,
    "in text": b"before " + EICAR + b" behind",
    "in a PDF": files.with_stream(EICAR),
    "deep in a PDF": files.with_stream(b"x" * 100_000 + EICAR + b"x" * 100_000),
    "behind a PDF": files.pdf() + EICAR,
    "attached to a PDF": files.with_embedded_file(EICAR),
    "behind a photo": files.image("JPEG") + EICAR,
    "in a ZIP": files.zipped(a=EICAR),
    "in a ZIP in a ZIP": files.zipped(a=b"x", b=files.zipped(c=EICAR)),
    "in a ZIP in a PDF": files.with_stream(files.zipped(a=EICAR)),
    "in a PDF in a ZIP": files.zipped(bill=files.with_stream(EICAR)),
}


@pytest.mark.parametrize("place", _HIDDEN)
@pytest.mark.proves("FRM-09", "SEC-02")
def test_builtin_scanner_finds_the_test_virus_wherever_it_is(place):
    assert storage.scan(_HIDDEN[place]) == Verdict.INFECTED


@pytest.mark.parametrize("data", [files.pdf(3), files.image("PNG"), files.image("JPEG"), files.with_stream(b"BT ET")])
def test_builtin_scanner_calls_sound_documents_clean(data):
    assert [storage.scan(data), storage.scan(io.BytesIO(data))] == [Verdict.CLEAN, Verdict.CLEAN]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        files.zipped(a=b"x"),
        b"%PDF-1.7 broken",
        files.encrypted(),
        files.with_embedded_file(),
        b"PK\x03\x04 broken",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_builtin_scanner_does_not_judge_what_it_does_not_understand(data):
    assert storage.scan(data) == Verdict.NOT_SCANNED


@pytest.mark.parametrize(
    "data",
    [
        files.zipped(a=bytes(80_000_000)),
        files.with_stream(bytes(80_000_000)),
        files.zipped(a=files.zipped(b=files.zipped(c=files.zipped(d=EICAR)))),
    ],
)
@pytest.mark.proves("SEC-02")
def test_builtin_scanner_does_not_judge_what_it_cannot_unpack(data):
    assert storage.scan(data) == Verdict.NOT_SCANNED


# --- which one --------------------------------------------------------------------------------------------


def test_scan_asks_clamd_when_there_is_one(settings):
    with fake_clamd.running("tcp") as (server, at):
        settings.CLAMD, settings.CLAMD_MAX_BYTES = at, LIMIT
        assert [storage.scan(b"text"), storage.scan(io.BytesIO(EICAR))] == [Verdict.CLEAN, Verdict.INFECTED]
        assert server.received == [b"text", EICAR]


@pytest.mark.proves("FRM-09")
def test_scan_calls_nothing_clean_in_production_without_clamd(settings):
    settings.CLAMD, settings.DEMO = "", False
    assert storage.scan(files.pdf()) == Verdict.NOT_SCANNED
