"""A child that parses what strangers send reaches nothing but its pipes, and is ended whatever it does."""

import io
import socket

import pytest

from guichet.sandbox import ChildFailed, Limits, Lock, Unlocked, offered, run

PROGRAM = "guichet.sandbox.tests.prying"
QUICK = Limits(cpu_seconds=1, wall_seconds=30, silent_seconds=1)


def attempt(name, *, locks=None, limits=QUICK, **more):
    return run(PROGRAM, {"attempt": name, **more}, limits=limits, locks=locks).said


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text("0123456789")
    path.chmod(0o644)
    return str(path)


def lacking(*locks):
    return pytest.mark.skipif(not set(locks) <= offered(), reason=f"this kernel does not offer {', '.join(locks)}")


@lacking(Lock.SECCOMP)
@pytest.mark.proves("SEC-04")
@pytest.mark.parametrize("name", ["open", "create", "list", "stat", "connect", "datagram", "fork", "program", "signal"])
def test_child_is_refused_by_seccomp(name, secret, port):
    assert attempt(name, locks=[Lock.SECCOMP], path=secret, port=port) == {"refused": "PermissionError"}


@lacking(Lock.LANDLOCK)
@pytest.mark.proves("SEC-04")
@pytest.mark.parametrize("name", ["open", "create", "list", "connect"])
def test_child_is_refused_by_landlock(name, secret, port):
    assert attempt(name, locks=[Lock.LANDLOCK], path=secret, port=port) == {"refused": "PermissionError"}


@lacking(Lock.NAMESPACES)
@pytest.mark.proves("SEC-04")
@pytest.mark.parametrize("name", ["open", "create", "connect", "datagram"])
def test_child_in_namespaces_finds_nothing(name, secret, port):
    said = attempt(name, locks=[Lock.NAMESPACES], path=secret, port=port)
    assert said["refused"] in {"FileNotFoundError", "OSError", "PermissionError"}


@pytest.mark.skipif(not offered(), reason="this kernel offers no lock")
@pytest.mark.proves("SEC-04")
@pytest.mark.parametrize("name", ["open", "create", "connect", "datagram", "descriptors"])
def test_child_reaches_nothing(name, secret, port):
    assert "refused" in attempt(name, path=secret, port=port)


def test_child_without_locks_would_reach_everything(secret, port):
    """The negative control: these attempts fail for the locks alone."""
    for name in ("open", "list", "stat", "datagram", "fork", "program"):
        said = run(PROGRAM, {"attempt": name, "path": secret, "port": port}, locks=[], allow_unlocked=True).said
        assert list(said) == ["did"]


def test_child_without_locks_is_not_asked():
    with pytest.raises(Unlocked):
        attempt("echo", locks=[])


def test_child_has_an_empty_environment(monkeypatch):
    monkeypatch.setenv("GUICHET_SECRET_KEY", "x")
    assert attempt("environment") == {"did": {}}


@pytest.mark.parametrize(
    "name, how",
    [
        ("hang", "hung"),
        ("spin", "slow"),
        ("die", "died"),
        ("babble", "died"),
        ("raise", "parser"),
        ("memory", "memory"),
        ("beyond", "died"),
        ("flood", "died"),
    ],
)
def test_child_that_misbehaves_is_ended(name, how):
    limits = Limits(
        memory_bytes=64 << 20,
        cpu_seconds=1,
        wall_seconds=30,
        silent_seconds=1 if name == "hang" else 20,
        most_written=5000,
    )
    with pytest.raises(ChildFailed) as failure:
        run(PROGRAM, {"attempt": name}, limits=limits, sink=len)
    assert failure.value.how == how


def test_child_that_talks_for_ever_meets_the_wall(monkeypatch):
    monkeypatch.setattr("guichet.sandbox.asking._LOADING_SECONDS", 2)
    with pytest.raises(ChildFailed) as failure:
        run(PROGRAM, {"attempt": "hang"}, limits=Limits(wall_seconds=0, silent_seconds=3600))
    assert failure.value.how == "hung"


def test_child_reads_the_source_and_fills_the_sink():
    data, made, heard = bytes(range(256)) * 4000, [], []
    answer = run(
        PROGRAM,
        {"attempt": "backwards", "size": len(data)},
        b"body",
        limits=Limits(most_written=len(data)),
        source=io.BytesIO(data[:-3] + b"end"),
        sink=made.append,
        heard=heard.append,
    )
    assert answer == ({"did": "end"}, b"body")
    assert b"".join(made) == (data[:-3] + b"end")[::-1]
    assert heard == [{"halfway": True}]


def test_failure_of_the_source_is_passed_on():
    class Broken(io.BytesIO):
        def read(self, *args):
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        run(PROGRAM, {"attempt": "backwards", "size": 10}, source=Broken(), sink=len)
