"""The service worker: opens the recorder without a connection, and never changes it under a running interview."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from guichet.recordings.tests.test_recorder_modules import chromium

__all__ = ["chromium"]

WORKER = Path(__file__).parent.parent / "static" / "recordings" / "recorder" / "service-worker.js"
SHELL = "/vs/enregistreur/"


class Platform:
    """A server with a version, which may also be away."""

    version = "one"
    logged_in = True

    def answer(self, path):
        """Status, type, body."""
        head = f'const VERSION = "{self.version}";\nconst SHELL = "{SHELL}";\nconst FILES = ["/app.js"];\n'
        if path == f"{SHELL}service.js":
            return 200, "text/javascript", head + WORKER.read_text()
        if path == SHELL and not self.logged_in:
            return 302, "text/html", ""
        return 200, "text/html", f"<!doctype html><title>{path}</title><h1>{self.version}</h1>"


@pytest.fixture
def platform():
    known = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, kind, body = known.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Recorder-Version", known.version)
            self.send_header("Content-Length", str(len(body.encode())))
            if status == 302:
                self.send_header("Location", "/connexion/")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_said):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}"
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(chromium, platform):
    """The recorder's page, its worker in charge."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(platform.url + SHELL)
    page.evaluate(
        f"""async () => {{
          await navigator.serviceWorker.register('{SHELL}service.js', {{scope: '{SHELL}'}});
          if (!navigator.serviceWorker.controller)
            await new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done)); }}"""
    )
    yield page
    context.close()


def shown(page):
    page.reload()
    return page.locator("h1").inner_text()


@pytest.mark.proves("REC-09")
def test_shell_opens_without_a_connection_and_without_a_login(page, platform):
    platform.logged_in = False
    assert (shown(page), page.title()) == ("one", SHELL)
    page.context.set_offline(True)
    assert (shown(page), page.title()) == ("one", SHELL)


def test_shell_of_another_version_waits_until_it_is_asked_for(page, platform):
    platform.version = "two"
    assert shown(page) == "one"
    page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.getRegistration(); await registration.update();
          while (!registration.waiting) await new Promise(done => setTimeout(done, 20)); }"""
    )
    assert shown(page) == "one"
    page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          const changed = new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done));
          registration.waiting.postMessage('activate'); await changed; }"""
    )
    assert (shown(page), page.evaluate("caches.keys()")) == ("two", ["guichet/vs/enregistreur/two"])
