"""What `guichet check` asks of a system before people's data come into it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from guichet import sandbox

_HERE = {"127.0.0.1", "localhost", "testserver"}


@register(Tags.security)
def demo_stays_at_home(*_apps: object, **_options: object) -> list[CheckMessage]:
    """E001: a demo has cookies without the Secure flag and public passwords; it serves this machine only (SEC-05)."""
    names = {*settings.ALLOWED_HOSTS, urlsplit(settings.BASE_URL).hostname or ""}
    if settings.DEMO and names - _HERE:
        hint = "Unset GUICHET_DEMO, or name 127.0.0.1 and localhost only in GUICHET_HOSTS and GUICHET_BASE_URL."
        return [Error(f"A demo is reachable as {', '.join(sorted(names - _HERE))}.", hint=hint, id="guichet.E001")]
    return []


@register(Tags.security)
def mail_and_sms_leave(*_apps: object, **_options: object) -> list[CheckMessage]:
    """E002: without a gateway nobody can log in; an outbox in a folder is for the demo."""
    doors = [settings.MAIL_DOOR, *(settings.SMS_DOORS or [""])]
    if not settings.DEMO and any(not door or door.startswith("outbox:") for door in doors):
        hint = "Set GUICHET_MAIL and GUICHET_SMS (see docs/operating.md)."
        return [Error("Mail or SMS have no gateway.", hint=hint, id="guichet.E002")]
    return []


@register(Tags.security)
def recordings_meet_a_sandbox(*_apps: object, **_options: object) -> list[CheckMessage]:
    """E006, W006: what the kernel offers against a parser that a recording has taken over (SEC-04)."""
    return of_the_sandbox(sandbox.offered(), allowed=settings.ALLOW_UNSANDBOXED)


def of_the_sandbox(offered: frozenset[sandbox.Lock], *, allowed: bool) -> list[CheckMessage]:
    """E006: none of the locks, and recordings wait. W006: they do not wait, because the operator said so."""
    hint = "Run the worker on a kernel with seccomp or Landlock, and let its container make use of them."
    if allowed:
        text = "GUICHET_ALLOW_UNSANDBOXED is set: where no lock falls, recordings are decoded with files and network."
        return [Warning(text, hint=hint, id="guichet.W006")]
    if offered:
        return []
    return [Error("This kernel offers no sandbox: the worker decodes no recording.", hint=hint, id="guichet.E006")]


def of_the_database(alias: str) -> list[CheckMessage]:
    """Asked by `guichet check` only: `guichet migrate` runs before these can hold."""
    return [*_role_is_the_applications(alias), *_migrations_are_applied(alias)]


def _role_is_the_applications(alias: str) -> list[CheckMessage]:
    """E003: the application's role must own nothing and obey row-level security (SEC-03)."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole"
            " OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid) FROM pg_roles"
            " WHERE rolname = current_user"
        )
        if not cursor.fetchone()[0]:
            return []
    hint = "DATABASE_URL must name guichet_app; see `guichet database prepare`."
    return [Error("The application has more rights than it needs.", hint=hint, id="guichet.E003")]


def _migrations_are_applied(alias: str) -> list[CheckMessage]:
    """E004: the database is of another release."""
    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return []
    names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _back in plan[:3])
    return [Error(f"{len(plan)} migrations are missing: {names} …", hint="Run `guichet migrate`.", id="guichet.E004")]
