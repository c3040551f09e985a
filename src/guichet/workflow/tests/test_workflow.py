"""The table of moves, and what is read from it."""

from __future__ import annotations

from enum import StrEnum

import pytest

from guichet.workflow import Move, NotAllowed, Workflow

pytestmark = pytest.mark.proves("INV-21")


class Light(StrEnum):
    """A lamp's states."""

    OFF = "off"
    ON = "on"
    BROKEN = "broken"


LAMP = Workflow(
    start=Light.OFF,
    moves=(
        Move(name="switch", sources=frozenset({"off"}), target="on", side="partner"),
        Move(name="darken", sources=frozenset({"on"}), target="off", side="partner"),
        Move(name="drop", sources=frozenset({"on", "off"}), target="broken", side="staff", right="break"),
    ),
)


def test_a_side_may_do_what_the_table_says():
    assert [move.name for move in LAMP.available("off", "partner")] == ["switch"]
    assert [move.name for move in LAMP.available("on", "staff")] == ["drop"]
    assert list(LAMP.available("broken", "staff")) == []


def test_checking_gives_the_move_or_refuses_it():
    assert LAMP.check("switch", status="off", side="partner").target == "on"
    for name, status, side in (("switch", "on", "partner"), ("switch", "off", "staff"), ("burn", "off", "partner")):
        with pytest.raises(NotAllowed) as refused:
            LAMP.check(name, status=status, side=side)
        assert (refused.value.move, refused.value.status, str(refused.value)) == (name, status, f"{name} from {status}")


def test_a_move_is_found_by_its_name():
    assert LAMP["drop"].right == "break"
    with pytest.raises(KeyError):
        LAMP["burn"]


def test_final_is_where_nothing_leads_out_of():
    assert LAMP.final() == {"broken"}


def test_the_diagram_has_every_arrow():
    assert LAMP.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> off",
        "    off --> on: switch (partner)",
        "    on --> off: darken (partner)",
        "    off --> broken: drop (staff)",
        "    on --> broken: drop (staff)",
    ]
