"""`guichet audit verify`: is the audit whole?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from guichet.audit.verify import verify

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Exit code 0: whole; 1: not, and the first line of stderr names the first bad entry."""

    help = "Verify the audit: every entry, every chain, the anchors and the copy outside the database."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="what", required=True)
        wanted = actions.add_parser("verify", help="recompute every hash and compare")
        wanted.add_argument("--chain", type=int, help="only this chain: an insurer's number, 0 for the platform")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = verify(options["chain"])
        for warning in report.warnings:
            self.stderr.write(f"warning: {warning}")
        if report.findings:
            raise CommandError("\n".join(map(str, report.findings)), returncode=1)
        self.stdout.write(f"The audit is whole: {report.entries} entries in {report.chains} chains.")
