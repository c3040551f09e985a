"""`guichet check`: Django's command, always with the database, and as for a deployment unless this is a demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.commands.check import Command as DjangoCheck


class Command(DjangoCheck):
    """Exit status 1 if anything must be mended before people use the system."""

    def handle(self, *args: Any, **options: Any) -> None:
        options["deploy"] = options["deploy"] or not settings.DEMO
        options["databases"] = options["databases"] or ["default"]
        super().handle(*args, **options)
