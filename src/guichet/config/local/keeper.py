"""One throw-away database server for all test runs of a checkout: started by the first, ended after the last.

Every run holds a shared lock on `users.lock`; the keeper, a process of its own, ends the server (and itself) when
nobody has held it for a while. So runs share the server at the same time, the next run finds it warm, and
nothing is left behind after `kill -9` of a run.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from guichet.config.local import processes
from guichet.config.local.postgres import Cluster, Unavailable
from guichet.config.local.secrets import secret


class SharedServer:
    """A run's hold on the shared server; `close` lets it go."""

    def __init__(self, var: Path) -> None:
        self.var = var
        var.mkdir(parents=True, exist_ok=True)
        self._use: IO[str] = (var / "users.lock").open("w")
        fcntl.flock(self._use, fcntl.LOCK_SH)
        with (var / "start.lock").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            self.port = self._running() or self._start()

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """Address of a database for one of its roles."""
        return (
            f"postgres://{quote(user)}:{secret(self.var, f'database-{user}')}@127.0.0.1:{self.port}/{quote(database)}"
        )

    def close(self) -> None:
        """Let the server go; it ends soon after the last one did."""
        self._use.close()

    def _running(self) -> int:
        try:
            port = int(json.loads((self.var / "keeper.json").read_text())["port"])
            self.port = port
            psycopg.connect(self.url(), connect_timeout=5).close()
        except (OSError, ValueError, KeyError, psycopg.OperationalError):
            return 0
        return port

    def _start(self) -> int:
        (self.var / "keeper.json").unlink(missing_ok=True)
        with (self.var / "keeper.log").open("w") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "guichet.config.local.keeper", str(self.var)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        started = processes.wait_until(lambda: keeper.poll() is not None or bool(self._running()), seconds=90, step=0.1)
        if not started or keeper.poll() is not None:
            raise Unavailable((self.var / "keeper.log").read_text())
        keeper.returncode = 0  # it is nobody's child from here on
        return self.port


def keep(var: Path, idle_seconds: float) -> None:
    """Run the server until nobody has used it for `idle_seconds`."""
    cluster = Cluster(var, durable=False)
    deadline = time.monotonic() + 30
    while True:
        try:
            cluster.start()
            break
        except Unavailable:  # the last keeper is still on its way out
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    state = var / "keeper.json"
    state.with_suffix(".new").write_text(json.dumps({"port": cluster.port, "pid": os.getpid()}))
    state.with_suffix(".new").replace(state)
    idle_since = time.monotonic()
    with (var / "users.lock").open("w") as users:
        while cluster.process and cluster.process.poll() is None:
            time.sleep(0.3)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                idle_since = time.monotonic()
                continue
            if time.monotonic() - idle_since >= idle_seconds:
                break
            fcntl.flock(users, fcntl.LOCK_UN)
        state.unlink(missing_ok=True)
        cluster.stop()


if __name__ == "__main__":
    keep(Path(sys.argv[1]), float(os.environ.get("GUICHET_TEST_KEEP", "30")))
