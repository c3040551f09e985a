"""Rights and times of listening that no table of moves can say (OPGA 7l; REC-10, 13, 20, 21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from guichet.accounts.models import StaffRole
from guichet.kernel.holidays import first_working_day
from guichet.recordings.grounds import GROUNDS
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guichet.accounts.access import Actor
    from guichet.recordings.grounds import Ground

FIRST_INTERVIEW: Final = date(2022, 1, 1)
"""Interviews are recorded since LPGA 44 al. 6 is in force: an earlier day is a slip of the pen."""
GRANT_DAYS: Final = 30
DESTRUCTION_DAYS: Final = 10
REMIND_DAYS: Final = 5  # before the end
LISTENABLE: Final = frozenset({Status.ARCHIVED, Status.REPLACED})
"""Received by the office, and nobody has asked for the destruction."""

BUFFER_MS: Final = 90_000  # what a player may ask for at once
HEARING_SPEED: Final = 2  # seconds of sound for a second of the clock
OVERHANG_MS: Final = 300  # a browser rounds the end of what it played

_ZURICH: Final = ZoneInfo("Europe/Zurich")


def last_day(granted_on: date, days: int = GRANT_DAYS) -> date:
    """The last day of a temporary access; the day it is granted on does not count (LPGA 38 al. 1)."""
    return granted_on + timedelta(days=days)


def end_of(day: date) -> datetime:
    """The first moment after 23:59:59 of a day in Switzerland, also when the clocks are changed."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=_ZURICH)


def days_left(until: date, today: date) -> int:
    """Days after today on which the access still opens; 0 on its last day."""
    return max(0, (until - today).days)


@dataclass(frozen=True)
class Term:
    """The last day to ask for the destruction, and the tenth day after the interview."""

    last: date
    tenth: date

    @property
    def moved(self) -> bool:
        """Whether the tenth day is none on which people work (LPGA 38 al. 3)."""
        return self.last != self.tenth

    @property
    def end(self) -> datetime:
        """The first moment after it, in Switzerland."""
        return end_of(self.last)

    def days_left(self, today: date) -> int:
        """Days after today on which it can still be asked for; 0 on the last one and after it."""
        return days_left(self.last, today)


def destruction_term(interview_on: date, canton: str) -> Term:
    """Until when the destruction may be asked for (OPGA 7k al. 3 let. b): the one function for all who show it.

    The day of the interview does not count (LPGA 38 al. 2). A term that would end on a Saturday, a Sunday or a public
    holiday ends on the next working day (al. 3). The law looks at the canton of the person's home; the office knows the
    interview, not the home of that day, and its own canton stands for it. Standstill (al. 4) and restitution (LPGA 41)
    are not reckoned: the office admits a late request on such a ground (`Admission`).
    """
    tenth = interview_on + timedelta(days=DESTRUCTION_DAYS)
    return Term(first_working_day(tenth, canton), tenth)


def may_ask_destruction(interview_on: date, now: datetime, canton: str) -> bool:
    """Whether the term runs: until 24:00 of its last day in Switzerland, also when the clocks are changed."""
    return now < destruction_term(interview_on, canton).end


def grounds_for(role: str) -> list[Ground]:
    """The grounds somebody of this role may state: staff, listener or commission."""
    return [ground for ground in GROUNDS.values() if role in ground.roles]


def article(ground: str) -> str:
    """The article a ground stands on; empty for one that is not in the list."""
    return GROUNDS[ground].article if ground in GROUNDS else ""


def ground_of(code: str) -> Ground | None:
    """The ground of a code."""
    return GROUNDS.get(code)


def listening_role(actor: Actor) -> str:
    """In which role staff listens: the quality commission is one of its own (OPGA 7l al. 2)."""
    return "commission" if actor.role == StaffRole.COMMISSION else "staff"


def may_listen(actor: Actor | None) -> bool:
    """Nobody listens by default; administrators hold every right but this one (REC-10)."""
    return actor is not None and actor.is_staff and actor.has("listen")


def allowance(before_ms: int, *, since: datetime, now: datetime) -> int:
    """What a player may ask for now, in milliseconds of sound: twice the time that passed, at most the buffer."""
    passed = max(0, (now - since) // timedelta(milliseconds=1))
    return min(BUFFER_MS, before_ms + HEARING_SPEED * passed)


def clock(ms: int) -> str:
    """A place in a recording: 02:05, or 1:02:05 from an hour on."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def in_words(spans: Sequence[tuple[int, int]]) -> str:
    """Ranges as people read them: « 00:00–00:08, 40:00–40:05 »; a begun second counts."""
    return ", ".join(f"{clock(start)}–{clock(end + 999)}" for start, end in spans)


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same milliseconds, each once and in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def within(span: tuple[int, int], served: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The span if it lies in what was served, without an overhang by rounding; None if it does not."""
    start, end = span
    for low, high in served:
        if low - OVERHANG_MS <= start < end <= high + OVERHANG_MS:
            inside = max(start, low), min(end, high)
            return inside if inside[0] < inside[1] else None
    return None
