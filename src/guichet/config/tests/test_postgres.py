"""The launcher: it starts after any death, keeps what was committed, and shares its directory with nobody."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import time
from pathlib import Path

import psycopg
import pytest

from guichet.config import database
from guichet.config.local import processes
from guichet.config.local.postgres import Cluster, Unavailable
from guichet.config.local.secrets import secret


@pytest.fixture
def var(tmp_path):
    yield tmp_path
    Cluster(tmp_path).destroy()  # as root, its files are elsewhere


@pytest.fixture
def cluster(var):
    cluster = Cluster(var, durable=False)
    cluster.start()
    yield cluster
    cluster.stop()


def _run(cluster, statement):
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def test_cluster_keeps_its_data_over_a_restart(cluster):
    _run(cluster, "CREATE TABLE kept AS SELECT 7 AS seven")
    cluster.stop()
    cluster.start()
    assert _run(cluster, "SELECT seven FROM kept") == 7


@pytest.mark.parametrize("victims", ["postmaster", "everything"])
def test_cluster_starts_after_its_processes_were_killed(cluster, victims):
    _run(cluster, "CREATE TABLE kept AS SELECT 7 AS seven")
    _run(cluster, "CHECKPOINT")  # a server without fsync does not wait for the disk by itself
    killed = [cluster.process.pid] if victims == "postmaster" else processes.working_in(cluster.data)
    for pid in killed:
        with contextlib.suppress(ProcessLookupError):  # a helper of the server may have ended by itself
            os.kill(pid, signal.SIGKILL)
    processes.wait_until(lambda: cluster.process.poll() is not None, seconds=60)
    port = cluster.port
    cluster.look_after()
    assert (cluster.port, _run(cluster, "SELECT seven FROM kept")) == (port, 7)


def test_cluster_starts_though_a_stranger_has_its_old_number(cluster):
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    cluster.start()
    assert _run(cluster, "SELECT 1") == 1


def test_cluster_is_run_by_one_process_only(cluster, var):
    with pytest.raises(Unavailable, match="Another process runs the database"):
        Cluster(var).start()


def test_cluster_without_its_passwords_starts_empty(cluster, var):
    _run(cluster, "CREATE TABLE kept AS SELECT 7 AS seven")
    cluster.stop()
    (var / "secrets" / "database-postgres").unlink()
    cluster.start()
    assert _run(cluster, "SELECT to_regclass('kept') IS NULL") is True


def test_cluster_after_a_cut_initialisation_starts(var):
    broken = Cluster(var)
    broken._locate()
    (broken.directory / "initdb").mkdir()
    (broken.directory / "initdb" / "half").touch()
    cluster = Cluster(var, durable=False)
    cluster.start()
    try:
        assert _run(cluster, "SELECT 1") == 1
    finally:
        cluster.stop()


def test_cluster_asks_everybody_for_a_password(cluster):
    address = cluster.url().replace(secret(cluster.var, "database-postgres"), "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


def test_cluster_sorts_the_same_on_every_machine(cluster):
    assert _run(cluster, "SELECT datlocprovider FROM pg_database WHERE datname = 'postgres'") == "b"


def test_secrets_are_their_owners(tmp_path):
    first = secret(tmp_path, "name")
    assert (secret(tmp_path, "name"), len(first)) == (first, 43)
    assert stat.S_IMODE((tmp_path / "secrets" / "name").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["name"]


@pytest.mark.proves("AUD-02")
def test_roles_may_what_they_need_and_can_be_prepared_again(cluster):
    passwords = dict.fromkeys(database.ROLES, "only-here")
    for _again in range(2):
        database.prepare(cluster.url(), "prepared", passwords)
    with psycopg.connect(database.on_database(cluster.url(), "prepared"), autocommit=True) as admin:
        rows = admin.execute(
            "SELECT rolname, rolbypassrls, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = ANY(%s) ORDER BY rolname",
            [list(database.ROLES)],
        ).fetchall()
        assert rows == [
            ("guichet_app", False, False, False, False),
            ("guichet_audit_reader", False, False, False, False),
            ("guichet_backup", True, False, False, False),
            ("guichet_migrate", True, False, False, False),
        ]
        assert _rights(admin, "guichet_app") == (False, False, True, False)
        assert _rights(admin, "guichet_migrate") == (True, True, True, True)


def _rights(admin, role):
    """(create tables, make schemas, enter the audit, create in the audit)."""
    return admin.execute(
        "SELECT has_schema_privilege(%(r)s, 'public', 'CREATE'), has_database_privilege(%(r)s, 'prepared', 'CREATE'),"
        " has_schema_privilege(%(r)s, 'audit', 'USAGE'), has_schema_privilege(%(r)s, 'audit', 'CREATE')",
        {"r": role},
    ).fetchone()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_root_runs_the_database_as_somebody_else(cluster):
    owner = Path(f"/proc/{cluster.process.pid}").stat().st_uid
    assert (owner != 0, pwd.getpwuid(owner).pw_name) == (True, processes.database_account().name)


def test_child_dies_with_the_process_that_started_it(tmp_path):
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        child = processes.Account(os.geteuid(), os.getegid(), "").start(
            ["/bin/sleep", "60"], log=tmp_path / "log", on_parent_death=signal.SIGTERM
        )
        os.write(writing, str(child.pid).encode())
        time.sleep(60)
    child = int(os.read(reading, 20))
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    os.close(reading)
    os.close(writing)
    assert processes.wait_until(lambda: processes.state_of(child) in {"", "Z"}, seconds=60)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps the files elsewhere")
def test_files_elsewhere_go_when_their_directory_has_gone(tmp_path):
    places = []
    for name in ("gone", "kept"):
        cluster = Cluster(tmp_path / name)
        cluster.var.mkdir()
        cluster._locate()
        places.append(cluster.directory)
        if name == "gone":
            shutil.rmtree(cluster.var)
    assert [place.exists() for place in places] == [False, True]
    Cluster(tmp_path / "kept").destroy()
