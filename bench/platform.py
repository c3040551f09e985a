"""The whole platform on a free port with data of its own, and what its processes cost."""

from __future__ import annotations

import json
import os
import re
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg

from guichet.config import database
from guichet.config.local.demo import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICK: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Cost(NamedTuple):
    """Seconds of processor time by part of the platform, children that ended included."""

    web: float
    worker: float
    database: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def total(self) -> float:
        """All of them."""
        return sum(self)


@contextmanager
def running() -> Iterator[Stack]:
    """A durable stack (fsync on) with the demo's data; nothing is left of it."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        stack = Stack(Path(name), free_port())
        try:
            stack.up()
            yield stack
        finally:
            stack.down()
            if stack.cluster.directory != stack.var / "pg":
                stack.cluster.destroy()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def accounts(var: Path, insurer: str, *roles: str) -> list[dict[str, Any]]:
    """Accounts of the demo."""
    known = json.loads((var / "demo.json").read_text())
    return [one for one in known if one["insurer"] == insurer and one["role"] in roles]


def owner(stack: Stack) -> psycopg.Connection[Any]:
    """A connection that sees every tenant's rows."""
    return psycopg.connect(stack.cluster.url(database.MIGRATE, "guichet"), autocommit=True)


def cost(stack: Stack) -> Cost:
    """Processor time so far."""
    children = _children()
    parts = {"web": 0.0, "worker": 0.0}
    for service in stack.services:
        if service.process:
            parts[service.name] = sum(_seconds(pid) for pid in family(service.process.pid, children))
    postmaster = stack.cluster.process.pid if stack.cluster.process else 0
    return Cost(parts["web"], parts["worker"], sum(_seconds(pid) for pid in family(postmaster, children)))


def family(pid: int, children: dict[int, list[int]] | None = None) -> list[int]:
    """A process and all its descendants."""
    children = _children() if children is None else children
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def memory(stack: Stack) -> dict[str, float]:
    """Megabytes by kind of process: its own (not shared) pages; for the database all processes together."""
    children = _children()
    found: dict[str, float] = {}
    for service in stack.services:
        if service.process is None:
            continue
        for pid in family(service.process.pid, children):
            kind = _kind(service.name, pid, is_first=pid == service.process.pid)
            found[kind] = max(found.get(kind, 0.0), _private_mb(pid))
    postmaster = stack.cluster.process.pid if stack.cluster.process else 0
    found["database"] = sum(_proportional_mb(pid) for pid in family(postmaster, children))
    found["everything"] = found["database"] + sum(
        _proportional_mb(pid)
        for service in stack.services
        if service.process
        for pid in family(service.process.pid, children)
    )
    return {kind: round(megabytes, 1) for kind, megabytes in found.items()}


def _kind(service: str, pid: int, *, is_first: bool) -> str:
    line = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    if "inspection" in line:
        return f"{service}: inspection"
    if "press" in line:
        return f"{service}: press"
    return service if is_first or "resource_tracker" not in line else f"{service}: tracker"


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    return children


def _seconds(pid: int) -> float:
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return sum(int(value) for value in values[11:15]) / _TICK


def _private_mb(pid: int) -> float:
    """Resident pages that are nobody else's."""
    return _rollup(pid, r"^Private_(?:Clean|Dirty):\s+(\d+)")


def _proportional_mb(pid: int) -> float:
    """Resident pages, shared ones divided by their users."""
    return _rollup(pid, r"^Pss:\s+(\d+)")


def _rollup(pid: int, pattern: str) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(found) for found in re.findall(pattern, text, re.MULTILINE)) / 1024
