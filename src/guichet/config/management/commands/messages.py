"""`guichet messages`: the words of the interface, collected for the translators and compiled."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from guichet.config import messages


class Command(BaseCommand):
    """Writes `locale/<language>/LC_MESSAGES/django.po` and `.mo`; both are committed."""

    requires_system_checks = ()  # words need neither a database nor secrets
    help = "Collect the words of the interface, and compile their translations."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for language in messages.LANGUAGES:
            missing = messages.update(language)
            self.stdout.write(f"{language}: {len(messages.catalogue(language))} messages, {len(missing)} to translate")
