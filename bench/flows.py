"""PERF-03 and PERF-10: complete sendings with a document of 200 kB per second, and what one of them costs.

`python -m bench.flows [seconds]`; 1, 8 and 32 users in turn, eight rounds. The client's processor time is told
apart. An error, or a flow without its entries in the audit, fails the figure.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from bench import flow, platform
from bench.figures import Figure, percentile, tell
from bench.visitor import Visitor
from guichet.config.local.processes import wait_until

if TYPE_CHECKING:
    from bench.visitor import Answer
    from guichet.config.local.demo import Stack

ROUNDS: Final = 8
USERS: Final = (1, 8, 32)
CORES: Final = 2  # of the machine the goals are written for
_STEPS: Final = ("new", "form", "draft", "upload", "check", "confirm", "send")


class Users:
    """Logged-in visitors with a beneficiary each."""

    def __init__(self, stack: Stack, count: int) -> None:
        self.stack = stack
        self.pdf = flow.document(200)
        people = platform.accounts(stack.var, "vs", "manager", "collaborator")
        first = []
        for account in people:
            visitor = Visitor(stack.port, "vs")
            visitor.log_in(account, stack.var / "outbox")
            first.append((visitor, flow.choices(visitor)))
        self.all = []
        for number in range(count):  # 24 beneficiaries a person: nobody takes up the draft of another
            visitor, offered = first[number % len(first)]
            own = Visitor(stack.port, "vs", cookies=dict(visitor.cookies), token=visitor.token)
            self.all.append((own, offered.people[number // len(first) % len(offered.people)], offered.account))
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.flows: list[float] = []
        self.errors: list[BaseException] = []

    def work(self, count: int, seconds: float) -> float:
        """Flows per second of the first `count` users; a flow that was begun is finished and counted by its share."""
        done: list[float] = []
        start = time.perf_counter()
        end = start + seconds
        threads = [threading.Thread(target=self._one, args=[user, end, done]) for user in self.all[:count]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]
        self.flows += done
        return len(done) / (time.perf_counter() - start)

    def _one(self, user: tuple[Visitor, str, str], end: float, done: list[float]) -> None:
        visitor, person, account = user
        try:
            while time.perf_counter() < end:
                began = time.perf_counter()
                for name, answer in flow.whole(visitor, self.pdf, person, account):
                    self.answers[name].append(answer)
                done.append(time.perf_counter() - began)
        except BaseException as error:  # noqa: BLE001 - told by whoever waits for the thread
            self.errors.append(error)


def main() -> None:
    """Measure and print the figures as one line of JSON."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 24.0
    with platform.running() as stack:
        users = Users(stack, max(USERS))
        users.work(8, 2.0)
        users.flows.clear()
        users.answers.clear()
        before, client = platform.cost(stack), time.process_time()
        rates: dict[int, list[float]] = defaultdict(list)
        for _ in range(ROUNDS):
            for count in USERS:
                rates[count].append(users.work(count, seconds / ROUNDS / len(USERS)))
        client = time.process_time() - client
        _settle(stack)
        figures = _figures(users, rates, platform.cost(stack) - before, client)
        _all_recorded(stack, len(users.flows))
        figures += _memory(stack)
    tell(figures)


def _figures(users: Users, rates: dict[int, list[float]], spent: platform.Cost, client: float) -> list[Figure]:
    flows = len(users.flows)
    each = {part: seconds * 1000 / flows for part, seconds in zip(spent._fields, spent, strict=True)}
    figures = [
        Figure(
            f"flows a second, {count} users",
            round(statistics.median(rates[count]), 1),
            "≥ 40" if count == 8 else "",
            "as the clock counted, beside everybody else on the machine",
        )
        for count in USERS
    ]
    whole = sum(each.values())
    figures += [Figure(f"flow: processor ms of {part}", round(milliseconds, 1)) for part, milliseconds in each.items()]
    figures += [
        Figure("flow: processor ms of the client", round(client * 1000 / flows, 1), note="not the platform's"),
        Figure("flows a second that two free cores carry", round(CORES * 1000 / whole, 1), "≥ 40", "all jobs included"),
        Figure(
            "  … until the answer",
            round(CORES * 1000 / (each["web"] + each["database"]), 1),
            note="jobs left for quieter hours; the database's share of them is still in it",
        ),
        Figure("flow: p95 s", round(percentile(users.flows, 0.95), 2), note=f"{flows} flows"),
    ]
    for name in _STEPS:
        answers = users.answers[name]
        figures.append(
            Figure(
                f"{name}: queries",
                statistics.mode(answer.queries for answer in answers),
                "≤ 20" if name in {"send", "upload", "draft", "check", "new"} else "≤ 12",
                f"{statistics.median(answer.app_ms for answer in answers):.0f} ms in the application",
            )
        )
    return figures


def _settle(stack: Stack) -> None:
    """Until every job that was asked for is done."""
    waiting = (
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name NOT LIKE '%sweep%'"
    )

    def is_quiet() -> bool:
        with platform.owner(stack) as owner:
            return owner.execute(waiting).fetchone() == (0,)

    assert wait_until(is_quiet, seconds=300, step=0.5)


def _all_recorded(stack: Stack, flows: int) -> None:
    with platform.owner(stack) as owner:
        found = owner.execute(
            "SELECT count(*) FROM audit.entry e JOIN invoices_invoiceversion v ON v.case_id::text = e.object_id"
            " WHERE e.action = 'invoice.sent' AND v.answers->>'supplier_number' = '2026-0512' AND v.pdf_id IS NOT NULL"
        ).fetchone()
    assert found
    assert found[0] >= flows, f"{flows} flows, but {found[0]} with audit and PDF"


def _memory(stack: Stack) -> list[Figure]:
    goals = {"web": "≤ 150", "worker": "≤ 200", "everything": "≤ 600"}
    return [
        Figure(f"memory of {kind}, MB", megabytes, goals.get(kind, ""), "the largest process of its kind, own pages")
        for kind, megabytes in platform.memory(stack).items()
    ]


if __name__ == "__main__":
    main()
