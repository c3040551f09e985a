"""The interview of a whole minute on a device that fails in every way (REC-04); the suite has a shorter one."""

import pytest

from tests.journeys.steps import recorder
from tests.journeys.steps.recorder import device

__all__ = ["device"]
pytestmark = [pytest.mark.faults, pytest.mark.proves("REC-04", "REC-09")]


def test_an_interview_of_a_minute_survives_and_is_heard(device):
    recorder.survives(device(width=400), "Germanier Alain", seconds=20)
