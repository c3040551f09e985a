"""Roles, rights and databases: the same statements for the demo, the tests and an operator's server.

Four roles, and none of them is a superuser:

- `guichet_migrate` owns everything and runs migrations; row-level security does not hold it back.
- `guichet_app` serves the web and the jobs; it owns nothing, sees only its tenant's rows, may add to the audit
  and never read or change it.
- `guichet_audit_reader` reads the audit and nothing else.
- `guichet_backup` reads everything of every tenant, for `pg_dump`.

Every statement can be repeated; `prepare` is run again after each release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Mapping

MIGRATE: Final = "guichet_migrate"
APP: Final = "guichet_app"
AUDIT_READER: Final = "guichet_audit_reader"
BACKUP: Final = "guichet_backup"

_ATTRIBUTES: Final[dict[str, str]] = {
    MIGRATE: "LOGIN BYPASSRLS NOCREATEDB NOCREATEROLE",
    APP: "LOGIN NOBYPASSRLS NOCREATEDB NOCREATEROLE",
    AUDIT_READER: "LOGIN NOBYPASSRLS NOCREATEDB NOCREATEROLE",
    BACKUP: "LOGIN BYPASSRLS NOCREATEDB NOCREATEROLE",
}
ROLES: Final = tuple(_ATTRIBUTES)
VARIABLES: Final[dict[str, str]] = {
    "DATABASE_URL": APP,
    "MIGRATE_DATABASE_URL": MIGRATE,
    "AUDIT_DATABASE_URL": AUDIT_READER,
    "BACKUP_DATABASE_URL": BACKUP,
}

_LIMITS: Final = (
    (MIGRATE, "lock_timeout", "2s"),  # a migration that waits longer would hold up the people at work (REL-06)
    (APP, "lock_timeout", "10s"),
    (APP, "idle_in_transaction_session_timeout", "60s"),
)

_RIGHTS: Final = """
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO guichet_migrate, guichet_app, guichet_audit_reader, guichet_backup;
GRANT CREATE ON DATABASE {database} TO guichet_migrate;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO guichet_app, guichet_backup;
GRANT USAGE, CREATE ON SCHEMA public TO guichet_migrate;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION guichet_migrate;
REVOKE ALL ON SCHEMA audit FROM PUBLIC;
GRANT USAGE ON SCHEMA audit TO guichet_app, guichet_audit_reader, guichet_backup;
"""

# What migrations create from now on. Procrastinate's tables, types and functions come by migrations as well.
_DEFAULTS: Final = """
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO guichet_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO guichet_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO guichet_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA public GRANT USAGE ON TYPES TO guichet_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA audit GRANT INSERT ON TABLES TO guichet_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA audit GRANT USAGE ON SEQUENCES TO guichet_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA audit GRANT EXECUTE ON FUNCTIONS TO guichet_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA audit GRANT SELECT ON TABLES TO guichet_audit_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE guichet_migrate IN SCHEMA audit GRANT EXECUTE ON FUNCTIONS TO guichet_audit_reader;
"""


def prepare(admin_url: str, database: str, passwords: Mapping[str, str]) -> None:
    """Roles, then the database, then its rights. Needs a superuser (row-level security is theirs to bypass)."""
    with psycopg.connect(admin_url, autocommit=True) as server:
        prepare_roles(server, passwords)
        exists = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not exists:
            statement = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
            server.execute(statement.format(sql.Identifier(database), sql.Identifier(MIGRATE)))
    grant(on_database(admin_url, database), database)


def prepare_roles(server: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Create or correct the four roles; a role without a given password keeps the one it has."""
    with server.transaction():
        server.execute("SELECT pg_advisory_xact_lock(hashtext('guichet roles'))")
        for role, attributes in _ATTRIBUTES.items():
            name = sql.Identifier(role)
            exists = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            verb = "ALTER" if exists else "CREATE"
            server.execute(sql.SQL(f"{verb} ROLE {{}} {attributes}").format(name))
            if role in passwords:
                server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(passwords[role])))
        server.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(sql.Identifier(BACKUP)))
        for role, setting, value in _LIMITS:
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            server.execute(statement.format(sql.Identifier(role), sql.Identifier(setting), sql.Literal(value)))


def grant(database_url: str, database: str) -> None:
    """Who may do what inside one database; also after it was cloned, which forgets rights on the database itself."""
    with psycopg.connect(database_url) as inside:
        inside.execute(sql.SQL(_RIGHTS).format(database=sql.Identifier(database)))
        inside.execute(_DEFAULTS)


def tighten(migrate_url: str) -> None:
    """After each migration: Django's own bookkeeping is not the application's to change."""
    with psycopg.connect(migrate_url) as inside:
        inside.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP}")


def on_database(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def django_database(url: str) -> dict[str, object]:
    """An address as Django's settings want it; connections are kept, which spares 5 ms a request."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
