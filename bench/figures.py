"""Figures of a measurement: what, how much, against which goal; one line of JSON for whoever collects them."""

from __future__ import annotations

import json
import statistics
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class Figure:
    """One number. `goal` is « ≤ 1.3 », « ≥ 40 » or empty for numbers that are only told."""

    name: str
    value: float
    goal: str = ""
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the goal is reached; None if there is none."""
        sign, _, number = self.goal.partition(" ")
        if not number:
            return None
        return self.value <= float(number) if sign == "≤" else self.value >= float(number)


def tell(figures: Iterable[Figure]) -> None:
    """Print them as one line of JSON."""
    sys.stdout.write(json.dumps({"figures": [asdict(figure) for figure in figures]}, ensure_ascii=False) + "\n")


def paired(rounds: int, subject: Callable[[], float], yardstick: Callable[[], float]) -> tuple[float, float, float]:
    """Medians of the paired ratios subject ÷ yardstick, and of both; the order changes with every round."""
    ours, theirs = [], []
    for number in range(rounds):
        if number % 2:
            theirs.append(yardstick())
            ours.append(subject())
        else:
            ours.append(subject())
            theirs.append(yardstick())
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    return ratio, statistics.median(ours), statistics.median(theirs)


def percentile(values: Iterable[float], part: float) -> float:
    """The value that this part (0 to 1) of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
