"""A workflow is a table: who may move what, from where, to where.

The table is data: permissions, audit names, buttons, tests and the diagram in each system's README are read from
it and cannot disagree with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum


class NotAllowed(Exception):
    """The move does not exist from this status, or not for this side."""

    def __init__(self, move: str, status: str) -> None:
        super().__init__(f"{move} from {status}")
        self.move, self.status = move, status


@dataclass(frozen=True, kw_only=True)
class Move:
    """One arrow of the diagram."""

    name: str
    sources: frozenset[str]
    target: str
    side: str  # "partner", "staff" or "platform"
    right: str = ""  # what staff must hold
    needs_reason: bool = False


@dataclass(frozen=True)
class Workflow:
    """All moves of one system, and where it starts."""

    start: StrEnum
    moves: tuple[Move, ...]

    def __getitem__(self, name: str) -> Move:
        """The move of that name; KeyError if the table has none."""
        for move in self.moves:
            if move.name == name:
                return move
        raise KeyError(name)

    def available(self, status: str, side: str) -> Iterator[Move]:
        """What `side` may do from `status`."""
        return (move for move in self.moves if status in move.sources and move.side == side)

    def check(self, name: str, *, status: str, side: str) -> Move:
        """The move, or NotAllowed."""
        for move in self.available(status, side):
            if move.name == name:
                return move
        raise NotAllowed(name, status)

    def final(self) -> frozenset[str]:
        """Where nothing leads out of."""
        leaving = {source for move in self.moves for source in move.sources}
        return frozenset(move.target for move in self.moves) - leaving

    def mermaid(self) -> str:
        """The state diagram, for the README of the system."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start.value}"]
        for move in self.moves:
            lines += [f"    {source} --> {move.target}: {move.name} ({move.side})" for source in sorted(move.sources)]
        return "\n".join(lines)
