"""The manual shows what is there: its diagram is the workflow's, its pictures exist, nothing is pictured for nobody."""

import re

from guichet.invoices.states import WORKFLOW, Status
from tests.rails.browser import ROOT

MANUAL = ROOT / "docs" / "systems" / "invoices.md"


def test_the_diagram_is_the_table_of_the_workflow():
    [diagram] = re.findall(r"```mermaid\n(.*?)\n```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    assert diagram == WORKFLOW.mermaid()


def test_the_words_of_the_states_are_those_of_the_pages():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == {state.value: str(state.label) for state in Status}


def test_every_picture_of_the_manual_and_the_front_page_exists():
    named = re.findall(r"screenshots/([\w-]+\.png)", MANUAL.read_text(encoding="utf-8"))
    named += re.findall(r"docs/systems/screenshots/([\w-]+\.png)", (ROOT / "README.md").read_text(encoding="utf-8"))
    there = {path.name for path in (ROOT / "docs" / "systems" / "screenshots").glob("*.png")}
    assert sorted(set(named) - there) == []
