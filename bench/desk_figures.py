"""INV-26: the page of the figures at 1 000 000 invoices, days closed: at most a second.

`python -m bench.desk_figures [invoices]`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import Final

from bench import platform
from bench.figures import Figure, tell
from bench.visitor import Visitor
from guichet.config.local.supervisor import guichet

REQUESTS: Final = 8
PAGES: Final = {
    "half a year by week": "",
    "three years by month": "?pas=mois&du=01.01.2024",
    "one form": "?formulaire=318.632",
}


def main() -> None:
    """Measure and print the figures as one line of JSON."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with platform.running() as stack:
        fill = guichet("seed", "--invoices", str(many))
        subprocess.run(fill, env=stack.environment(), check=True, stdout=subprocess.DEVNULL)
        with platform.owner(stack) as owner:
            owner.execute("VACUUM ANALYZE")
        agent = Visitor(stack.port, "vs")
        agent.log_in(platform.accounts(stack.var, "vs", "agent")[0], stack.var / "outbox")
        tell([_measured(agent, name, query, many) for name, query in PAGES.items()])


def _measured(agent: Visitor, name: str, query: str, many: int) -> Figure:
    answers = [agent.get(f"/vs/bureau/chiffres/{query}") for _ in range(REQUESTS)]
    assert {answer.status for answer in answers} == {200}
    median = statistics.median(answer.wall_ms for answer in answers)
    return Figure(f"figures at {many}, {name}: ms", round(median, 1), "≤ 1000")


if __name__ == "__main__":
    main()
