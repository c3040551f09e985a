"""`guichet migrate`: Django's command, as the role that owns the tables."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from guichet.config import database
from guichet.config.quick_migration import quick_migration


class Command(DjangoMigrate):
    """Needs MIGRATE_DATABASE_URL; the application's own role may not change a table."""

    def handle(self, *args: Any, **options: Any) -> None:
        url = os.environ.get("MIGRATE_DATABASE_URL")
        if not url:
            raise CommandError("Set MIGRATE_DATABASE_URL to the address of the role guichet_migrate.")
        connection = connections[options["database"]]
        connection.close()
        before = dict(connection.settings_dict)
        connection.settings_dict.update(database.django_database(url))
        try:
            with quick_migration():
                super().handle(*args, **options)
        finally:
            connection.close()
            connection.settings_dict.update(before)
        database.tighten(url)
