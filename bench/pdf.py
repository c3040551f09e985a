"""PERF-04: what a receipt costs the worker, in milliseconds. Run: `python -m bench.pdf`.

The first document of a process, the start of the press included; receipts of 1 to 20 lines, no two answers alike; a
batch of one form at one insurer, 1 line each. Everything is in it: the child's work, the QR code, the pipe. Processor
time counts both processes, whoever else was busy.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import django
from django.conf import settings

from bench.figures import Figure, tell
from guichet import printing
from guichet.printing.press import PRESS
from guichet.printing.tests.examples import receipt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guichet.printing.receipt import Receipt

DOCUMENTS = 200


def main() -> None:
    """Print the figures as one line of JSON."""
    settings.configure(LANGUAGE_CODE="fr", USE_TZ=True)
    django.setup()
    cold = [_cold() for _ in range(5)]
    different = [_cost(_different(number)) for number in range(DOCUMENTS)]
    alike = [_cost(_alike(number, lines=1)) for number in range(DOCUMENTS)]
    tell(
        [
            Figure("first receipt of a process, ms", _median(cost.wall for cost in cold)),
            Figure("receipts of 1 to 20 lines, processor ms", _median(cost.cpu for cost in different), "≤ 60"),
            Figure("  … as the clock counts", _median(cost.wall for cost in different)),
            Figure("a batch of one form, processor ms", _median(cost.cpu for cost in alike), "≤ 5"),
            Figure("  … as the clock counts", _median(cost.wall for cost in alike)),
            Figure("receipts a minute on one core", round(60_000 / _median(cost.cpu for cost in different)), "≥ 1000"),
        ]
    )


class Cost(NamedTuple):
    """Milliseconds of one document: as the clock counts them, and as both processes worked."""

    wall: float
    cpu: float


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 1)


def _cold() -> Cost:
    PRESS.close()
    return _cost(_alike(0, lines=1))


def _cost(data: Receipt) -> Cost:
    clock, work = time.perf_counter(), _worked()
    printing.pdf("printing/receipt", data=data, language="fr")
    return Cost((time.perf_counter() - clock) * 1000, (_worked() - work) * 1000)


def _worked() -> float:
    """Seconds of processor time of this process and of the press."""
    tasks = Path(f"/proc/{PRESS.pid}/task").glob("*/schedstat") if PRESS.pid else ()
    return time.process_time() + sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _alike(number: int, *, lines: int) -> Receipt:
    data, code = receipt(lines), f"K7QF-2M9X-{number:04d}"
    data["number"] = f"VS-2026-{number:06d}"
    data["receipt_code"] = code
    data["verify_url"] = f"https://guichet.example/vs/verifier/{code}/"
    return data


def _different(number: int) -> Receipt:
    data = _alike(number, lines=number % 20 + 1)
    data["sent_by"] = f"Personne {number}"
    data["remark"] = f"Remarque {number}"
    for group in data["groups"]:
        for fact in group["facts"]:
            fact["value"] += f" {number}"
    for table in data["tables"]:
        table["rows"] = [[f"{cell} {number}" for cell in row] for row in table["rows"]]
    return data


if __name__ == "__main__":
    main()
