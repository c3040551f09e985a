"""`guichet demo` as a process of its own, to be killed in every way, and what its database holds afterwards."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from guichet.config import database
from guichet.config.local import processes
from guichet.config.local.postgres import Cluster
from guichet.config.local.processes import state_of, wait_until
from guichet.config.local.secrets import secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_SEEDED = 600  # seconds until it answers, its data made, on a machine that does other things too


@contextlib.contextmanager
def running(var: Path, environment: Mapping[str, str] | None = None) -> Iterator[Demo]:
    """A demo with data of its own; nothing of it runs or lies about afterwards, whatever failed."""
    demo = Demo(var, environment)
    try:
        demo.start()
        yield demo
    finally:
        demo.end()
        Cluster(var).destroy()  # as root, its files may be elsewhere


class Demo:
    """`guichet demo` in a process group of its own."""

    def __init__(self, var: Path, environment: Mapping[str, str] | None = None) -> None:
        self.var = var
        self.environment = {**os.environ, **(environment or {})}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def start(self) -> None:
        own = ["--port", str(self.port), "--var", str(self.var)]
        command = [sys.executable, "-m", "guichet.config.cli", "demo", *own]
        with (self.var / "demo.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env=self.environment, start_new_session=True
            )
        assert wait_until(lambda: self.answers() or self.process.poll() is not None, seconds=_SEEDED, step=0.2)
        assert self.process.poll() is None, (self.var / "demo.log").read_text()

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def family(self) -> set[int]:
        """The supervisor and all its descendants, whatever session they moved to."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                except OSError:
                    continue
                children.setdefault(parent, []).append(int(entry.name))
        found, waiting = set(), [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.add(pid)
            waiting += children.get(pid, [])
        return found

    def child(self, *words: str) -> int:
        """The first process of the family whose command line has these words."""
        for pid in sorted(self.family()):
            if pid != self.process.pid and all(word in _line(pid) for word in words):
                return pid
        raise AssertionError(words)

    def children(self, *words: str) -> list[int]:
        """All processes of the family whose command line has these words; the supervisor is none of them."""
        return [pid for pid in sorted(self.family() - {self.process.pid}) if all(word in _line(pid) for word in words)]

    def kill_everything(self) -> None:
        """As a power cut does, but for the page cache; returns when nothing of it holds a port any more."""
        family = self.family()
        for pid in family:
            kill(pid)
        self.process.wait()
        assert wait_until(lambda: all_gone(family) and not self.listens(), seconds=60, step=0.1)

    def listens(self) -> bool:
        """Whether anything still has the port of the web server."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def query(self, statement: str, parameters: Iterable[object] = (), *, role: str = database.MIGRATE) -> list[Any]:
        """Ask the demo's database as a role that sees all tenants; it must run."""
        with psycopg.connect(self.address(role), autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement, list(parameters))
            return cursor.fetchall() if cursor.description else []

    def address(self, role: str) -> str:
        """Where the database is now; its port may change when it is started again."""
        (pid_file,) = [*self.var.glob("pg/*/postmaster.pid"), *_elsewhere(self.var)]
        port = pid_file.read_text().split("\n")[3]
        return f"postgres://{role}:{secret(self.var, f'database-{role}')}@127.0.0.1:{port}/guichet"

    def settings(self) -> dict[str, str]:
        """The environment of a command beside the demo."""
        return {
            "GUICHET_DEMO": "1",
            "GUICHET_VAR": str(self.var),
            "GUICHET_SECRET_KEY": secret(self.var, "secret-key"),
            "DATABASE_URL": self.address(database.APP),
            "AUDIT_DATABASE_URL": self.address(database.AUDIT_READER),
        }

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


def kill(pid: int) -> None:
    """kill -9, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def all_gone(pids: set[int]) -> bool:
    """Whether none of them runs any more."""
    return all(state_of(pid) in {"", "Z"} for pid in pids)


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    except OSError:
        return ""


def _elsewhere(var: Path) -> list[Path]:
    """Where the cluster went if the database's account cannot reach the data directory."""
    directory = processes.reachable_directory((var / "pg").resolve(), processes.database_account())
    return [] if directory == var / "pg" else list(directory.glob("*/postmaster.pid"))
