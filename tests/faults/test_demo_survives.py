"""The demo after every death of its processes: it starts again, serves again, and leaves nobody behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from guichet.config.local.processes import state_of, wait_until
from tests.faults.demo import Demo, all_gone, running

pytestmark = [pytest.mark.faults, pytest.mark.proves("REL-04")]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_demo_ends_every_child_when_asked(demo, number):
    family = demo.family()
    demo.process.send_signal(number)
    assert demo.process.wait(60) == 0
    assert all_gone(family)
    demo.start()
    assert demo.answers()


def test_demo_killed_takes_its_children_along_and_starts_again(demo):
    family = demo.family()
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait()
    assert wait_until(lambda: all_gone(family), seconds=30)
    demo.start()
    assert demo.answers()


def test_demo_starts_at_once_after_everything_was_killed(demo):
    for pid in demo.family():
        os.kill(pid, signal.SIGKILL)
    demo.process.wait()
    began = time.monotonic()
    demo.start()
    assert demo.answers()
    assert time.monotonic() - began < 40


@pytest.mark.parametrize("words", [("postgres", "-D"), ("cli run-web",), ("cli worker",)])
def test_demo_serves_again_after_one_of_its_processes_was_killed(demo, words):
    victim = demo.child(*words)
    os.kill(victim, signal.SIGKILL)
    assert wait_until(lambda: state_of(victim) == "", seconds=10)
    assert wait_until(demo.answers, seconds=30, step=0.2)
    assert wait_until(lambda: _has_child(demo, words), seconds=30, step=0.2)


def _has_child(demo: Demo, words: tuple[str, ...]) -> bool:
    try:
        return bool(demo.child(*words))
    except AssertionError:
        return False


def test_second_demo_on_the_same_data_is_refused(demo):
    command = [sys.executable, "-m", "guichet.config.cli", "demo", "--port", "1", "--var", str(demo.var)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        command[5] = str(probe.getsockname()[1])
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.endswith(f"Another process runs the database of {demo.var}.\n")
    assert demo.answers()
