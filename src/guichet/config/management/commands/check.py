"""`guichet check`: Django's command, always with the database, and as for a deployment unless this is a demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import SystemCheckError
from django.core.management.commands.check import Command as DjangoCheck

from guichet.config.checks import of_the_database


class Command(DjangoCheck):
    """Exit status 1 if anything must be mended before people use the system."""

    def handle(self, *args: Any, **options: Any) -> None:
        options["deploy"] = options["deploy"] or not settings.DEMO
        options["databases"] = options["databases"] or ["default"]
        super().handle(*args, **options)
        found = [message for alias in options["databases"] for message in of_the_database(alias)]
        if found:
            raise SystemCheckError("\n".join(map(str, found)))
