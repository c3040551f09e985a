"""From a jump to sound in the browser: sealed, audited segments beside the same player on static ones (PERF-06).

`python -m bench.seek`. One Chromium, the shipped player, three hours of speech, nginx before both sides as in
production: at one port it hands everything on, at the other it gives playlist, key and segments of the same listening
from files. The two are heard in turn, and each jump lands where nothing was fetched yet. Where no nginx is installed
there is nothing to compare with, and only our own figure is told.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC
from playwright.sync_api import sync_playwright

from bench.figures import Figure, paired, tell
from bench.platform import free_port, owner, running
from guichet.config.local import browser as browsers
from tests.rails.browser import ROOT, Live, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from guichet.config.local.demo import Stack

_ROUNDS: Final = 8
_JUMPS: Final = 5  # of one round
_SEGMENTS: Final = 1800  # of six seconds: three hours
_PLACES: Final = [place + 3 for place in range(60, 60 + 120 * _ROUNDS * _JUMPS, 120)]  # s; in the middle of a segment
_SEEK: Final = """async place => {
  const audio = document.querySelector("[data-player] audio");
  const playing = new Promise((done, never) => {
    audio.addEventListener("playing", done, { once: true });
    setTimeout(() => never(new Error(`silence at ${place}`)), 30000);
  });
  const started = performance.now();
  audio.currentTime = place;
  await playing;
  return performance.now() - started;
}"""
_TIMES: Final = """() => performance.getEntriesByType("resource")
  .filter(one => /\\/ecoute\\/.*\\/[1-9]\\d*\\?/.test(one.name))
  .map(one => (one.serverTiming.find(part => part.name === "app") || {duration: 0}).duration)"""
_ADDRESSES: Final = """async source => (await (await fetch(source)).text()).match(/\\/[^"\\n]*\\/s\\/[^"\\n]*/g)"""


class _Front(NamedTuple):
    """What stands before the platform, and where it keeps what it gives from files."""

    ours: str
    static: str
    kept: Path


def main() -> None:
    """Milliseconds from a jump to `playing`; the pace is let go between jumps, as a listener would."""
    with running() as stack, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browsers.find(ROOT / "var"))
        with _nginx(stack) as front:
            figures = _figures(stack, front, chromium)
        chromium.close()
    tell(figures)


def _figures(stack: Stack, front: _Front | None, chromium: Browser) -> list[Figure]:
    context = chromium.new_context(base_url=front.ours if front else stack.url, locale="fr-CH")
    page = context.new_page()
    live = Live(stack.var, stack.url, stack)
    sign_in(page, live, live.account("vs", "listener_agent"))
    listening = _begin(page, stack)
    times: list[float] = []
    ours = _jumping(page, stack, listening, times)
    if front is None:
        taken = [ours() for _round in range(_ROUNDS)]
        note = "no nginx here: nothing to compare with"
        return [Figure("from a jump to playing, ms", round(statistics.median(taken), 1), "", note), _server(times)]
    _keep(page, front)
    other = context.new_page()
    other.goto(front.static + urlsplit(page.url).path)
    others: list[float] = []
    ratio, mine, theirs = paired(_ROUNDS, ours, _jumping(other, stack, listening, others))
    assert not any(others), "the static side was not static"
    return [
        Figure("from a jump to playing, sealed, paced and audited, ms", round(mine, 1)),
        Figure("  … the same player on static segments of nginx", round(theirs, 1)),
        Figure("  … ratio", round(ratio, 2), "≤ 2", f"median of {_ROUNDS} rounds of {_JUMPS} jumps, in turn"),
        _server(times),
    ]


def _server(times: list[float]) -> Figure:
    return Figure("server time of a segment, ms", round(statistics.median(times), 1), "", "apart, from Server-Timing")


def _jumping(page: Page, stack: Stack, listening: str, times: list[float]) -> Callable[[], float]:
    """A round of far jumps: none lands in what was fetched for one before. The server's times are added to `times`.

    Each begins with a fresh player: every segment says it is the first, and its clock would drift in the end.
    """
    places = iter(_PLACES)

    def jumps() -> float:
        page.bring_to_front()
        page.reload()
        _let_go(stack, listening)
        page.locator("[data-toggle]").click()
        page.wait_for_function("() => document.querySelector('[data-player]').dataset.state === 'playing'")
        taken = []
        for _jump in range(_JUMPS):
            time.sleep(0.5)
            _let_go(stack, listening)
            taken.append(float(page.evaluate(_SEEK, next(places))))
        page.locator("[data-toggle]").click()
        times.extend(page.evaluate(_TIMES))
        time.sleep(0.5)
        return statistics.median(taken)

    return jumps


def _begin(page: Page, stack: Stack) -> str:
    """Open the newest archived recording, made long, on a ground; gives the listening's id."""
    page.goto("/vs/bureau/enregistrements/?statut=archived")
    page.locator("table tbody tr a").first.click()
    recording = page.url.rstrip("/").rpartition("/")[2]
    with owner(stack) as database:
        database.execute(
            "UPDATE recordings_recording SET duration_ms = %s, segments = jsonb_build_array(segments->0) ||"
            " (SELECT jsonb_agg(jsonb_build_array(segments->1->0, segments->1->1, n * 6000, 6000) ORDER BY n)"
            " FROM generate_series(0, %s) AS n) WHERE id = %s",
            [_SEGMENTS * 6000, _SEGMENTS - 1, recording],
        )
    page.get_by_role("link", name="Écouter", exact=True).click()
    page.get_by_label(re.compile("^Procédure administrative")).check()
    page.get_by_label("Référence du dossier").fill("BENCH")
    page.get_by_role("button", name="Commencer l'écoute").click()
    page.locator("[data-player]").wait_for()
    return page.url.rstrip("/").rpartition("/")[2]


