"""Parts of 8 MiB into Guichet (sealed, synced, counted) against nginx's dav PUT of the same parts with fsync (REC-03).

The dav module never syncs: after each answer the client syncs the file and its directory itself. Both get the same
bytes from the same client on one kept connection. Where no nginx with dav is installed there is nothing to compare
with, and only our own figure is told.
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
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.figures import Figure, paired, tell
from bench.platform import cost, free_port, running
from bench.visitor import Visitor
from guichet.storage.cipher import PART_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from guichet.config.local.demo import Stack

_PARTS: Final = 16
_ROUNDS: Final = 9
_PART: Final = random.Random(3).randbytes(PART_SIZE)  # made once: cutting it out of the whole would be timed, too
_LENGTH: Final = PART_SIZE * _PARTS
_DIGEST: Final = hashlib.sha256(_PART * _PARTS).hexdigest()


def main() -> None:
    """Seconds for 128 MiB in sixteen requests, ours ÷ nginx's."""
    with running() as stack:
        ours = _guichet(stack)
        with _nginx() as theirs:
            if theirs is None:
                tell([Figure("upload MB/s", _speed(ours()), "", "no nginx with dav here: nothing to compare with")])
                return
            ours(), theirs()  # connections, statements and buffers are made
            before = cost(stack)
            ratio, mine, other = paired(_ROUNDS, ours, theirs)
            spent = cost(stack) - before
    note = f"{_speed(mine):.0f} against {_speed(other):.0f} MB/s"
    each = 1000 / _ROUNDS / _PARTS
    tell(
        [
            Figure("upload: speed ÷ nginx dav PUT with fsync", round(1 / ratio, 2), "≥ 0.5", note),
            Figure("  … processor ms of a part, web", round(spent.web * each, 1)),
            Figure("  … database, its housekeeping included", round(spent.database * each, 1)),
        ]
    )


def _speed(seconds: float) -> float:
    return round(_LENGTH / seconds / 1e6, 1)


def _guichet(stack: Stack) -> Callable[[], float]:
    account = next(a for a in json.loads((stack.var / "demo.json").read_text()) if a["role"] == "expert")
    visitor = Visitor(stack.port, "vs")
    visitor.log_in(account, stack.var / "outbox")
    found = re.search(r"/vs/mandats/[0-9a-f-]{36}/", visitor.get("/vs/mandats/?recherche=Lambiel").text)
    assert found is not None  # the demo has this mandate
    visitor.get(found[0])
    day = f"{dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1):%d.%m.%Y}"
    place = visitor.post(found[0], {"interview_on": day}).location
    visitor.get(place)
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    standing = {"Tus-Resumable": "1.0.0", "X-CSRFToken": visitor.token, "Cookie": cookies}
    name = base64.b64encode(b"bench.mp3").decode()
    head = standing | {"Upload-Length": str(_LENGTH), "Upload-Metadata": f"filename {name}"}

    def send() -> float:
        line = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=120)
        target = _ask(line, "POST", f"{place}fichier/", b"", head, 201)["Location"]
        began = time.perf_counter()
        for offset in range(0, _LENGTH, PART_SIZE):
            part = standing | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
            _ask(line, "PATCH", target, _PART, part | {"Upload-Sha256": _DIGEST}, 204)
        taken = time.perf_counter() - began
        line.close()
        return taken

    return send


@contextmanager
def _nginx() -> Iterator[Callable[[], float] | None]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists() or b"http_dav_module" not in _version(program):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="guichet-nginx-") as name:
        root, port = Path(name), free_port()
        (root / "kept").mkdir()
        root.chmod(0o755)
        (root / "nginx.conf").write_text(
            f"daemon off; pid {root}/pid; error_log {root}/error; worker_processes 1; user root;\n"
            f"events {{}}\nhttp {{ access_log off; client_body_temp_path {root}/body; client_max_body_size 9m;\n"
            f"proxy_temp_path {root}/p; fastcgi_temp_path {root}/f;\n"
            f"uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;\n"
            f"server {{ listen 127.0.0.1:{port}; root {root}/kept; location / {{ dav_methods PUT; }} }} }}\n"
        )
        process = subprocess.Popen([program, "-c", str(root / "nginx.conf")], stderr=subprocess.DEVNULL)
        time.sleep(1)
        try:
            yield lambda: _put(port, root / "kept")
        finally:
            process.terminate()
            process.wait()


def _version(program: str) -> bytes:
    return subprocess.run([program, "-V"], capture_output=True, check=False).stderr


def _put(port: int, kept: Path) -> float:
    for path in kept.iterdir():  # writing over a file costs its removal; ours writes a new one, too
        path.unlink()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    for number in range(_PARTS):
        _ask(line, "PUT", f"/{number}", _PART, {}, 0)
        for path in (kept / str(number), kept):
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
    taken = time.perf_counter() - began
    line.close()
    return taken


def _ask(
    line: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: dict[str, str], wanted: int
) -> http.client.HTTPMessage:
    line.request(method, path, body=body, headers=headers)
    answer = line.getresponse()
    answer.read()
    if (wanted or answer.status // 100 * 100) not in {answer.status, 200}:
        raise RuntimeError(f"{method} {path}: {answer.status}")
    return answer.headers


if __name__ == "__main__":
    main()
