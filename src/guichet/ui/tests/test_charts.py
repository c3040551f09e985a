"""Small pictures of figures: their scale and their words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from guichet.ui.charts import chart


@pytest.mark.parametrize(
    ("most", "top"),
    [
        (0, "1"),
        (1, "1"),
        (7, "10"),
        (1200, "2'000"),
        (48_000, "50'000"),
        (1_000_001, "2'000'000"),
        (Decimal("3.4"), "5"),
    ],
)
def test_chart_names_its_upper_edge_as_written_in_switzerland(most, top):
    assert chart("", ["a"], [most]).top == top


def test_chart_says_of_each_bar_what_it_stands_for():
    assert [bar.label for bar in chart("", ["09.2026", "10.2026"], [1234, 0]).bars] == ["09.2026: 1'234", "10.2026: 0"]


def test_chart_line_is_interrupted_where_there_is_nothing_to_say_and_a_lone_point_is_seen():
    assert chart("", ["a", "b", "c", "d"], [1, 2, None, 2], line=True).points == (
        "63.0,78.0 181.0,16.0",
        "413.0,16.0 421.0,16.0",
    )
