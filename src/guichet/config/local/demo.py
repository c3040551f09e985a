"""`guichet demo`: the whole platform on one machine, in the foreground.

`Stack` is the database, the web server and the worker of one data directory; the journeys' tests run the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

import guichet
from guichet.config import database
from guichet.config.local import processes, supervisor
from guichet.config.local.postgres import Cluster, Unavailable
from guichet.config.local.secrets import secret

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

_HOST: Final = "127.0.0.1"
_NAME: Final = "guichet"
_DATA: Final = ("objects", "keys", "audit", "outbox", "demo.json", "seeded")  # made by seeding and by use
_REST: Final = ("pg", "secrets", "static", "log")


@dataclass
class Stack:
    """Database, web and worker of one data directory."""

    var: Path
    port: int
    durable: bool = True
    say: Callable[[str], None] = lambda _text: None
    should_stop: Callable[[], bool] = lambda: False
    services: list[supervisor.Service] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self.cluster = Cluster(self.var, durable=self.durable, say=self.say)

    @property
    def url(self) -> str:
        """Where the browser goes."""
        return f"http://{_HOST}:{self.port}/"

    def up(self) -> None:
        """Start everything and return when the web server answers. Raises `Unavailable` or `Failed`."""
        _refuse_taken_port(self.port)
        self.cluster.start()
        self._prepare()
        self.services = [
            self._service("web", "run-web", "--host", _HOST, "--port", str(self.port)),
            self._service("worker", "worker"),
        ]
        for service in self.services:
            service.start()
        end = time.monotonic() + 60
        while not _answers(self.port):
            self.look_after()
            self._pause()
            if time.monotonic() > end:
                raise supervisor.Failed(f"The web server does not answer; see {self.var}/log/web.log")

    def look_after(self) -> None:
        """Restart whatever ended, the database first."""
        self.cluster.look_after()
        for service in self.services:
            service.look_after()

    def down(self) -> None:
        """End everything in good order."""
        for service in self.services:
            service.stop()
        self.services = []
        self.cluster.stop()

    def environment(self, *, owner: bool = False) -> dict[str, str]:
        """What the processes of this stack know; only migrations get the address of the owner's role."""
        known = {
            "GUICHET_DEMO": "1",
            "GUICHET_SECRET_KEY": secret(self.var, "secret-key"),
            "GUICHET_VAR": str(self.var),
            "GUICHET_BASE_URL": self.url.rstrip("/"),
            "GUICHET_HOSTS": f"{_HOST},localhost",
            "DJANGO_SETTINGS_MODULE": "guichet.config.settings",
            "DATABASE_URL": self.cluster.url(database.APP, _NAME),
            "AUDIT_DATABASE_URL": self.cluster.url(database.AUDIT_READER, _NAME),
        }
        return known | ({"MIGRATE_DATABASE_URL": self.cluster.url(database.MIGRATE, _NAME)} if owner else {})

    def _prepare(self) -> None:
        """Roles, tables, static files; and invented data once. A seeding that was cut short starts anew."""
        seeded = self.var / "seeded"
        if not seeded.exists():
            self._forget_data()
        passwords = {role: secret(self.var, f"database-{role}") for role in database.ROLES}
        database.prepare(self.cluster.url(), _NAME, passwords)
        migrate = self._step("migrate", "--verbosity", "1", owner=True)
        fingerprint = _static_fingerprint()
        collected = self.var / "static" / ".fingerprint"
        if not collected.exists() or collected.read_text() != fingerprint:
            self._finish("collectstatic", self._step("collectstatic", "--noinput", "--clear", "--verbosity", "0"))
            collected.write_text(fingerprint)
        self._finish("migrate", migrate)
        if not seeded.exists():
            self.say("Making the invented people and cases")
            self._finish("seed", self._step("seed", hurry=True))
            with psycopg.connect(self.cluster.url(), autocommit=True) as server:
                server.execute("CHECKPOINT")  # now it is on disk
            seeded.touch()

    def _forget_data(self) -> None:
        with psycopg.connect(self.cluster.url(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_NAME)))
        for name in _DATA:
            _remove(self.var / name)

    def _service(self, name: str, *arguments: str) -> supervisor.Service:
        log = self.var / "log" / f"{name}.log"
        return supervisor.Service(name, supervisor.guichet(*arguments), self.environment(), log)

    def _step(self, *arguments: str, owner: bool = False, hurry: bool = False) -> subprocess.Popen[bytes]:
        """`hurry`: commits do not wait for the disk; whoever is cut short starts anew anyway."""
        log = self.var / "log" / f"{arguments[0]}.log"
        extra = {"PGOPTIONS": "-c synchronous_commit=off"} if hurry else {}
        return supervisor.step(supervisor.guichet(*arguments), self.environment(owner=owner) | extra, log)

    def _finish(self, name: str, process: subprocess.Popen[bytes]) -> None:
        supervisor.finished(process, self.var / "log" / f"{name}.log", self.should_stop)

    def _pause(self) -> None:
        if self.should_stop():
            raise supervisor.Interrupted
        time.sleep(0.05)


def run(var: Path, port: int, *, reset: bool, with_parent: bool) -> int:
    """The demo in the foreground; returns the exit status."""
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: stopping.append(number))
    parent = os.getppid()
    if with_parent:
        processes.die_with_parent(signal.SIGTERM, parent=parent)()

    def should_stop() -> bool:
        return bool(stopping) or (with_parent and processes.handles_interrupt(parent))

    stack = Stack(var, port, say=_say, should_stop=should_stop)
    try:
        if reset:
            _say(f"Starting from fresh data in {var}")
            stack.cluster.destroy()
            for name in (*_DATA, *_REST):
                _remove(var / name)
        stack.up()
        _announce(stack)
        while not should_stop():
            stack.look_after()
            time.sleep(0.2)
    except supervisor.Interrupted:
        pass
    except (Unavailable, supervisor.Failed) as error:
        _say(str(error))
        return 1
    finally:
        stack.down()
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _announce(stack: Stack) -> None:
    accounts: list[dict[str, Any]] = []
    with contextlib.suppress(OSError, ValueError):
        accounts = json.loads((stack.var / "demo.json").read_text())
    for account in accounts:
        _say("  {insurer:<10} {role:<15} {email:<44} {password}".format(**account))
    _say(f"Mails and SMS: {stack.var / 'outbox'} and {stack.url}demo/outbox/")
    _say(f"Guichet ready: {stack.url}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            raise Unavailable(f"Port {port} is taken: choose another one with PORT=…") from None


def _static_fingerprint() -> str:
    """Changes when a static file of ours does."""
    digest = hashlib.sha256()
    for file in sorted(Path(guichet.__file__).parent.glob("*/static/**/*")):
        if file.is_file():
            state = file.stat()
            digest.update(f"{file} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
