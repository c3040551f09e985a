"""What was measured while a recording was decoded once, and what follows from it (REC-06)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, Strict

_LONGEST_MS: Final = 7 * 3_600_000  # more than is ever decoded of a file


class Verdict(StrEnum):
    """Of a check, and of all: the worst of them."""

    OK = "ok"
    ATTENTION = "attention"
    BAD = "bad"


class Mark(NamedTuple):
    """A stretch to show on the waveform. `kind` is silence, clipping or dropout."""

    kind: str
    from_ms: int
    to_ms: int


class Measured(BaseModel):
    """What the child says it measured; only its form is believed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    duration_ms: int = Field(ge=0, le=_LONGEST_MS)  # decoded
    declared_ms: int | None = Field(default=None, ge=0)  # by the file's own header; None: it says nothing
    errors: int = Field(default=0, ge=0)  # packets that could not be decoded
    packets: int = Field(default=0, ge=0)
    clipped_ppm: float = Field(default=0, ge=0, le=1_000_000)  # samples at full scale, per million
    level_db: float = Field(default=-180, le=12)  # median level of what is not silent, dBFS
    silent_pct: float = Field(default=100, ge=0, le=100)  # of the time, below -60 dBFS
    longest_silence_ms: int = Field(default=0, ge=0)
    digital_pct: float = Field(default=0, ge=0, le=100)  # of the time, for two seconds and more not the least signal
    dropouts: int = Field(default=0, ge=0)  # sound that breaks off and comes back within two seconds
    marks: list[Annotated[tuple[str, int, int], Strict(False)]] = Field(default=[], max_length=400)


# check: (value from which it needs attention, value from which it is bad)
_LIMITS: Final[dict[str, tuple[float, float]]] = {
    "errors": (1, 1000),  # per 100 000 packets
    "clipping": (100, 5000),  # per million samples
    "silence": (50, 90),  # % of the time
    "longest": (60_000, 600_000),  # ms
    "digital": (5, 50),  # % of the time
    "dropouts": (0.5, 10),  # per minute
    "level": (40, 50),  # dB below full scale
}
LENGTH_SLACK_MS: Final = 1500  # containers count in frames, dictaphones in seconds
LENGTH_SLACK: Final = 0.005
INCOMPLETE_BELOW: Final = 0.9  # of the declared length: not a recording to send, but a piece of one
DSS_INCOMPLETE_BELOW: Final = 1 / 3  # a dictaphone counts what was overwritten or cut out, too


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at. `value` is in the unit the check is named by in `_LIMITS`."""

    code: str
    verdict: Verdict
    value: float


@dataclass(frozen=True, kw_only=True)
class Quality:
    """All checks of a recording."""

    checks: tuple[Check, ...]
    marks: tuple[Mark, ...] = ()
    duration_ms: int = 0
    declared_ms: int | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst of all checks."""
        order = list(Verdict)
        return max((check.verdict for check in self.checks), key=order.index, default=Verdict.OK)

    @property
    def as_json(self) -> dict[str, Any]:
        """What is kept with the recording."""
        return {
            "verdict": str(self.verdict),
            "duration_ms": self.duration_ms,
            "declared_ms": self.declared_ms,
            "checks": [{"code": one.code, "verdict": str(one.verdict), "value": one.value} for one in self.checks],
            "marks": [list(mark) for mark in self.marks],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """What was kept; of an empty object a quality without checks."""
        return cls(
            checks=tuple(
                Check(code=one["code"], verdict=Verdict(one["verdict"]), value=one["value"])
                for one in kept.get("checks", [])
            ),
            marks=tuple(Mark(*mark) for mark in kept.get("marks", [])),
            duration_ms=kept.get("duration_ms", 0),
            declared_ms=kept.get("declared_ms"),
        )


def judge(measured: Measured) -> Quality:
    """The verdict on every check."""
    minutes = max(measured.duration_ms / 60_000, 1.0)
    values = {
        "errors": max(0, measured.errors - 1) * 100_000 / max(measured.packets, 1),  # the last may be cut
        "clipping": measured.clipped_ppm,
        "level": -measured.level_db,
        "silence": measured.silent_pct,
        "longest": float(measured.longest_silence_ms),
        "digital": measured.digital_pct,
        "dropouts": measured.dropouts / minutes,
    }
    checks = [Check(code=code, verdict=_verdict(code, value), value=round(value, 2)) for code, value in values.items()]
    return Quality(
        checks=(_length(measured), *checks),
        marks=tuple(Mark(*mark) for mark in measured.marks),
        duration_ms=measured.duration_ms,
        declared_ms=measured.declared_ms,
    )


def is_incomplete(measured: Measured, media: str) -> bool:
    """Whether the file declares much more than it holds."""
    return _is_short(measured, DSS_INCOMPLETE_BELOW if media.startswith("dss") else INCOMPLETE_BELOW)


def _is_short(measured: Measured, share: float) -> bool:
    declared = measured.declared_ms
    return declared is not None and measured.duration_ms + LENGTH_SLACK_MS < declared * share


def _verdict(code: str, value: float) -> Verdict:
    attention, bad = _LIMITS[code]
    if value >= bad:
        return Verdict.BAD
    return Verdict.ATTENTION if value >= attention else Verdict.OK


def _length(measured: Measured) -> Check:
    """Decoded against declared length; `value` is the difference in ms."""
    if measured.declared_ms is None:
        return Check(code="length", verdict=Verdict.OK, value=0)
    difference = measured.duration_ms - measured.declared_ms
    slack = LENGTH_SLACK_MS + LENGTH_SLACK * measured.declared_ms
    verdict = Verdict.OK if abs(difference) <= slack else Verdict.ATTENTION
    if _is_short(measured, INCOMPLETE_BELOW):
        verdict = Verdict.BAD
    return Check(code="length", verdict=verdict, value=difference)
