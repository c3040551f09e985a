"""A browser without pictures: one kept connection, cookies, forms with their token, the code from the demo's outbox."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import select
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TIMING: Final = re.compile(r'desc="(\d+) queries";dur=([\d.]+), app;dur=([\d.]+)')
_CODE: Final = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_codes_used: set[str] = set()


class NoAnswer(Exception):
    """The connection broke, or the answer was not complete: nobody knows what was done."""


@dataclass(frozen=True)
class Answer:
    """What came back. `queries`, `app_ms`: as `Server-Timing` of the demo tells them."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    wall_ms: float

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode(errors="replace")

    @property
    def location(self) -> str:
        """Where the answer leads, without host."""
        return urlsplit(self.headers.get("Location", "")).path

    @property
    def queries(self) -> int:
        """Statements the page cost."""
        return int(self._timing(1))

    @property
    def app_ms(self) -> float:
        """Milliseconds between the first and the last line of the application."""
        return self._timing(3)

    def _timing(self, group: int) -> float:
        found = _TIMING.search(self.headers.get("Server-Timing", ""))
        return float(found.group(group)) if found else 0.0


@dataclass
class Visitor:
    """One person at one space."""

    port: int
    slug: str
    seconds: float = 60.0
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        """Look at a page; its token serves for the forms that follow."""
        answer = self._ask("GET", path, b"", {})
        if found := _TOKEN.search(answer.text):
            self.token = found.group(1)
        return answer

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, path: str, data: bytes, *, name: str = "facture.pdf") -> Answer:
        """Send a document as a script of the page does."""
        edge = secrets.token_hex(16)
        parts = (
            f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self.token}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        body = parts + data + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "X-Requested-With": "fetch"}
        return self._ask("POST", path, body, headers)

    def log_in(self, account: dict[str, Any], outbox: Path) -> None:
        """Password, then the code of the SMS."""
        self.get(f"/{self.slug}/")
        began = time.time() - 1
        answer = self.post(f"/{self.slug}/", {"email": account["email"], "password": account["password"], "next": ""})
        assert answer.status == 302, answer.status
        self.get(answer.location)
        code = wait_for_code(account["mobile"], outbox, since=began)
        opened = self.post(answer.location, {"code": code})
        assert opened.status == 302, opened.status
        self.get(opened.location)

    def close(self) -> None:
        """Hang up."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._connection and self._connection.sock and select.select([self._connection.sock], [], [], 0)[0]:
            self.close()  # the server hung up while nobody spoke
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
        began = time.perf_counter()
        try:
            self._connection.request(method, path, body or None, {**headers, **self._standing()})
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer(f"{method} {path}: {type(error).__name__}") from error
        self._keep(response.headers)
        return Answer(response.status, response.headers, content, (time.perf_counter() - began) * 1000)

    def _standing(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"User-Agent": "guichet-bench/1", "Accept-Language": "fr-CH", **({"Cookie": cookies} if cookies else {})}

    def _keep(self, headers: http.client.HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            if value.strip('"'):
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)


def wait_for_code(mobile: str, outbox: Path, *, since: float, seconds: float = 30.0) -> str:
    """The six digits of the newest SMS to this number that nobody has read yet."""
    end = time.monotonic() + seconds
    digits = re.sub(r"\D", "", mobile)[-9:]
    while time.monotonic() < end:
        for file in sorted(outbox.glob("*.json"), reverse=True)[:200]:
            if file.name in _codes_used or file.stat().st_mtime < since:
                continue
            message = json.loads(file.read_text())
            if message["kind"] == "sms" and re.sub(r"\D", "", message["to"])[-9:] == digits:
                _codes_used.add(file.name)
                found = _CODE.search(message["text"])
                assert found, message["text"]
                return found.group(1)
        time.sleep(0.05)
    raise AssertionError(f"no code for {mobile}")
