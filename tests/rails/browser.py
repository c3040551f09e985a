"""Journeys: the real stack (web, worker, database, outbox) and a real Chromium.

`live` is started once, by the code that runs the demo, with the demo's data; every test that uses it goes to the same
xdist worker. `page` is a fresh visitor at 1280 px; `visit(width=320)` gives more of them. A page that raises
an error or breaks the Content-Security-Policy fails its test.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import socket
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from PIL import Image

from guichet.config.local import browser as browsers
from guichet.config.local.demo import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser, Page, Playwright

ROOT: Final = Path(__file__).resolve().parents[2]
AXE: Final = ROOT / "src" / "guichet" / "ui" / "tests" / "vendor" / "axe.min.js"
_PAGES: Final = pytest.StashKey[list["Page"]]()
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_PATIENCE: Final = 30_000  # milliseconds: how long a page may take on a machine that does much else; waiting is free
_PORTS: Final = range(20_000, 32_000)  # below those that connections take for themselves, whoever opens them


class Live:
    """The running stack, and what it sent."""

    def __init__(self, var: Path, url: str, stack: Stack | None = None) -> None:
        self.var = var
        self._stack = stack
        self.url = url.rstrip("/")
        self._read: set[str] = {message["file"] for message in self.outbox()}

    @property
    def stack(self) -> Stack:
        """Its processes and its database, for what only an operator can do; skips with a demo that runs elsewhere."""
        if self._stack is None:
            pytest.skip("this journey needs a stack of its own")
        return self._stack

    def account(self, insurer: str, role: str, number: int = 0) -> dict[str, Any]:
        """One of the demo's accounts: insurer, role, name, email, password, mobile."""
        accounts = json.loads((self.var / "demo.json").read_text())
        return [a for a in accounts if (a["insurer"], a["role"]) == (insurer, role)][number]

    def outbox(self) -> list[dict[str, Any]]:
        """Every mail and SMS so far, the newest first."""
        found = [json.loads(file.read_text()) | {"file": file.name} for file in (self.var / "outbox").glob("*.json")]
        return sorted(found, key=lambda message: (message["created_at"], message["file"]), reverse=True)

    def message_for(self, to: str, *, kind: str = "", containing: str = "", seconds: float = 60) -> dict[str, Any]:
        """The newest message to this address or number that no test has read yet; waits for it."""
        end = time.monotonic() + seconds
        while True:
            for message in self.outbox():
                fresh = message["file"] not in self._read and _same_address(message["to"], to)
                if fresh and kind in {"", message["kind"]} and containing in message["subject"] + message["text"]:
                    self._read.add(message["file"])
                    return message
            if time.monotonic() > end:
                raise AssertionError(f"Nothing for {to} in the outbox: {[m['to'] for m in self.outbox()[:10]]}")
            time.sleep(0.05)

    def code_for(self, to: str, letters: str = "") -> str:
        """The six digits of the newest unread SMS to this number; of the attempt the page shows by its letters."""
        text = self.message_for(to, kind="sms", containing=f"Code {letters}:" if letters else "")["text"]
        found = re.search(r"(?<!\d)(\d{3})[ \u00a0]?(\d{3})(?!\d)", text)
        assert found, text
        return found.group(1) + found.group(2)

    def link_for(self, to: str, *, containing: str = "") -> str:
        """The first address in the newest unread mail with these words."""
        text = self.message_for(to, kind="mail", containing=containing)["text"]
        found = re.search(r"https?://\S+", text)
        assert found, text
        return found.group(0).rstrip(".,;)»")


