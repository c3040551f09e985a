"""Logins: how many a second, and what other people notice meanwhile (1 000 in a minute, PERF-08).

Eight people log in again and again (page, password, code from the outbox, code) while one looks at a list. What is
measured in a few seconds is told for a minute; the client's work and the look-out for the code are in it.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from bench import platform
from bench.figures import Figure, percentile, tell
from bench.visitor import Visitor

if TYPE_CHECKING:
    from guichet.config.local.demo import Stack

USERS: Final = 8
ROUNDS: Final = 8
CORES: Final = 2
_SIDES: Final = (("vs", "manager"), ("vs", "collaborator"), ("vs", "agent"), ("vs", "administrator"),
                 ("be", "manager"), ("be", "collaborator"), ("be", "agent"), ("be", "administrator"))  # fmt: skip


def main() -> None:
    """Measure and print the figures as one line of JSON."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 24.0
    with platform.running() as stack:
        reader = Visitor(stack.port, "vs")
        reader.log_in(platform.accounts(stack.var, "vs", "manager")[0], stack.var / "outbox")
        before = platform.cost(stack)
        alone = [reader.get("/vs/guichet/").wall_ms for _ in range(40)]
        page = (platform.cost(stack) - before).total / len(alone)
        before = platform.cost(stack)
        rates, counted, meanwhile = [], 0, []
        for _ in range(ROUNDS):
            count, took, seen = _round(stack, reader, seconds / ROUNDS)
            rates.append(count / took)
            counted += count
            meanwhile += seen
        own = (platform.cost(stack) - before).total - page * len(meanwhile)
        rate = statistics.median(rates)
    tell(
        [
            Figure("logins a minute", round(rate * 60), "≥ 1000", "as the clock counted, beside everybody else"),
            Figure(
                "login: processor ms", round(own * 1000 / counted, 1), note=f"{counted} logins, the reader's pages off"
            ),
            Figure("logins a minute that two free cores carry", round(CORES * 60 / (own / counted)), "≥ 1000"),
            Figure("list, p95 ms while logins run", round(percentile(meanwhile, 0.95), 1), "≤ 1000"),
            Figure("list, p95 ms alone", round(percentile(alone, 0.95), 1)),
        ]
    )


def _round(stack: Stack, reader: Visitor, seconds: float) -> tuple[int, float, list[float]]:
    """Logins done, seconds it took, and how long the reader's pages took meanwhile."""
    done: list[float] = []
    errors: list[BaseException] = []
    start = time.perf_counter()
    people = [(slug, platform.accounts(stack.var, slug, role)[0]) for slug, role in _SIDES[:USERS]]
    threads = [
        threading.Thread(target=_again_and_again, args=[stack, *one, start + seconds, done, errors]) for one in people
    ]
    for thread in threads:
        thread.start()
    seen = []
    while time.perf_counter() < start + seconds:
        seen.append(reader.get("/vs/guichet/").wall_ms)
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return len(done), time.perf_counter() - start, seen


def _again_and_again(
    stack: Stack, slug: str, account: dict[str, Any], end: float, done: list[float], errors: list[BaseException]
) -> None:
    try:
        while time.perf_counter() < end:
            visitor = Visitor(stack.port, slug)
            visitor.log_in(account, stack.var / "outbox")
            visitor.close()
            done.append(time.perf_counter())
    except BaseException as error:  # noqa: BLE001 - told by whoever waits for the thread
        errors.append(error)


if __name__ == "__main__":
    main()
