"""From where a request comes, for every entry written while it is answered."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from guichet.audit import clean

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Facts:
    """What an entry tells about the request. Empty in jobs and commands."""

    ip: str = ""
    user_agent_hash: str = ""
    request_id: str = ""


_facts: ContextVar[Facts] = ContextVar("guichet_request_facts", default=Facts())  # noqa: B039 - Facts is frozen


def current_facts() -> Facts:
    """The facts of the request being answered."""
    return _facts.get()


@contextmanager
def request_facts(*, ip: str, user_agent: str, request_id: str) -> Iterator[Facts]:
    """Every entry written inside carries the address, the hash of the browser's name and the request's id.

    `ip` is the peer as the trusted proxy tells it, never a header the visitor wrote.
    """
    agent = sha256(user_agent.encode(errors="replace")).hexdigest()[:32] if user_agent else ""
    facts = Facts(ip=clean.address(ip), user_agent_hash=agent, request_id=clean.text(request_id))
    token = _facts.set(facts)
    try:
        yield facts
    finally:
        _facts.reset(token)
