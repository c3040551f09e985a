"""The waveform on the page: from the stored peaks, with what was found lying where it is (REC-06)."""

import re

import pytest

from guichet.recordings import drawing
from guichet.recordings.holding import holder_of
from guichet.recordings.tests import factories
from guichet.storage import NotHolder


@pytest.fixture
def recording(doctor):
    found = factories.deposited(by=doctor)
    found.quality |= {"marks": [["silence", 0, 13_008], ["clipping", 13_008, 13_009], ["dropout", 26_000, 26_016]]}
    return found


@pytest.mark.proves("REC-06")
def test_waveform_has_a_bar_for_each_peak_and_the_marks_at_their_place(recording):
    drawn = drawing.waveform(recording, holder=holder_of(recording.affiliation_id))
    bars = [tuple(map(int, bar)) for bar in re.findall(r"M(\d+) (\d+)V(\d+)", drawn.path)]
    heights = [(step * 7) % 90 for step in range(260)]  # of the prepared sound
    assert [bar[0] for bar in bars] == [round(step * 1000 / 260) for step in range(260)]
    for (_x, top, bottom), height in zip(bars, heights, strict=True):
        assert abs((bottom - top) - max(1, 2 * height * 60 / 128)) <= 1
    assert [(one.kind, one.x, one.width) for one in drawn.stretches] == [
        ("silence", 0, 500), ("clipping", 500, 2), ("dropout", 999, 2),
    ]  # fmt: skip


@pytest.mark.proves("REC-04", "REC-06")
def test_waveform_is_drawn_for_who_holds_the_key_alone(recording):
    with pytest.raises(NotHolder):
        drawing.waveform(recording, holder="")
    recording.peaks = None
    assert drawing.waveform(recording, holder="") is None
