"""What a recorder says of its interview: stretches of sound, from when to when, and why each ended (OPGA 7k al. 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from guichet import audio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

REASONS: Final = {
    "tests": _("Tests, qui ne sont pas enregistrés (circulaire LCAI 412)"),
    "break": _("Pause"),
    "person": _("À la demande de la personne assurée"),
    "pause": _("Interruption, sans motif indiqué"),
    "device": _("Microphone perdu : appel ou autre programme"),
    "cut": _("Appareil arrêté pendant l'enregistrement"),
    "end": _("Fin de l'entretien"),
}
"""Why a stretch of sound ended, by the code that is kept."""
MOST: Final = 500  # stretches of one interview
_OLDEST: Final = timedelta(days=100)
_TOLERATED: Final = timedelta(seconds=60)  # between the device's clock and ours
_ZURICH: Final = ZoneInfo("Europe/Zurich")
_MISSING_MS: Final = 5000


class WrongLog(ValueError):
    """Times that cannot be those of an interview."""


@dataclass(frozen=True)
class Stretch:
    """Sound without interruption."""

    start: datetime
    end: datetime
    reason: str

    @property
    def as_json(self) -> dict[str, str]:
        return {"from": self.start.isoformat(), "to": self.end.isoformat(), "reason": self.reason}


@dataclass(frozen=True)
class Line:
    """A stretch as people read it, and the interruption behind it, if any."""

    start: datetime
    end: datetime
    reason: str
    gap: timedelta | None

    @property
    def gap_seconds(self) -> int:
        """Whole seconds of the interruption."""
        return int(self.gap.total_seconds()) if self.gap else 0

    @property
    def gap_minutes(self) -> int:
        """Its minutes, a begun one counts."""
        return -(-self.gap_seconds // 60)


def checked(stretches: Sequence[Stretch], *, device_now: datetime, now: datetime) -> list[Stretch]:
    """The stretches by our clock: the difference to the device's is taken off where it is above a minute.

    Raises `WrongLog` unless they follow one another, lie in the past (at most 100 days), and give at most six hours.
    """
    if not 0 < len(stretches) <= MOST:
        raise WrongLog("none, or too many")
    skew = now - device_now
    shift = skew if abs(skew) > _TOLERATED else timedelta()
    try:
        right = [Stretch(one.start + shift, one.end + shift, one.reason) for one in stretches]
    except OverflowError:
        raise WrongLog("beyond the calendar") from None
    if any(one.end <= one.start or one.reason not in REASONS for one in right):
        raise WrongLog("an end before its beginning, or a reason nobody knows")
    if any(later.start < earlier.end for earlier, later in pairwise(right)):
        raise WrongLog("not one after the other")
    if right[-1].end > now + _TOLERATED or right[0].start < now - _OLDEST:
        raise WrongLog("to come, or too long ago")
    if sum((one.end - one.start for one in right), timedelta()) > timedelta(seconds=audio.MOST_SECONDS):
        raise WrongLog("longer than an interview may be")
    return right


def day_of(stretches: Sequence[Stretch]) -> date:
    """The day of the interview in Switzerland."""
    return stretches[0].start.astimezone(_ZURICH).date()


def lines(parts: Sequence[dict[str, str]]) -> list[Line]:
    """The kept log, for a page."""
    found = [Stretch(datetime.fromisoformat(p["from"]), datetime.fromisoformat(p["to"]), p["reason"]) for p in parts]
    gaps: list[timedelta | None] = [later.start - earlier.end for earlier, later in pairwise(found)]
    return [
        Line(one.start, one.end, str(REASONS["end"] if gap is None else REASONS.get(one.reason, "")), gap)
        for one, gap in zip_longest(found, gaps)
    ]


def missing_ms(parts: Sequence[dict[str, str]], duration_ms: int | None) -> int:
    """How much of the noted sound is not in the file; 0 for what rounding and the last slice explain."""
    noted = sum((line.end - line.start for line in lines(parts)), timedelta()) // timedelta(milliseconds=1)
    missing = noted - (duration_ms or 0)
    return missing if missing > max(_MISSING_MS, noted // 100) else 0
