"""`guichet …`: the one command of the platform.

What must run before Django knows its settings is here; everything else is a Django management command, of
`guichet.config` or of the package it belongs to (`guichet audit verify`, `guichet seed`, `guichet messages` …).
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_OVERVIEW = """\
guichet demo                 everything on this machine, with invented people and cases
guichet run-web              the web server (behind a proxy that speaks TLS)
guichet worker               the jobs: mail, SMS, PDF, scans, batches
guichet migrate              bring the database to this release (as guichet_migrate)
guichet database prepare     make roles, database and grants on a PostgreSQL server
guichet check                settings, database and invariants of a live system
guichet seed                 invented data, for the demo and for measurements
guichet keys rotate          a new key for each insurer; `keys retire` ends former ones
guichet audit verify         check the audit's chain against its anchor
guichet messages             collect the words of the interface for the translators
guichet help                 every other command
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of the console script; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help"}:
        sys.stdout.write(_OVERVIEW)
        return 0
    own: dict[str, Callable[[list[str]], int]] = {"demo": _demo, "run-web": _run_web, "database": _database}
    if command := own.get(arguments[0]):
        return command(arguments[1:])
    return _django(arguments)


def _django(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["guichet", *arguments])
    return 0


def _demo(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("guichet demo", description="Run everything here until Ctrl-C.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("GUICHET_VAR") or "var"))
    parser.add_argument("--reset", action="store_true", default=os.environ.get("RESET") == "1", help="fresh data")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this one dies")
    options = parser.parse_args(arguments)
    from guichet.config.local.demo import run

    return run(options.var.resolve(), options.port, reset=options.reset, with_parent=options.with_parent)


def _run_web(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("guichet run-web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument("--workers", type=int, default=int(os.environ.get("GUICHET_WEB_WORKERS") or 2))
    parser.add_argument("--threads", type=int, default=int(os.environ.get("GUICHET_WEB_THREADS") or 4))
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    from django.conf import settings

    from guichet.config.web import serve
    from guichet.storage.checks import regions_are_allowed, storage_is_safe

    if faults := [*storage_is_safe(), *regions_are_allowed()]:  # the web server runs no system checks of its own
        for fault in faults:
            sys.stderr.write(f"{fault.id}: {fault.msg}\n")
        return 1
    if Path(settings.DESTRUCTION_LIST).exists() and _came_back():
        return 1
    serve(host=options.host, port=options.port, workers=options.workers, threads=options.threads)
    return 0


def _came_back() -> bool:
    """Whether a restore brought back what was destroyed; a process of its own asks keys, bytes and the database."""
    check = [sys.executable, "-m", "guichet.config.cli", "storage", "check-destructions"]
    return subprocess.run(check, check=False).returncode != 0  # noqa: S603 -- our own command


def _database(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("guichet database")
    verbs = parser.add_subparsers(dest="verb", required=True)
    prepare = verbs.add_parser("prepare", help="make roles, database and grants; may be repeated")
    prepare.add_argument("--admin-url", default=os.environ.get("ADMIN_DATABASE_URL"), help="a superuser's address")
    prepare.add_argument("--name", default="guichet", help="name of the database")
    options = parser.parse_args(arguments)
    if not options.admin_url:
        parser.error("give --admin-url or set ADMIN_DATABASE_URL")
    from guichet.config import database

    passwords = {role: _chosen_password(role) for role in database.ROLES}
    database.prepare(options.admin_url, options.name, passwords)
    host = options.admin_url.rpartition("@")[2].partition("/")[0]
    for variable, role in database.VARIABLES.items():
        sys.stdout.write(f"{variable}=postgres://{role}:{passwords[role]}@{host}/{options.name}\n")
    return 0


def _chosen_password(role: str) -> str:
    """From the environment (GUICHET_APP_PASSWORD …) or random; printed once by `database prepare`, stored nowhere."""
    return os.environ.get(f"{role.upper()}_PASSWORD") or secrets.token_urlsafe(32)


if __name__ == "__main__":
    sys.exit(main())
