"""`@pytest.mark.proves("ACC-04")`: which tests prove which requirement; `pytest --proves` prints the table.

Measurements stand in it too, by the table of `bench/requirements.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

import pytest

from bench.requirements import MEASURES

ID: Final = re.compile(r"^[A-Z]{3,4}-\d{2}$")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proves", action="store_true", help="print requirement → tests, and run nothing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for name in requirements(item):
            if not ID.match(name):
                raise pytest.UsageError(f"{item.nodeid}: « {name} » is not a requirement id")
    if config.getoption("--proves"):
        config.stash[_TABLE] = _table(items)
        items.clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    table = config.stash.get(_TABLE, None)
    if table is not None:
        for name in sorted(table):
            terminalreporter.write_line(f"{name}  ({len(table[name])})")
            for test in sorted(table[name]):
                terminalreporter.write_line(f"    {test}")


def requirements(item: pytest.Item) -> list[str]:
    """The ids a test says it proves."""
    return [str(name) for marker in item.iter_markers("proves") for name in marker.args]


def _table(items: list[pytest.Item]) -> dict[str, set[str]]:
    table: dict[str, set[str]] = defaultdict(set)
    for item in items:
        for name in requirements(item):
            table[name].add(item.nodeid.split("[")[0])
    for program, names in MEASURES.items():
        for name in names:
            table[name].add(f"bench/{program}.py (make bench)")
    return table


_TABLE: Final = pytest.StashKey[dict[str, set[str]]]()
