"""The platform as a Django application: its menu entries and its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from guichet.ui.navigation import Entry, register

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


def _audits(actor: Actor) -> bool:
    return actor.is_staff and actor.role == "auditor"


class PlatformConfig(AppConfig):
    """What belongs to no system."""

    name = "guichet.config"

    def ready(self) -> None:
        """The auditors' page is in the menu of auditors only; importing the checks registers them."""
        from guichet.config import checks  # noqa: F401

        register(Entry(place="desk", label=_("Journal"), url_name="audit:list", order=90, predicate=_audits))