def _same_address(one: str, other: str) -> bool:
    if "@" in one or "@" in other:
        return one.lower() == other.lower()
    return re.sub(r"\D", "", one)[-9:] == re.sub(r"\D", "", other)[-9:]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "live" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """The demo's stack on a free port, in a directory of its own, with fsync off.

    While writing a journey, `GUICHET_LIVE=http://127.0.0.1:8000 GUICHET_VAR_LIVE=var` uses a demo that runs already.
    """
    if running := os.environ.get("GUICHET_LIVE"):
        yield Live(Path(os.environ["GUICHET_VAR_LIVE"]), running)
        return
    with tempfile.TemporaryDirectory(prefix="guichet-live-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        stack = Stack(Path(name), _free_port(), durable=False)
        try:
            stack.up()
            yield Live(stack.var, stack.url, stack)
        finally:
            stack.down()
            if stack.cluster.directory != stack.var / "pg":
                stack.cluster.destroy()


def _free_port() -> int:
    """Nobody else gets it meanwhile: the server takes it half a minute from now, and again after it was killed."""
    for port in random.SystemRandom().sample(_PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The Chromium of this run, looked for once."""
    return browsers.find(ROOT / "var")


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    """What starts browsers, once for a module's tests; between modules no event loop is left running."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(driver: Playwright, browser_path: Path) -> Iterator[Browser]:
    """A Chromium for this module's tests."""
    started = driver.chromium.launch(executable_path=browser_path)
    yield started
    started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        for number, page in enumerate(item.stash.get(_PAGES, [])):
            _keep(page, f"{item.name}-{number}")
    return report


def _keep(page: Page, name: str) -> None:
    """What a failed test last saw, in `var/failures/`."""
    folder = ROOT / "var" / "failures"
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(Exception):
        (folder / f"{name}.html").write_text(page.content())
        page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.fixture
def visit(chromium: Browser, live: Live, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """`visit(width=1280, language="fr", javascript=True)` is a new visitor with cookies of its own."""
    contexts = []
    complaints: list[str] = []
    pages: list[Page] = []
    request.node.stash[_PAGES] = pages

    def new(*, width: int = 1280, language: str = "fr", javascript: bool = True, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=live.url,
            viewport={"width": width, "height": 900 if width > 600 else 640},
            locale=f"{language}-CH",
            timezone_id="Europe/Zurich",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _complain(complaints, page, message))
        return page

    yield new
    for context in contexts:
        context.close()
    assert not complaints, complaints


def _complain(complaints: list[str], page: Page, message: Any) -> None:
    if message.type == "error" and "Failed to load resource" not in message.text:
        complaints.append(f"{page.url}: {message.text}")


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A visitor at 1280 px who reads French."""
    return visit()


def sign_in(page: Page, live: Live, account: dict[str, Any]) -> None:
    """Password, then the code that came by SMS; ends where the login leads."""
    page.goto(f"/{account['insurer']}/")
    page.locator("input[type=email]").fill(account["email"])
    page.locator("input[type=password]").fill(account["password"])
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/connexion/code/")
    code = live.code_for(account["mobile"], page.locator("main p strong").first.inner_text())
    page.locator("html[data-ready]").wait_for(state="attached")
    page.locator("input[autocomplete=one-time-code]").fill(code)
    page.wait_for_url(lambda url: "/connexion/" not in url)


def assert_accessible(page: Page) -> None:
    """Zero violations of axe's rules for WCAG 2.2 AA and good practice."""
    page.wait_for_load_state()
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())  # not a script tag: the page's policy would refuse it, rightly
    options = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
    result = page.evaluate("options => axe.run(document, options)", options)
    found = [
        f"{violation['id']}: {violation['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in violation["nodes"])
        for violation in result["violations"]
    ]
    assert not found, page.url + "\n" + "\n".join(found)


def screenshot(page: Page, name: str) -> Path:
    """A picture for the manual in `docs/systems/screenshots/`, taken only when `GUICHET_SCREENSHOTS=1`."""
    folder = ROOT / "docs" / "systems" / "screenshots"
    path = folder / f"{name}.png"
    if os.environ.get("GUICHET_SCREENSHOTS") == "1":
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True)
        with Image.open(path) as taken:
            shown = taken.convert("RGB").crop((0, 0, taken.width, min(taken.height, 2 * taken.width + 1400)))
        shown.quantize(96).save(path, optimize=True)
    return path
