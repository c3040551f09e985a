"""Small pictures of figures, drawn on the server: bars or a line over the same steps as the table behind them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from guichet.kernel import money

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 480, 160  # of the drawing, in its own units
_TOP, _BOTTOM, _LEFT = 16, 20, 4
_ROUND: Final = (1, 2, 5, 10)
_DASH: Final = 4  # half the length of a point that stands alone


@dataclass(frozen=True)
class Bar:
    """One step as a bar."""

    x: str
    y: str
    width: str
    height: str
    label: str  # what it says, for who points at it


@dataclass(frozen=True)
class Chart:
    """A picture with its title; `points` is a line, `bars` are bars."""

    title: str
    bars: tuple[Bar, ...]
    points: tuple[str, ...]  # « x,y x,y »: a step without value interrupts the line, a lone step is a dash
    top: str  # what the upper edge stands for, as written in Switzerland
    first: str
    last: str
    width: int = _WIDTH
    height: int = _HEIGHT

    @property
    def floor(self) -> int:
        """Where nothing is."""
        return _HEIGHT - _BOTTOM


def chart(title: str, labels: Sequence[str], values: Sequence[Decimal | int | None], *, line: bool = False) -> Chart:
    """Draw `values` (None: nothing to say) over `labels`. Figures only: no text of strangers comes in."""
    numbers = [None if value is None else Decimal(value) for value in values]
    most = _round_up(max((number for number in numbers if number is not None), default=Decimal(0)))
    step = Decimal(_WIDTH - 2 * _LEFT) / max(len(numbers), 1)
    room = _HEIGHT - _TOP - _BOTTOM
    bars: list[Bar] = []
    runs: list[list[tuple[Decimal, Decimal]]] = [[]]
    for place, number in enumerate(numbers):
        x = _LEFT + place * step
        if number is None:
            runs.append([])
            continue
        height = room * number / most
        y = _HEIGHT - _BOTTOM - height
        said = f"{labels[place]}: {money.format_number(number)}"
        bars.append(Bar(_said(x + step / 10), _said(y), _said(step * 8 / 10), _said(height), said))
        runs[-1].append((x + step / 2, y))
    return Chart(
        title=title,
        bars=() if line else tuple(bars),
        points=tuple(_run(run) for run in runs if run) if line else (),
        top=money.format_number(most),
        first=labels[0] if labels else "",
        last=labels[-1] if labels else "",
    )


def _run(points: Sequence[tuple[Decimal, Decimal]]) -> str:
    """The corners of a line; a point between two gaps would be invisible and becomes a short dash."""
    if len(points) == 1:
        ((x, y),) = points
        points = ((x - _DASH, y), (x + _DASH, y))
    return " ".join(f"{_said(x)},{_said(y)}" for x, y in points)


def _round_up(number: Decimal) -> Decimal:
    """The next 1, 2 or 5 with zeros: the scale."""
    if number <= 0:
        return Decimal(1)
    power = Decimal(10) ** number.adjusted()
    return next(power * step for step in _ROUND if power * step >= number)


def _said(number: Decimal) -> str:
    return f"{number:.1f}"
