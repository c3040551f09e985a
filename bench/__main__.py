"""`make bench`: every measurement of this folder, one after the other; `make bench ARGS=audit` runs one of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run them as programs of their own, so that none warms up the next; the status says whether all succeeded."""
    known = [
        path.stem for path in sorted(FOLDER.glob("*.py")) if re.search(r"^def main\(", path.read_text(), re.MULTILINE)
    ]
    failed = []
    for name in names or [name for name in known if not name.startswith("_")]:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=FOLDER.parent, check=False).returncode != 0:
            failed.append(name)
    if failed:
        sys.stdout.write(f"\nfailed: {', '.join(failed)}\n")
    return 1 if failed else 0


def _known() -> list[str]:
    main_function = re.compile(r"^def main\(", re.MULTILINE)
    programs = [path for path in sorted(FOLDER.glob("*.py")) if main_function.search(path.read_text())]
    return [path.stem for path in programs if not path.stem.startswith("_")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
