"""Production without a scanner or a master key does not start."""

import pytest
from django.core.checks import run_checks


def ids():
    return [found.id for found in run_checks(tags=["security"]) if (found.id or "").startswith("guichet.storage")]


@pytest.mark.proves("FRM-09")
def test_checks_demand_clamd_and_a_master_key_in_production(settings):
    settings.DEMO, settings.CLAMD, settings.MASTER_KEY = False, "", ""
    assert ids() == ["guichet.storage.E001", "guichet.storage.E002"]


def test_checks_are_content_with_both(settings):
    settings.DEMO, settings.CLAMD, settings.MASTER_KEY = False, "unix:/run/clamd.ctl", "x"
    assert ids() == []


def test_checks_let_the_demo_do_without(settings):
    settings.DEMO, settings.CLAMD, settings.MASTER_KEY = True, "", ""
    assert ids() == []
