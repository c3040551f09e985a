"""An upload cut at fifty random places ends with the same SHA-256, and no cut costs more than one part (REC-03).

`GUICHET_UPLOAD_MB=1024` is the full size; the default is a quick run.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import http.client
import json
import os
import random
import re
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from bench.visitor import Visitor
from guichet.config.local.processes import wait_until
from guichet.storage.cipher import PART_SIZE
from tests.faults.demo import kill, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.demo import Demo

pytestmark = [pytest.mark.faults, pytest.mark.proves("REC-03", "REC-04", "REL-03")]

_BYTES = int(os.environ.get("GUICHET_UPLOAD_MB", "64")) * 1024 * 1024 + 12_345
_CUTS = int(os.environ.get("GUICHET_UPLOAD_CUTS", "50"))
_TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


class Client:
    """An expert's program: sends parts, and is cut off by itself, by the line or by the server's death."""

    def __init__(self, demo: Demo, data: bytes, *, name: str = "entretien.mp3") -> None:
        self.demo, self.data, self.sent, self.refused = demo, data, 0, 0
        self.digest = hashlib.sha256(data).hexdigest()
        account = next(a for a in json.loads((demo.var / "demo.json").read_text()) if a["role"] == "expert")
        self.visitor = Visitor(demo.port, "vs")
        self.visitor.log_in(account, demo.var / "outbox")
        page = self.visitor.get("/vs/mandats/?recherche=Lambiel").text
        mandate = re.search(r"/vs/mandats/[0-9a-f-]{36}/", page)[0]
        token = self._token(mandate)
        day = f"{dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1):%d.%m.%Y}"
        answer = self.visitor.post(mandate, {"csrfmiddlewaretoken": token, "interview_on": day})
        self.headers = {**_TUS, "X-CSRFToken": self._token(answer.location), "Cookie": self._cookies()}
        self.visitor.close()
        metadata = f"filename {base64.b64encode(name.encode()).decode()}"
        head = {**self.headers, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        status, said = self.ask("POST", f"{answer.location}fichier/", head)
        assert status == 201
        self.place = said["Location"]

    def _token(self, path: str) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.visitor.get(path).text)[1]

    def _cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.demo.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers
        finally:
            connection.close()

    def offset(self) -> int:
        """What the server has for sure; waits until it answers again."""
        found: list[int] = []

        def asked() -> bool:
            try:
                status, said = self.ask("HEAD", self.place, self.headers)
            except (OSError, http.client.HTTPException):
                return False
            found[:] = [int(said["Upload-Offset"])] if status == 200 else []
            return bool(found)

        assert wait_until(asked, seconds=90, step=0.1)
        return found[0]

    def part(self, offset: int) -> tuple[bytes, dict[str, str]]:
        data = self.data[offset : offset + PART_SIZE]
        head = {
            **self.headers,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Sha256": self.digest,
        }
        return data, head

    def send(self, offset: int) -> None:
        data, head = self.part(offset)
        self.sent += len(data)
        try:
            status, _said = self.ask("PATCH", self.place, head, data)
        except ConnectionError:  # refused before its end: a part that was cut off as a whole counts by now
            self.refused += 1
            assert self.refused <= _CUTS
        else:
            assert status in {204, 409}

    def cut(self, offset: int, how: str, at: float) -> None:
        """Send a part up to a place, then the client dies, the line breaks, or the server is killed."""
        data, head = self.part(offset)
        upto = int(len(data) * at)
        with socket.create_connection(("127.0.0.1", self.demo.port), timeout=60) as line:
            lines = [f"PATCH {self.place} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
            lines += [f"{name}: {value}" for name, value in head.items()]
            line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            with suppress(ConnectionError):  # an answer came first: what was cut off before had arrived whole after all
                line.sendall(data[:upto])
            self.sent += upto
            if how == "server":
                if at == 1.0:
                    time.sleep(random.Random(offset).uniform(0, 0.2))  # in the middle of sealing, or after
                for pid in self.demo.children("cli run-web"):
                    kill(pid)
            elif how == "reset":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def noise(count: int) -> bytes:
    """The same bytes every time; made by the part, since one call gives less than 2³¹ bits."""
    dice, parts = random.Random(4), -(-count // PART_SIZE)
    return b"".join(dice.randbytes(PART_SIZE) for _part in range(parts))[:count]


def test_upload_cut_at_random_offsets_ends_with_the_same_checksum(demo):
    client, dice = Client(demo, noise(_BYTES)), random.Random(9)
    data = client.data
    cuts = {"client": 0, "server": 0, "reset": 0}
    parts = -(-len(data) // PART_SIZE)
    done = 0
    while (offset := client.offset()) < len(data):
        assert offset % PART_SIZE == 0
        left = parts - offset // PART_SIZE
        if sum(cuts.values()) < _CUTS and (dice.random() < 0.9 or (_CUTS - sum(cuts.values())) >= left):
            how = dice.choice(["client", "reset", "reset", "server"])
            cuts[how] += 1
            client.cut(offset, how, 1.0 if dice.random() < 0.15 and left > 1 else dice.random())
        else:
            client.send(offset)
            done += 1
    digest = client.digest
    said = 'SELECT sha256, failure, "offset" FROM recordings_upload WHERE id = %s'
    upload = client.place.rstrip("/").rpartition("/")[2]
    assert demo.query(said, [upload]) == [(digest, "", len(data))]
    kept = "SELECT o.sha256 FROM recordings_upload u JOIN storage_storedobject o ON o.id = u.stored_id WHERE u.id = %s"
    assert wait_until(lambda: demo.query(kept, [upload]) == [(digest,)], seconds=180, step=0.5)
    assert sum(cuts.values()) == _CUTS
    assert client.sent <= len(data) + (_CUTS + client.refused) * PART_SIZE
