"""A browser, a small server on 127.0.0.1 and a way to render pages, without a database."""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from guichet.ui.middleware import _policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STATIC = Path(__file__).parent.parent / "static"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PATIENCE = 30_000  # milliseconds: how long a machine that does much else may take; waiting is free
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@pytest.fixture(autouse=True)
def _own_routes(settings):
    settings.ROOT_URLCONF = "guichet.ui.tests.urls"


@pytest.fixture
def insurer():
    from guichet.tenancy.models import Insurer

    return Insurer(
        slug="vs", number_prefix="VS", name_fr="Office cantonal AI du Valais", name_de="Kantonale IV-Stelle Wallis",
        phone="+41273249611", hours="lu–ve 8–12, 13–17", email="info@office.example",
        accent="#b5121b", languages=["fr", "de"],
        address={"street": "Rue des Essais", "house_no": "1", "postcode": "1950", "town": "Sion"},
    )  # fmt: skip


@pytest.fixture
def actor(insurer):
    """A manager, with just what the frames ask of an actor."""
    partner = SimpleNamespace(name="Fondation Les Mélèzes")
    return SimpleNamespace(
        person=SimpleNamespace(first_name="Jean", last_name="Dupont"),
        affiliation=SimpleNamespace(partner=partner, kind="institution"),
        insurer=insurer, role="manager", is_staff=False, is_manager=True, has=lambda _right: False,
    )  # fmt: skip


@pytest.fixture
def request_of(insurer):
    """Make a request inside the space of `insurer` (or outside: `insurer=None`)."""

    def make(path: str = "/vs/", *, actor: Any = None, insurer: Any = insurer) -> Any:
        request: Any = RequestFactory().get(path)
        request.insurer, request.actor, request._messages = insurer, actor, []
        return request

    return make


@pytest.fixture
def rendered(request_of):
    """Render a template's text as a file of the package would be."""

    def render(text: str, context: dict[str, Any] | None = None, **of: Any) -> str:
        template = engines["django"].from_string(CottonCompiler().process(text))
        return template.render(context or {}, request_of(**of)).strip()

    return render


class Site:
    """Pages and answers of one test, served with the policy of the real platform."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.received: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site._get(self)

            def do_POST(self) -> None:
                site._post(self)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, status: int = 200, body: Any = "") -> None:
        """What a POST to `path` gets from now on: JSON for anything but text."""
        kind = "text/html" if isinstance(body, str) else "application/json"
        self.answers[path] = (status, kind, body if isinstance(body, str) else json.dumps(body))

    def posts(self, path: str, least: int = 0) -> list[dict[str, str]]:
        """The fields of every POST to `path` so far; waits until there are as many."""
        end = time.monotonic() + PATIENCE / 1000
        while len(found := [fields for where, fields in self.received if where == path]) < least:
            assert time.monotonic() < end, (path, self.received)
            time.sleep(0.01)
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.split("?")[0]
        file = STATIC / path.removeprefix("/static/")
        if path.startswith("/static/") and file.is_file():
            self._send(handler, 200, _TYPES[file.suffix], file.read_bytes())
        elif path in self.pages:
            self._send(handler, 200, "text/html; charset=utf-8", self.pages[path].encode())
        elif path.endswith("/theme.css"):
            self._send(handler, 200, "text/css", b":root{--accent:#b5121b;--accent-dark:#d97b80}")
        else:
            self._send(handler, 404, "text/plain", b"")

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        form = "urlencoded" in handler.headers.get("Content-Type", "")
        fields = dict(parse_qsl(body.decode())) if form else {"size": str(len(body))}
        self.received.append((handler.path, fields))
        status, kind, text = self.answers.get(handler.path, (200, "application/json", "{}"))
        self._send(handler, status, kind, text.encode())

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, status: int, kind: str, body: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        if status in {301, 302, 303}:
            handler.send_header("Location", "/login/")
        handler.send_header("Content-Security-Policy", _policy("'none'", "'none'"))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="module")
def chromium(browser_path):
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread while the browser is open
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def tab(chromium):
    """A new tab of a new visitor; a script error or a breach of the policy fails the test."""
    context = chromium.new_context(locale="fr-CH", timezone_id="Europe/Zurich", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def still(tab) -> Callable[[int], None]:
    """The time of the page stands still; `still(500)` lets half a second pass, however slow the machine is."""
    tab.clock.install(time=0)
    tab.clock.pause_at(1000)
    passes: Callable[[int], None] = tab.clock.run_for
    return passes


@pytest.fixture
def opened(site, tab, rendered) -> Callable[..., Any]:
    """Open a page whose content is `content`, with everything around it, when its scripts are ready."""

    def open_page(content: str, *, context: dict[str, Any] | None = None, frame: str = "anonymous", **of: Any) -> Any:
        text = f'{{% extends "ui/{frame}.html" %}}{{% block content %}}<h1>Essai</h1>{content}{{% endblock %}}'
        site.pages["/vs/"] = rendered(text, context, **of)
        tab.goto(f"{site.url}/vs/")
        tab.wait_for_selector("html[data-ready]")
        return tab

    return open_page


@pytest.fixture
def early(site, tab, rendered) -> Callable[..., Any]:
    """`with early(content) as page:` is a page whose scripts come only after the block."""

    @contextmanager
    def open_page(content: str, context: dict[str, Any] | None = None) -> Iterator[Any]:
        held: list[Any] = []

        def hold(route: Any) -> None:
            held.append(route)

        tab.route("**/js/app.js", hold)
        text = f'{{% extends "ui/anonymous.html" %}}{{% block content %}}<h1>Essai</h1>{content}{{% endblock %}}'
        site.pages["/vs/"] = rendered(text, context)
        tab.goto(f"{site.url}/vs/", wait_until="commit")
        yield tab
        for route in held:
            route.continue_()
        tab.unroute("**/js/app.js")
        tab.wait_for_selector("html[data-ready]")

    return open_page


@pytest.fixture
def accessible() -> Callable[[Any], None]:
    """Fail with the rules broken and where, if axe finds anything (USE-01)."""

    def check(page: Any) -> None:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in result["violations"]]
        assert found == []

    return check
