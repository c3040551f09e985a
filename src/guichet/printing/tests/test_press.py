"""The kept child: what it may not do, and what happens when it ends or hangs."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import closing

import pytest

from guichet.printing.press import TIMEOUT, Press, PrintFailed

GOOD = '#set document(title: "Bon")\n#set text(font: "Inter", lang: "fr")\nBon'


def outcome(press: Press, source: str) -> str:
    """ "printed", or why not."""
    try:
        document = press.print({"main.typ": source}, timestamp=0)
    except PrintFailed as failure:
        return str(failure)
    assert document.startswith(b"%PDF-")
    return "printed"


@pytest.fixture
def press():
    with closing(Press()) as kept:
        yield kept


@pytest.mark.proves("SEC-04")
@pytest.mark.parametrize(
    "code",
    [
        'read("/etc/passwd")',
        'read("../../../../etc/passwd")',
        'read("/proc/self/environ")',
        'image("/etc/hostname")',
        'include "/etc/passwd"',
        'include "@preview/cetz:0.2.0"',
        'plugin("x.wasm")',
        'json("data.json")',
    ],
)
def test_press_opens_no_file_and_calls_nobody(press, code):
    assert outcome(press, f"{GOOD} #{code}") != "printed"
    assert outcome(press, GOOD) == "printed"


def test_press_refuses_what_would_not_conform(press):
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path d='M0 0H9V9z'/></svg>"
    assert outcome(press, f'{GOOD} #image(bytes("{drawing}"), format: "svg")') == (
        "PDF/A-2a, PDF/UA-1 error: missing alt text"
    )
    assert outcome(press, f"{GOOD} 漢") == "PDF/A-2a, PDF/UA-1 error: the text …"
    assert outcome(press, '#set text(font: "Inter", lang: "fr")\nNu') == "PDF/UA-1 error: missing document title"


@pytest.mark.proves("SEC-04")
def test_press_kills_a_document_that_takes_too_long_and_prints_the_next():
    with closing(Press()) as press:
        assert outcome(press, GOOD) == "printed"
        press._timeout = 3
        assert outcome(press, f"{GOOD} #range(90000).map(x => range(90000).map(y => x * y).sum()).sum()") == (
            "not printed within 3 seconds"
        )
        press._timeout = TIMEOUT
        assert outcome(press, GOOD) == "printed"


@pytest.mark.proves("SEC-04")
def test_press_survives_a_document_that_eats_its_memory():
    glutton = f'{GOOD} #let s = "x" \n #for i in range(40) {{ s = s + s }} \n #s.len()'
    with closing(Press(memory=400 * 1024**2)) as press:
        assert outcome(press, glutton) == "the press ended over this document"
        assert outcome(press, GOOD) == "printed"
        assert outcome(press, glutton) == "the press ended twice over this document"
        assert outcome(press, GOOD) == "printed"


@pytest.mark.proves("REL-08")
def test_press_killed_between_two_documents_is_replaced(press):
    assert outcome(press, GOOD) == "printed"
    os.kill(press.pid, signal.SIGKILL)
    assert outcome(press, GOOD) == "printed"


def test_stopped_press_is_given_up_at_the_deadline():
    with closing(Press()) as press:
        assert outcome(press, GOOD) == "printed"
        press._timeout = 3
        os.kill(press.pid, signal.SIGSTOP)
        assert outcome(press, GOOD + " " * 1_000_000) == "not printed within 3 seconds"


@pytest.mark.proves("PERF-04")
def test_press_is_replaced_after_its_share_of_documents():
    with closing(Press(documents=2)) as press:
        children = []
        for _ in range(4):
            assert outcome(press, GOOD) == "printed"
            children.append(press.pid)
        assert [children[0] == children[1], children[1] == children[2], children[2] == children[3]] == [
            True,
            False,
            True,
        ]


def test_press_serves_threads_one_after_the_other(press):
    outcomes = []
    threads = [threading.Thread(target=lambda: outcomes.append(outcome(press, GOOD))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["printed"] * 8


def test_press_starts_with_its_first_document(press):
    assert press.pid == 0
    press.close()
    assert press.pid == 0


def test_forked_process_starts_a_press_of_its_own(press):
    assert outcome(press, GOOD) == "printed"
    child = press.pid
    fork = os.fork()
    if fork == 0:
        own = outcome(press, GOOD) == "printed" and press.pid != child
        press._stop()
        os._exit(0 if own else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
    assert outcome(press, GOOD) == "printed"
    assert press.pid == child
