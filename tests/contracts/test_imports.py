"""Imports point down, and the linter that says so can fail."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

UPWARD = """
[tool.importlinter]
root_package = "guichet"
[[tool.importlinter.contracts]]
name = "upside down"
type = "layers"
containers = ["guichet"]
layers = ["tenancy", "accounts"]
"""


@pytest.mark.proves("CODE-01")
def test_imports_point_down():
    result = subprocess.run([LINTER, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_imports_linter_sees_a_breach(tmp_path):
    (tmp_path / "pyproject.toml").write_text(UPWARD)
    command = [LINTER, "--no-cache", "--config", str(tmp_path / "pyproject.toml")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, "accounts is not allowed to import guichet.tenancy" in result.stdout) == (1, True)
