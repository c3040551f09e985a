"""The README shows the workflow as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guichet import invoices
from guichet.invoices.states import CLOSED, EDITABLE, WORKFLOW, Status

README = Path(invoices.__file__).parent / "README.md"


def test_the_readme_shows_the_workflow_of_the_table():
    [diagram] = re.findall(r"```mermaid\n(.*?)\n```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert diagram == WORKFLOW.mermaid()


@pytest.mark.proves("INV-21")
def test_the_table_knows_every_state_and_the_words_never_vary():
    named = {WORKFLOW.start} | {state for move in WORKFLOW.moves for state in (move.target, *move.sources)}
    assert named | {Status.PAID} == set(Status)
    assert {state.value: str(state.label) for state in Status} == {
        "draft": "Brouillon",
        "in_review": "En traitement",
        "to_correct": "À corriger",
        "awaiting_second": "En traitement",
        "accepted": "Accepté",
        "transmitted": "Transmis pour paiement",
        "paid": "Payé",
        "rejected": "Rejeté par la Centrale",
        "refused": "Refusé",
        "withdrawn": "Retiré",
    }


def test_what_can_be_edited_can_be_sent_and_what_is_closed_leads_nowhere():
    assert {state for state in Status if any(WORKFLOW.available(state, "partner"))} == EDITABLE | {Status.IN_REVIEW}
    assert WORKFLOW["send"].sources == EDITABLE
    assert {state for state in CLOSED if state != Status.PAID} <= WORKFLOW.final()


def test_every_move_of_the_office_needs_the_right_to_review():
    assert {move.right for move in WORKFLOW.moves if move.side == "staff"} == {"review"}
    assert {move.name for move in WORKFLOW.moves if move.needs_reason} == {"ask_correction", "refuse", "send_back"}