def _let_go(stack: Stack, listening: str) -> None:
    """A full buffer again, so that the jump is measured and not the pace."""
    with owner(stack) as database:
        database.execute("UPDATE recordings_listening SET allowance_ms = 90000 WHERE id = %s", [listening])


def _keep(page: Page, front: _Front) -> None:
    """Put playlist, key, header and all segments beside nginx, byte for byte as they come from us.

    The long recording is one segment again and again: it is fetched once, opened, and sealed for each of its places.
    """
    source = str(page.locator("[data-player]").get_attribute("data-source"))
    folder = front.kept / urlsplit(source).path.lstrip("/").rpartition("/")[0]
    folder.mkdir(parents=True)
    found = {"liste.m3u8": page.request.get(source).body()}
    for address in dict.fromkeys(page.evaluate(_ADDRESSES, source)):
        name = urlsplit(address).path.rpartition("/")[2]
        if name in {"cle", "0", "1", str(_SEGMENTS)}:
            found[name] = page.request.get(address).body()
    key = AES128(found["cle"])
    opening = Cipher(key, CBC((1).to_bytes(16, "big"))).decryptor()
    clear = opening.update(found["1"]) + opening.finalize()
    for number in range(1, _SEGMENTS + 1):
        sealing = Cipher(key, CBC(number.to_bytes(16, "big"))).encryptor()
        (folder / str(number)).write_bytes(sealing.update(clear) + sealing.finalize())
    for name, content in found.items():
        path = folder / name
        assert not path.exists() or path.read_bytes() == content, f"{name} is not what we serve"
        path.write_bytes(content)


@contextmanager
def _nginx(stack: Stack) -> Iterator[_Front | None]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="guichet-nginx-") as name:
        root, ours, static = Path(name), free_port(), free_port()
        root.chmod(0o755)
        (root / "kept").mkdir()
        pass_on = (
            '{ proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";'
            " proxy_set_header Host $http_host; }"
        )
        files = f"root {root}/kept; try_files $uri @app; add_header Cache-Control no-store;"
        (root / "nginx.conf").write_text(
            f"daemon off; pid {root}/pid; error_log {root}/error; worker_processes 1; user root;\n"
            f"events {{}}\nhttp {{ access_log off; client_body_temp_path {root}/body; proxy_temp_path {root}/p;\n"
            f"fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;\n"
            f"upstream app {{ server 127.0.0.1:{stack.port}; keepalive 8; }}\n"
            "types { application/vnd.apple.mpegurl m3u8; } default_type application/octet-stream; sendfile on;\n"
            f"server {{ listen 127.0.0.1:{ours}; location / {pass_on} }}\n"
            f"server {{ listen 127.0.0.1:{static}; location / {pass_on} location @app {pass_on}\n"
            f"location ~ ^/vs/ecoute/[^/]+/s/ {{ {files} }} }} }}\n"
        )
        process = subprocess.Popen([program, "-c", str(root / "nginx.conf")], stderr=subprocess.DEVNULL)
        time.sleep(1)
        try:
            yield _Front(f"http://127.0.0.1:{ours}", f"http://127.0.0.1:{static}", root / "kept")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
