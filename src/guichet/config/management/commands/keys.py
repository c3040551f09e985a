"""`guichet keys`: a new key for insurers, and the end of former ones (OWASP ASVS 11.2.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from guichet import audit, storage
from guichet.tenancy.models import Insurer
from guichet.tenancy.rounds import every_insurer

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Both run beside readers and writers and may be repeated after a crash. Exit code 1: a key is damaged."""

    help = "Give insurers a new key that wraps the keys of all their objects, or shred former keys that wrap nothing."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="what", required=True)
        anew = actions.add_parser("rotate", help="a new key for each insurer; former ones stay until they are retired")
        former = actions.add_parser("retire", help="shred former keys that wrap nothing any more")
        former.add_argument("--days", type=int, default=7, help="only keys older than this (7, at least 1)")
        for action in (anew, former):
            action.add_argument("--insurer", help="only this one, by its name in addresses")

    def handle(self, *_args: Any, **options: Any) -> None:
        only = options["insurer"]
        if only and not Insurer.objects.filter(slug=only).exists():
            raise CommandError(f"No insurer is called {only}.", returncode=1)
        days = options.get("days", 1)
        if days < 1:
            raise CommandError("A key younger than a day may be in use: --days is at least 1.", returncode=1)

        def work(insurer: Insurer) -> None:
            if only and insurer.slug != only:
                return
            self.stdout.write(f"{insurer.slug}: {self._act(insurer, options['what'], timedelta(days=days))}")

        try:
            every_insurer(work)
        except storage.Corrupt as damage:
            raise CommandError(f"Keys of objects are damaged and stay as they are: {damage}", returncode=1) from None

    def _act(self, insurer: Insurer, what: str, age: timedelta) -> str:
        if what == "rotate":
            key_id = storage.rotate_key(insurer)
            _note(insurer, "rotated", key=key_id)
            return f"key {key_id} wraps the keys of all objects"
        retired = storage.retire_keys(insurer, older_than=age)
        if retired:
            _note(insurer, "retired", keys=" ".join(sorted(retired)))
        return f"{len(retired)} former keys are shredded"


def _note(insurer: Insurer, act: str, **detail: object) -> None:
    """Not in one transaction with the act, which is on disk: said when it is done, and again when it is repeated."""
    audit.record(
        f"storage.key_{act}",
        insurer_id=insurer.pk,
        by=audit.Who(role="platform"),
        on="insurer",
        object_id=str(insurer.pk),
        detail=detail,
    )
