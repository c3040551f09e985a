"""`guichet seed`: invented people and cases, made by the real actions."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string, module_has_submodule

import guichet.config

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Without options: the demo's data, once. With figures: as many rows, for measurements."""

    help = "Fill the database of a demo with invented data."
    requires_system_checks = ()  # the command that migrated just before made them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--invoices", type=int, default=0, help="this many invoices more, by COPY")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only a demo is filled with invented data (GUICHET_DEMO=1).")
        if not module_has_submodule(guichet.config, "demo"):
            self.stdout.write("Nothing to seed.")
            return
        if options["invoices"]:
            bulk = import_string("guichet.config.demo.bulk")
            bulk(invoices=options["invoices"])
            return
        seed = import_string("guichet.config.demo.seed")
        say = {"say": self.stdout.write} if "say" in inspect.signature(seed).parameters else {}
        seed(**say)
