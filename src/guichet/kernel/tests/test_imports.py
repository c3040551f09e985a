"""The kernel is light: what costs time to import is imported when it is asked for."""

import subprocess
import sys
from pathlib import Path

KERNEL = Path(__file__).parents[1]
HEAVY = ("django", "holidays", "phonenumbers", "schwifty", "stdnum.numdb")


def test_importing_the_whole_kernel_loads_nothing_heavy():
    modules = [f"guichet.kernel.{path.stem}" for path in KERNEL.glob("*.py") if path.stem != "__init__"]
    script = f"import sys, {', '.join(modules)}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8", timeout=60)
    assert done.stdout.strip() == ""
