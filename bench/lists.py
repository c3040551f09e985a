"""PERF-01: lists at 100 000 invoices against 1 000, each in a database of its own, page by page in turn.

`python -m bench.lists [invoices]`; first page and a page in the middle, of the partner's counter and of the desk.
"""

from __future__ import annotations

import base64
import contextlib
import json
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench import platform
from bench.figures import Figure, paired, percentile, tell
from bench.visitor import Visitor
from guichet.config.local.supervisor import guichet

if TYPE_CHECKING:
    from guichet.config.local.demo import Stack

ROUNDS: Final = 10
REQUESTS: Final = 8  # of each page in a round
SMALL: Final = 1_000


@dataclass
class Filled:
    """A platform with so many invoices, its partner and its agent, and the addresses that are measured."""

    stack: Stack
    partner: Visitor
    agent: Visitor
    deep: str
    deep_desk: str

    def pages(self) -> dict[str, tuple[Visitor, str]]:
        """Who looks at what."""
        return {
            "counter": (self.partner, "/vs/guichet/"),
            "counter, deep": (self.partner, f"/vs/guichet/?after={self.deep}"),
            "desk": (self.agent, "/vs/bureau/"),
            "desk, deep": (self.agent, f"/vs/bureau/?statut=paid&after={self.deep_desk}"),
            "desk, paid": (self.agent, "/vs/bureau/?statut=paid"),
            "desk, mine": (self.agent, "/vs/bureau/?onglet=miennes"),
            "desk, unassigned": (self.agent, "/vs/bureau/?onglet=libres"),
            "desk, narrowed": (self.agent, "/vs/bureau/?onglet=libres&formulaire=318.632&de=100&a=200&age=10"),
            "desk, a mark": (self.agent, "/vs/bureau/?statut=paid&signe=duplicate"),
        }


def main() -> None:
    """Measure and print the figures as one line of JSON."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with contextlib.ExitStack() as both:
        small = _filled(both.enter_context(platform.running()), SMALL)
        large = _filled(both.enter_context(platform.running()), many)
        figures = [figure for page in small.pages() for figure in _compared(page, small, large)]
        figures += _alone(large)
    tell(figures)


def _filled(stack: Stack, count: int) -> Filled:
    environment = stack.environment()
    subprocess.run(guichet("seed", "--invoices", str(count)), env=environment, check=True, stdout=subprocess.DEVNULL)
    with platform.owner(stack) as owner:
        owner.execute("VACUUM ANALYZE")
        middle = (
            "SELECT {key}, id FROM invoices_invoice"
            " WHERE insurer_id = (SELECT id FROM tenancy_insurer WHERE slug = 'vs') AND {which}"
            " ORDER BY {key} DESC, id DESC OFFSET %s LIMIT 1"
        )
        deep = owner.execute(middle.format(key="sent_at", which="sent_at IS NOT NULL"), [count // 2]).fetchone()
        desk = owner.execute(middle.format(key="changed_at", which="status = 'paid'"), [count // 3]).fetchone()
    assert deep
    assert desk
    people = [platform.accounts(stack.var, "vs", role)[0] for role in ("manager", "agent")]
    partner, agent = Visitor(stack.port, "vs"), Visitor(stack.port, "vs")
    for visitor, account in zip((partner, agent), people, strict=True):
        visitor.log_in(account, stack.var / "outbox")
    return Filled(stack, partner, agent, _cursor(deep), _cursor(desk))


def _cursor(row: tuple[object, ...]) -> str:
    moment, key = row
    content = json.dumps([moment.isoformat(), str(key)])  # type: ignore[attr-defined]
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _compared(page: str, small: Filled, large: Filled) -> list[Figure]:
    for side in (small, large):
        _look(side, page)  # caches of plans and templates
    queries = {_queries(side, page) for side in (small, large)}
    ratio, ours, theirs = paired(ROUNDS, lambda: _look(large, page), lambda: _look(small, page))
    note = f"{ours:.1f} / {theirs:.1f} ms in the application, medians of {REQUESTS} × {ROUNDS}"
    return [
        Figure(f"{page}: time at many ÷ at {SMALL}", round(ratio, 2), "≤ 1.3", note),
        Figure(
            f"{page}: queries", max(queries), "≤ 6", "" if len(queries) == 1 else "not the same number on both sides"
        ),
    ]


def _look(side: Filled, page: str) -> float:
    """Median milliseconds between first and last line of the application."""
    visitor, path = side.pages()[page]
    answers = [visitor.get(path) for _ in range(REQUESTS)]
    assert {answer.status for answer in answers} == {200}
    return statistics.median(answer.app_ms for answer in answers)


def _queries(side: Filled, page: str) -> int:
    visitor, path = side.pages()[page]
    return visitor.get(path).queries


def _alone(large: Filled) -> list[Figure]:
    """Processor time and time of the filled list for one user, and an open loop: ten a second, whatever happens."""
    before, requests = platform.cost(large.stack), 60
    walls = [large.partner.get("/vs/guichet/").wall_ms for _ in range(requests)]
    spent = platform.cost(large.stack) - before
    return [
        Figure("counter: processor ms of the web a page", round(spent.web * 1000 / requests, 1), "≤ 12"),
        Figure("counter: processor ms of the database a page", round(spent.database * 1000 / requests, 1)),
        Figure("counter: p50 ms for one user", round(statistics.median(walls), 1), "≤ 20"),
        Figure("counter: p99 ms, open loop of 10 a second", round(_open_loop(large, 10.0, 8.0), 1)),
    ]


def _open_loop(side: Filled, rate: float, seconds: float) -> float:
    """Milliseconds from the planned moment to the answer: waiting in line counts."""
    times: list[float] = []
    start = time.perf_counter()

    def ask(planned: float) -> None:
        visitor = Visitor(side.stack.port, "vs", cookies=dict(side.partner.cookies))
        assert visitor.get("/vs/guichet/").status == 200
        times.append((time.perf_counter() - planned) * 1000)
        visitor.close()

    threads = []
    for number in range(int(rate * seconds)):
        planned = start + number / rate
        time.sleep(max(0.0, planned - time.perf_counter()))
        threads.append(threading.Thread(target=ask, args=[planned]))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(times) == len(threads)
    return percentile(times, 0.99)


if __name__ == "__main__":
    main()
