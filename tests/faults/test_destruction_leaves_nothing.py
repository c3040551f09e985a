"""After a destruction no byte is found: database, its log, store, temporary files, jobs, a restored backup (REC-15).

A recording full of canaries is uploaded to a running demo, taken in by its worker, sent, archived, heard, noted, packed
for a court. Then a backup is taken as an operator does: `pg_dump` and a copy of the store, never the key store. Then it
is destroyed, and everything is searched. The controls show that the search would find them: in the upload, and in the
backup as soon as somebody has kept the keys.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import mmap
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from guichet.audio.tests import sounds
from guichet.config import database
from guichet.config.local import processes
from guichet.config.local.postgres import Cluster, _binaries
from guichet.config.local.processes import wait_until
from tests.faults.custody_acts import NOTE, OUTCOME, REPORT
from tests.faults.demo import Demo
from tests.faults.test_upload_cuts import Client

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

pytestmark = [pytest.mark.faults, pytest.mark.proves("REC-15")]

TAG, NAME = "Zqcanari-dans-le-fichier", "Zqnom-du-fichier"


class Story:
    """One recording, its backup, and what must not be found of it."""

    def __init__(self, root: Path) -> None:
        self.root, self.temporary, self.backup = root, root / "tmp", root / "backup"
        for place in (root / "var", self.temporary, self.backup):
            place.mkdir()
        self.demo = Demo(root / "var", {"TMPDIR": str(self.temporary)})
        self.before: dict[str, Any] = {}
        frame = TAG.encode() * 8
        tag = b"TXXX" + len(frame).to_bytes(4, "big") + b"\0\0" + frame
        self.data = b"ID3\x03\0\0" + bytes([0, 0, len(tag) >> 7, len(tag) & 0x7F]) + tag + sounds.mp3()
        self.canaries = {"tag": TAG.encode(), "file name": NAME.encode(), "note": NOTE.encode()}
        self.canaries |= {"report": REPORT.encode(), "outcome": OUTCOME.encode()}
        for start in range(2000, len(self.data) - 40, len(self.data) // 6):
            self.canaries[f"original at {start}"] = self.data[start : start + 32]

    def upload(self) -> None:
        client = Client(self.demo, self.data, name=f"{NAME}.mp3")
        while (offset := client.offset()) < len(self.data):
            client.send(offset)
        self.recording = client.place.split("/depots/")[1].split("/")[0]
        for number, piece in enumerate(self.act("live")["copy"]):
            self.canaries[f"copy {number}"] = bytes.fromhex(piece)

    def act(self, name: str, **environment: str) -> Any:
        return json.loads(self.run("-m", "tests.faults.custody_acts", name, self.recording, **environment))

    def run(self, *arguments: str, **environment: str) -> str:
        known = {**os.environ, **self.demo.settings(), "DJANGO_SETTINGS_MODULE": "guichet.config.settings"}
        done = subprocess.run(
            [sys.executable, *arguments], env=known | environment, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def dump(self, name: str = "guichet") -> bytes:
        """As an operator backs up: the role that reads everything."""
        address = self.demo.address(database.BACKUP).removesuffix("guichet") + name
        return subprocess.run([_binaries() / "pg_dump", address], capture_output=True, check=True).stdout

    def cluster(self) -> Path:
        """Where PostgreSQL keeps its files: tables, log, temporary files."""
        self.demo.query("CHECKPOINT", role="postgres")
        return processes.reachable_directory((self.demo.var / "pg").resolve(), processes.database_account())


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Iterator[Story]:
    story = Story(tmp_path_factory.mktemp("story"))
    try:
        story.demo.start()
        story.upload()
        (story.backup / "guichet.sql").write_bytes(story.dump())
        shutil.copytree(story.demo.var / "objects", story.backup / "objects")
        shutil.copytree(story.demo.var / "keys", story.root / "kept-keys")  # for the control alone
        story.before = story.act("look")
        assert story.act("destroy") == {"status": "destroyed"}
        yield story
    finally:
        story.demo.end()
        Cluster(story.demo.var).destroy()


def found_in(places: Iterable[Path], canaries: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Names of the canaries that stand anywhere in these files, as they are or in hexadecimal digits, and where."""
    found: dict[str, set[str]] = {}
    for file in _files(places):
        with (
            contextlib.suppress(FileNotFoundError, ValueError, PermissionError),  # gone meanwhile, empty, a socket
            file.open("rb") as opened,
            mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            for name, canary in canaries.items():
                if content.find(canary) >= 0 or content.find(canary.hex().encode()) >= 0:
                    found.setdefault(name, set()).add(str(file))
    return found


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        yield from (path for path in sorted(place.rglob("*")) if path.is_file() and not path.is_symlink())


def open_files(demo: Demo) -> list[Path]:
    """Files that processes of the demo hold although their names are gone."""
    held = []
    for pid in demo.family():
        with contextlib.suppress(OSError):
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if str(link.readlink()).endswith("(deleted)") and link.is_file():
                        held.append(link)
    return held


def test_search_finds_what_is_there(story, tmp_path):
    (tmp_path / "file").write_bytes(story.data + NOTE.encode().hex().encode())
    named = {name for name in story.canaries if name.startswith(("tag", "original"))}
    assert set(found_in([tmp_path], story.canaries)) == named | {"note"}
    assert (story.before["status"], story.before["name"]) == ("archived", f"{NAME}.mp3")
    assert (story.before["notes"], story.before["reports"]) == ([NOTE], [REPORT, OUTCOME])
    assert story.before["original"] == len(story.data)
    assert min(story.before["copy"], story.before["image"]) > 1000


def test_no_canary_is_left_in_database_log_store_jobs_or_temporary_files(story, tmp_path):
    (tmp_path / "after.sql").write_bytes(story.dump())
    places = [tmp_path, story.cluster(), story.demo.var, story.temporary]
    assert found_in(places, story.canaries) == {}
    held = {str(link): link.read_bytes() for link in open_files(story.demo)}
    assert [name for name, content in held.items() if any(one in content for one in story.canaries.values())] == []
    assert any(b"procrastinate_jobs" in line for line in (tmp_path / "after.sql").read_bytes().splitlines())
    assert any(file.parent.name == "pg_wal" for file in _files([story.cluster()]))


def test_backup_holds_no_canary_either(story):
    assert found_in([story.backup], story.canaries) == {}


def test_log_remains(story):
    seen = story.act("look")
    assert {seen["original"], seen["copy"], seen["image"]} == {0}
    assert [act for act in ("received", "sent", "archived", "court_made", "destroyed") if act in seen["history"]] == [
        "received", "sent", "archived", "court_made", "destroyed",
    ]  # fmt: skip
    entries = "SELECT count(*) FROM audit.entry WHERE action = ANY(%s) AND object_id = %s"
    acts = ["listening.begun", "marker.set", "defect.reported", "recording.destroyed"]
    assert story.demo.query(entries, [acts, story.recording], role=database.AUDIT_READER) == [(5,)]


@pytest.fixture(scope="module")
def restored(story) -> dict[str, str]:
    """The environment of the backup, restored: the old database and store, the keys and the list of today."""
    for statement in ("CREATE DATABASE restored", "GRANT CONNECT ON DATABASE restored TO PUBLIC"):
        with psycopg.connect(story.demo.address("postgres"), autocommit=True) as server:
            server.execute(statement)
    address = story.demo.address("postgres").removesuffix("guichet") + "restored"
    command = [_binaries() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", story.backup / "guichet.sql", address]
    subprocess.run(command, check=True, capture_output=True)
    var = story.root / "restored"
    shutil.copytree(story.backup / "objects", var / "objects")
    (var / "static").symlink_to(story.demo.var / "static")
    known = story.demo.settings()
    return {
        "GUICHET_VAR": str(var),
        "GUICHET_KEY_STORE": str(story.demo.var / "keys"),
        "GUICHET_DESTRUCTION_LIST": str(story.demo.var / "destructions" / "list.jsonl"),
        "DATABASE_URL": known["DATABASE_URL"].removesuffix("guichet") + "restored",
        "AUDIT_DATABASE_URL": known["AUDIT_DATABASE_URL"].removesuffix("guichet") + "restored",
    }


def test_without_the_end_of_the_keys_the_backup_opens(story, restored):
    """The control: whoever kept the keys of before reads everything, so the search above was not blind."""
    seen = story.act("look", **(restored | {"GUICHET_KEY_STORE": str(story.root / "kept-keys")}))
    assert (seen["original"], seen["notes"], seen["name"]) == (len(story.data), [NOTE], f"{NAME}.mp3")


def test_restored_backup_opens_nothing_and_is_not_served_before_the_replay(story, restored):
    seen = story.act("look", **restored)
    assert seen["status"] == "archived"
    assert (seen["original"], seen["copy"], seen["image"], seen["name"]) == (0, 0, 0, "")
    assert (seen["notes"], seen["reports"]) == ([""], ["", ""])
    refused, _port = _web(story, restored)
    assert refused.wait(60) == 1
    assert "replay-destructions" in (story.root / "web.log").read_text()
    said = story.run("-m", "guichet.config.cli", "storage", "replay-destructions", **restored)
    assert "1 records are emptied" in said
    seen = story.act("look", **restored)
    assert (seen["status"], seen["history"][-1]) == ("destroyed", "destroyed")
    marks = "SELECT count(*) FROM recordings_marker WHERE text <> '' AND recording_id = %s"
    with psycopg.connect(story.demo.address("postgres").removesuffix("guichet") + "restored") as server:
        assert server.execute(marks, [story.recording]).fetchall() == [(0,)]
    (story.root / "again.sql").write_bytes(story.dump("restored"))
    places = [story.root / "again.sql", Path(restored["GUICHET_VAR"]), story.cluster()]
    assert found_in([place if place.is_dir() else place.parent for place in places[1:]], story.canaries) == {}
    assert not any(one in (story.root / "again.sql").read_bytes() for one in story.canaries.values())
    served, port = _web(story, restored)
    try:
        assert wait_until(lambda: _answers(port), seconds=60, step=0.2)
    finally:
        served.terminate()
        served.wait(30)


def _web(story: Story, restored: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """A web server on the restored data, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "guichet.config.cli", "run-web", "--port", str(port), "--workers", "1"]
    known = {**os.environ, **story.demo.settings(), **restored, "GUICHET_HOSTS": "127.0.0.1"}
    with (story.root / "web.log").open("ab") as log:
        return subprocess.Popen(command, env=known, stderr=log, stdout=log), port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
