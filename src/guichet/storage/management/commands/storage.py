"""`guichet storage`: destructions after a restore, before anybody is served (REC-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from guichet.storage import Corrupt
from guichet.storage.destructions import brought_back, replay

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Exit code 1: the list itself is damaged (nothing was shredded), or a restore brought something back."""

    help = "Shred again what the list of destructions names: run it after every restore, before going online."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="what", required=True)
        actions.add_parser("replay-destructions", help="shred keys, bytes and rows of everything listed")

        actions.add_parser("check-destructions", help="whether anything listed is there again; changes nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["what"] == "check-destructions":
                self._check()
            else:
                self._replay()
        except Corrupt as error:
            raise CommandError(str(error), returncode=1) from None

    def _check(self) -> None:
        if found := brought_back():
            raise CommandError(
                f"{found} destroyed things are there again: a backup was restored."
                " Run « guichet storage replay-destructions » before going online.",
                returncode=1,
            )

    def _replay(self) -> None:
        done = replay()
        self.stdout.write(
            f"{done.listed} objects are listed; {done.shredded} were there again and are shredded,"
            f" {done.emptied} records are emptied."
        )
