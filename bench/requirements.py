"""Which requirements each measurement of this folder measures; `pytest --proves` prints them beside the tests.

A figure needs a quiet machine and minutes, so no test asserts it. What can be held without a clock is held by tests
that carry the same id: statements, bytes read, processes kept, memory at the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURES: Final[Mapping[str, tuple[str, ...]]] = {
    "audio": ("PERF-06",),
    "audit": ("PERF-12",),
    "desk_figures": ("INV-26",),
    "flows": ("PERF-03", "PERF-10", "PERF-11"),
    "lists": ("PERF-01",),
    "login": ("PERF-08",),
    "pdf": ("PERF-04",),
    "ranges": ("PERF-06",),
    "seek": ("PERF-06",),
    "send": ("PERF-03",),
    "upload": ("PERF-06",),
}
