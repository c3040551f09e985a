"""The recordings as a Django application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from guichet.ui.navigation import Entry, register

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


def _archives(actor: Actor) -> bool:
    """Staff who manage recordings or may hear some, at an insurer that has the system."""
    hears = actor.has("records") or actor.has("listen")
    return actor.is_staff and hears and "recordings" in actor.insurer.systems


class RecordingsConfig(AppConfig):
    """Publishes the menu when the platform starts."""

    name = "guichet.recordings"

    def ready(self) -> None:
        """The menus."""
        register(
            Entry(
                place="desk", label=_("Enregistrements"), url_name="recordings:archive", order=30, predicate=_archives
            )
        )
