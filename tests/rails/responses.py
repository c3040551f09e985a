"""What every response of every test must be: free of inline scripts, and of writes when somebody only looked."""

from __future__ import annotations

import re
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.db import connection
from django.test import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponseBase

_WRITE: Final = re.compile(
    r"\s*(?:WITH\b.*?\b)?"
    r"(?:INSERT\s+INTO|(?<!FOR )UPDATE|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|SELECT\s+(?=procrastinate_defer))"
    r"\s*(?:ONLY\s+)?\"?([\w.]+)",
    re.IGNORECASE | re.DOTALL,
)

# Tables a GET may write to. A page that is looked at keeps its session alive (`last_seen`, at most once a minute), a
# key of the interface too, a look into somebody's file leaves its line in the audit, a brake counts what it slows down,
# and a player asks for its next seconds by GET: what it was given is written down first (REC-21).
LOOKING_MAY_WRITE: Final = (
    "accounts_loginsession",
    "invoices_apitoken ",
    "accounts_throttle",
    "audit",
    "recordings_listening ",
)


class WriteOnGet(AssertionError):
    """A GET or HEAD request changed the database."""


@contextmanager
def read_only() -> Iterator[None]:
    """Fail on any statement that changes a table other than those above."""

    def guard(execute: Any, statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        found = _WRITE.match(str(statement))
        if found and not f"{found.group(1).lower()} ".startswith(LOOKING_MAY_WRITE):
            raise WriteOnGet(f"GET wrote: {str(statement)[:200]}")
        return execute(statement, params, many, context)

    with connection.execute_wrapper(guard):
        yield


class _InlineCode(HTMLParser):
    """Collects what a strict Content-Security-Policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style":
            self.found.append("<style>")
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.found.append("<script> without src")
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"<{tag} {name}=…>")
            if name == "style":
                self.found.append(f'<{tag} style="{value}">')
            if (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f'<{tag} {name}="javascript:…">')


def inline_code(html: str) -> list[str]:
    """Scripts, styles and handlers written into the page."""
    parser = _InlineCode()
    parser.feed(html)
    return parser.found


def _check(response: HttpResponseBase) -> None:
    if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        found = inline_code(response.content.decode(response.charset or "utf-8"))  # type: ignore[attr-defined]
        assert not found, f"inline code in the response: {found}"


@pytest.fixture(autouse=True)
def _strict_client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `Client` of every test is strict; `writes_on_get(reason)` is the visible exception."""
    may_write = request.node.get_closest_marker("writes_on_get")
    plain = Client.request

    def request_strictly(self: Client, **environ: Any) -> Any:
        if environ.get("REQUEST_METHOD") in {"GET", "HEAD", "OPTIONS"} and not may_write:
            with read_only():
                response = plain(self, **environ)
        else:
            response = plain(self, **environ)
        _check(response)
        return response

    monkeypatch.setattr(Client, "request", request_strictly)
