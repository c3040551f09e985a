"""`make bench`: every measurement of this folder; `make bench ARGS="send lists"` runs some of them.

Prints a table and adds it to `docs/figures.md`, with the date and what the machine was like.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from bench.figures import Figure

FOLDER: Final = Path(__file__).parent
HISTORY: Final = FOLDER.parent / "docs" / "figures.md"


def main(names: list[str]) -> int:
    """Run them as programs of their own, so that none warms up the next; the status says whether all succeeded."""
    files = sorted(FOLDER.glob("*.py"))
    known = [file.stem for file in files if re.search(r"^def main\(", file.read_text(), re.MULTILINE)]
    found: dict[str, list[Figure]] = {}
    failed = []
    for name in names or [name for name in known if not name.startswith("_")]:
        sys.stdout.write(f"… {name}\n")
        sys.stdout.flush()
        before = _load()
        figures = _measure(name)
        if figures:
            found[f"{name} (load before {before}, after {_load()})"] = figures
        else:
            failed.append(name)
    table = _table(found)
    sys.stdout.write(table)
    if found:
        _remember(table)
    if failed:
        sys.stdout.write(f"\nfailed: {', '.join(failed)}\n")
    return 1 if failed else 0


def _measure(name: str) -> list[Figure]:
    """The figures of one measurement; none if it failed."""
    command = [sys.executable, "-m", f"bench.{name}"]
    result = subprocess.run(command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, check=False)
    lines = [line for line in result.stdout.splitlines() if line.startswith('{"figures"')]
    if result.returncode != 0 or not lines:
        return []
    return [Figure(**figure) for figure in json.loads(lines[-1])["figures"]]


def _table(found: dict[str, list[Figure]]) -> str:
    lines = []
    for name, figures in found.items():
        lines += [f"\n### {name}\n", "| figure | value | goal | | remark |", "|---|---:|---:|---|---|"]
        for figure in figures:
            verdict = {True: "holds", False: "**misses**", None: ""}[figure.holds]
            lines.append(f"| {figure.name} | {figure.value:g} | {figure.goal} | {verdict} | {figure.note} |")
    return "\n".join(lines) + "\n"


def _remember(table: str) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER, capture_output=True, text=True, check=False
    ).stdout.strip()
    today = dt.datetime.now(dt.UTC).date()
    facts = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    with HISTORY.open("a") as history:
        history.write(f"\n## {today.isoformat()}, commit {commit or 'unknown'}\n\n{facts}.\n{table}")


def _load() -> str:
    """How many processes wanted a core in the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
