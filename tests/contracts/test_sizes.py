"""A file fits the head: at most 600 lines, a function 60; what is over 400 and 40 is listed by `pytest -rA`."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LIMIT, FUNCTION_LIMIT = 600, 60
FILE_GOAL, FUNCTION_GOAL = 400, 40


def _sources():
    for folder in ("src", "tests", "bench"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "var" not in path.parts:
                yield path


def _long_files(limit):
    found = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in _sources()}
    return {name: lines for name, lines in found.items() if lines > limit}


def _long_functions(limit):
    found = {}
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > limit:
                    found[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    return found


def _say(found):
    for name, lines in found.items():
        sys.stdout.write(f"over the goal: {name} has {lines} lines\n")


def test_files_are_short():
    _say(_long_files(FILE_GOAL))
    assert _long_files(FILE_LIMIT) == {}


def test_functions_are_short():
    _say(_long_functions(FUNCTION_GOAL))
    assert _long_functions(FUNCTION_LIMIT) == {}
