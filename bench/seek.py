"""From a jump to sound in the browser: our sealed, audited segments against the same player on static ones.

`python -m bench.seek`. One Chromium, the shipped player, ten minutes of speech. The static side is the same playlist
with the same sealed segments, fetched in a first round and answered without any server in the second. On both sides
every request passes through the same router of the test driver, so that it weighs on both.
"""

from __future__ import annotations

import re
import statistics
import time
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import sync_playwright

from bench.figures import Figure, tell
from bench.platform import owner, running
from guichet.config.local import browser as browsers
from tests.rails.browser import ROOT, Live, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from guichet.config.local.demo import Stack

_JUMPS: Final = 9
_SEGMENTS: Final = 100
_SEEK: Final = """async place => {
  const audio = document.querySelector("[data-player] audio");
  const started = performance.now();
  audio.currentTime = place;
  await new Promise(done => audio.addEventListener("seeked", done, { once: true }));
  while (audio.readyState < 3) await new Promise(requestAnimationFrame);
  return performance.now() - started;
}"""
_TIMES: Final = """() => performance.getEntriesByType("resource")
  .filter(one => /\\/ecoute\\/.*\\/\\d+\\?/.test(one.name))
  .map(one => (one.serverTiming.find(part => part.name === "app") || {duration: 0}).duration)"""


def main() -> None:
    """Ours, then static; the pace is let go between jumps, as a listener would."""
    with running() as stack:
        ours, server = _measure(stack, static=False)
        static, _none = _measure(stack, static=True)
    tell(
        [
            Figure("from a jump to playing, sealed, paced and audited, ms", round(ours, 1)),
            Figure("  … the same player on static segments", round(static, 1)),
            Figure("  … ratio", round(ours / static, 2), "≤ 2"),
            Figure("server time of a segment, ms", round(server, 1), note="apart, from Server-Timing"),
        ]
    )


def _measure(stack: Stack, *, static: bool) -> tuple[float, float]:
    live = Live(stack.var, stack.url, stack)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browsers.find(ROOT / "var"))
        page = chromium.new_context(base_url=stack.url, locale="fr-CH").new_page()
        sign_in(page, live, live.account("vs", "listener_agent"))
        listening = _begin(page, stack)
        _route(page, static=static)
        page.reload()
        page.locator("[data-toggle]").click()
        page.wait_for_function("() => document.querySelector('[data-player] audio').currentTime > 0.5")
        rounds = [_jumps(page, stack, listening) for _round in range(2)]
        times = [float(one) for one in page.evaluate(_TIMES)] or [0.0]
        chromium.close()
    return statistics.median(rounds[1]), statistics.median(times)


def _jumps(page: Page, stack: Stack, listening: str) -> list[float]:
    """Far jumps: none lands in what was fetched for the one before."""
    taken = []
    for number in range(_JUMPS):
        _let_go(stack, listening)
        taken.append(float(page.evaluate(_SEEK, 40 + 60 * ((number * 7) % 9))))
        time.sleep(0.5)
    return taken


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


def _route(page: Page, *, static: bool) -> None:
    """Every request of the player passes here: on to the server, or answered from what came the first time."""
    kept: dict[str, Any] = {}

    def answer(route: Any) -> None:
        if not static:
            route.continue_()
            return
        name = route.request.url
        if name not in kept:
            response = route.fetch()
            kept[name] = (response.status, response.headers, response.body())
        status, headers, body = kept[name]
        route.fulfill(status=status, headers=headers, body=body)

    page.route(re.compile(r"/ecoute/[0-9a-f-]+/s/"), answer)


if __name__ == "__main__":
    main()
