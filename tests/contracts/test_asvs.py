"""OWASP ASVS 5.0: every requirement that concerns us is in `docs/asvs.toml`, and what it names exists (SEC-01).

After a change of that file: `python -m tests.contracts.test_asvs` writes `docs/asvs.md` anew; read the difference.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

pytestmark = pytest.mark.proves("SEC-01")

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = ROOT / "docs" / "asvs.toml"
TABLE: Final = ROOT / "docs" / "asvs.md"
CHAPTERS: Final = {
    1: "Encoding and sanitization",
    2: "Validation and business logic",
    3: "Web frontend",
    4: "API and web service",
    5: "File handling",
    6: "Authentication",
    7: "Session management",
    8: "Authorization",
    9: "Self-contained tokens",
    10: "OAuth and OIDC",
    11: "Cryptography",
    12: "Secure communication",
    13: "Configuration",
    14: "Data protection",
    15: "Secure coding and architecture",
    16: "Logging and error handling",
    17: "WebRTC",
}
LEVELS: Final = {1: 70, 2: 183, 3: 19}
"""How many the standard has of levels 1 and 2, and of level 3 in what concerns files, rights, data, races and logs."""
THIRD: Final = re.compile(r"(5|8|14|15\.4|16)\.")
WORDS: Final = {"met": "met", "na": "does not apply", "open": "**open**"}

Requirements = dict[str, dict[str, Any]]


def requirements() -> Requirements:
    """By number, in the standard's order."""
    known = tomllib.loads(SOURCE.read_text())
    return dict(sorted(known.items(), key=lambda item: [int(part) for part in item[0].split(".")]))


def is_there(place: str) -> bool:
    """Whether the file exists, and the test in it."""
    path, _, name = place.partition("::")
    file = ROOT / path
    return file.is_file() and (not name or re.search(rf"^def {name}\(", file.read_text(), re.MULTILINE) is not None)


def written(known: Requirements) -> str:
    """`docs/asvs.md`."""
    counted = Counter(one["state"] for one in known.values())
    lines = [
        "# OWASP ASVS 5.0",
        "",
        "Made from `asvs.toml` by `python -m tests.contracts.test_asvs`; do not edit. Levels 1 and 2 in full,",
        "level 3 for files, authorisation, data, races and logging. Subjects are our own words.",
        "",
        f"{len(known)} requirements: {counted['met']} met, {counted['na']} do not apply, {counted['open']} open.",
        "",
        "## Open",
        "",
    ]
    lines += [f"- **{key}** {one['subject']}. {one['note']}" for key, one in known.items() if one["state"] == "open"]
    for number, title in CHAPTERS.items():
        lines += ["", f"## V{number} {title}", "", "| | level | subject | state | where |", "|---|---:|---|---|---|"]
        for key, one in known.items():
            if key.startswith(f"{number}."):
                where = "<br>".join(
                    [*(f"`{place}`" for place in one.get("where", ())), *filter(None, [one.get("note")])]
                )
                lines.append(f"| {key} | {one['level']} | {one['subject']} | {WORDS[one['state']]} | {where} |")
    return "\n".join(lines) + "\n"


def test_every_requirement_is_judged_once_with_its_level():
    known = requirements()
    assert Counter(one["level"] for one in known.values()) == LEVELS
    assert [key for key, one in known.items() if one["level"] == len(LEVELS) and not THIRD.match(key)] == []
    assert {int(key.split(".")[0]) for key in known} == set(CHAPTERS)
    assert {one["state"] for one in known.values()} == set(WORDS)


def test_what_is_met_says_where_and_what_is_not_says_why():
    known = requirements()
    assert [key for key, one in known.items() if one["state"] == "met" and not one.get("where")] == []
    assert [key for key, one in known.items() if one["state"] != "met" and not one.get("note")] == []


def test_every_test_and_document_that_is_named_exists():
    named = {place for one in requirements().values() for place in one.get("where", ())}
    assert sorted(place for place in named if not is_there(place)) == []


def test_table_is_that_of_the_list():
    assert TABLE.read_text() == written(requirements())


if __name__ == "__main__":
    TABLE.write_text(written(requirements()))
