"""What a check has to say: a finding for people, or `Invalid` when a value cannot be read at all (FRM-04)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Level(StrEnum):
    """How serious a finding is."""

    BLOCKING = "blocking"  # the case cannot be sent
    WARNING = "warning"  # may be sent with an answer « je sais, parce que… », shown to the case worker
    INFORMATION = "information"  # only said


def _no_params() -> Mapping[str, object]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one check.

    `place` names the field ("iban", "lines.2.amount"; "" is the whole). `text` may be a str or a lazy
    translation; empty means: take it from the catalogue by `code` and `params`. `source` is the legal source
    of the rule ("RAI art. 90"), empty if it is no rule of law.
    """

    code: str
    level: Level
    place: str = ""
    text: object = ""
    params: Mapping[str, object] = field(default_factory=_no_params, hash=False)
    source: str = ""


class Invalid(ValueError):
    """A value that cannot be accepted. `code` is stable, `params` fill the message of `codes.MESSAGES`."""

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        """The code and its parameters. Never shown to people."""
        return f"{self.code} {dict(self.params)}" if self.params else self.code

    def as_finding(self, place: str = "", level: Level = Level.BLOCKING, source: str = "") -> Finding:
        """The same as a finding at a place."""
        return Finding(self.code, level, place, params=self.params, source=source)
