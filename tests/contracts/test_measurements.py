"""Every measurement says which requirement it measures; a requirement that is measured is guarded by tests as well."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from bench.requirements import MEASURES
from tests.rails.proves import ID

ROOT: Final = Path(__file__).parents[2]
_MARK: Final = re.compile(r"proves\(([^)]*)\)")


def test_every_measurement_names_its_requirements():
    programs = {file.stem for file in (ROOT / "bench").glob("[!_]*.py") if "\ndef main(" in file.read_text()}
    assert set(MEASURES) == programs
    assert [name for ids in MEASURES.values() for name in ids if not ID.match(name)] == []


def test_what_is_measured_is_guarded_in_the_suite_where_no_clock_is_needed():
    folders = (ROOT / "src", ROOT / "tests")
    texts = (file.read_text() for folder in folders for file in folder.rglob("test_*.py"))
    marked = {name for text in texts for found in _MARK.findall(text) for name in re.findall(r'"([^"]+)"', found)}
    measured = {name for ids in MEASURES.values() for name in ids}
    assert sorted(measured - marked) == ["PERF-08", "PERF-12"]  # a rate and a ratio, nothing else
