"""A real PostgreSQL for every test that asks for a database.

The server is shared by all runs of this checkout. Migrations run once, as `guichet_migrate`, into a template named by
their content; each worker clones it in about 0.2 s and works as `guichet_app`, so that row-level security and
grants are tested by every test. A transactional test costs a fresh clone: the application may not truncate.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from guichet.config import database
from guichet.config.local.keeper import SharedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("GUICHET_TEST_VAR", ROOT / "var" / "test"))


class TestDatabase:
    """This worker's own database on the shared server."""

    __test__ = False

    def __init__(self, server: SharedServer, name: str) -> None:
        self.server = server
        self.name = name
        self.template = f"template_{_fingerprint()}"

    def url(self, role: str = database.APP) -> str:
        """Its address for one of the four roles (see `guichet.config.database`)."""
        return self.server.url(role, self.name)

    def prepare_template(self) -> None:
        """Migrate once per content of the migrations, whoever comes first."""
        with (VAR / "template.lock").open("w") as lock, self._admin() as admin:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _drop_leftovers(admin, self.template)
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template]).fetchone():
                return
            building = f"building_{os.getpid()}"
            passwords = {role: urlsplit(self.server.url(role)).password or "" for role in database.ROLES}
            database.prepare(self.server.url(), building, passwords)
            os.environ["MIGRATE_DATABASE_URL"] = self.server.url(database.MIGRATE, building)
            call_command("migrate", verbosity=0, interactive=False)
            del os.environ["MIGRATE_DATABASE_URL"]
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            admin.execute(rename.format(sql.Identifier(building), sql.Identifier(self.template)))

    def clone(self) -> None:
        """Start from the migrated, otherwise empty template."""
        connections["default"].close()
        with self._admin() as admin:
            name = sql.Identifier(self.name)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY")
            admin.execute(create.format(name, sql.Identifier(self.template), sql.Identifier(database.MIGRATE)))
            admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            roles = sql.SQL(", ").join(map(sql.Identifier, database.ROLES))
            admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles))
        _use(self.url())
        settings.AUDIT_DATABASE_URL = self.url(database.AUDIT_READER)

    def drop(self) -> None:
        """Leave nothing behind."""
        connections["default"].close()
        with self._admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self.server.url(), autocommit=True)


@pytest.fixture(scope="session")
def shared_server() -> Iterator[SharedServer]:
    """The database server of this checkout's tests."""
    server = SharedServer(VAR)
    yield server
    server.close()


@pytest.fixture(scope="session")
def test_database(shared_server: SharedServer) -> TestDatabase:
    """This worker's database; `.url(role)` gives its address for the other roles."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return TestDatabase(shared_server, f"test_{os.getpid()}_{worker}")


@pytest.fixture(scope="session")
def django_db_setup(test_database: TestDatabase, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        test_database.prepare_template()
        test_database.clone()
        original = TransactionTestCase._fixture_teardown
        TransactionTestCase._fixture_teardown = lambda _case: test_database.clone()  # type: ignore[method-assign]
        yield
        TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]
        test_database.drop()


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Run the jobs that are due, in this thread and transaction, until none is left; says how many ran."""
    from procrastinate.contrib.django import app

    def run() -> int:
        count = 0
        while row := _next_job():
            number, task_name, arguments = row
            _done(number)  # a running job no longer waits: it may ask for itself again
            app.tasks[task_name].func(**arguments)
            count += 1
        return count

    return run


def _next_job() -> tuple[int, str, dict[str, object]] | None:
    from django.db.models import Q
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    due = Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=timezone.now())
    job = ProcrastinateJob.objects.filter(due, status="todo").order_by("-priority", "id").first()
    return (job.id, job.task_name, job.args) if job else None


def _done(number: int) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [number])


def _use(url: str) -> None:
    connections["default"].close()
    connections["default"].settings_dict.update(database.django_database(url))
    os.environ["DATABASE_URL"] = url


def _fingerprint() -> str:
    """Equal for equal migrations: own files by content, installed ones by version."""
    digest = hashlib.sha256()
    for package in ("django", "procrastinate"):
        digest.update(importlib.metadata.version(package).encode())
    files = [Path(database.__file__)]
    for app in apps.get_app_configs():
        if app.name.startswith("guichet."):
            files += [*Path(app.path).glob("migrations/*.py"), *Path(app.path).glob("protect.py")]
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _drop_leftovers(admin: psycopg.Connection, template: str) -> None:
    """Databases of runs that were killed, and templates of migrations that have changed since."""
    rows = admin.execute(
        "SELECT datname, (pg_stat_file('base/' || oid || '/PG_VERSION')).modification < now() - interval '30 minutes'"
        " FROM pg_database WHERE datname LIKE ANY (ARRAY['test\\_%', 'building\\_%', 'template\\_%'])"
    ).fetchall()
    for name, old in rows:
        kind, owner = name.split("_")[:2]
        stale = old and name != template if kind == "template" else not Path(f"/proc/{owner}").exists()
        if stale:
            with contextlib.suppress(psycopg.Error):
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
