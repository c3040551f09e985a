"""The package's face: everything named is there, and nothing else."""

import subprocess
import sys

import pytest

from guichet import storage


def test_storage_offers_what_it_names():
    assert [name for name in storage.__all__ if getattr(storage, name, None) is None] == []


def test_storage_offers_nothing_else():
    with pytest.raises(AttributeError, match="nothing"):
        storage.nothing  # noqa: B018 - the access is the test


def test_storage_child_runs_without_django():
    program = "import sys, guichet.storage.inspection.child; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
