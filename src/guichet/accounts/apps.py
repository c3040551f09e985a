"""Accounts as a Django app: its menu entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


_ALONE = frozenset({"insured", "representative", "expert"})


class AccountsConfig(AppConfig):
    """People, partners, who belongs to whom; login."""

    name = "guichet.accounts"
    label = "accounts"

    def ready(self) -> None:
        from guichet.ui.navigation import Entry, register

        register(
            Entry(place="menu", label=_("Mon compte"), url_name="accounts:me", order=20, covers=("confirmation/",))
        )
        register(
            Entry(place="menu", label=_("Ma société"), url_name="accounts:company", order=30, predicate=_is_manager)
        )
        register(Entry(place="menu", label=_("Déconnexion"), url_name="accounts:logout", order=99, post=True))
        register(
            Entry(
                place="desk",
                label=_("Inscriptions"),
                url_name="accounts:vetting",
                order=60,
                predicate=_may_vet,
                count=_registrations_waiting,
            )
        )
        register(
            Entry(
                place="admin",
                label=_("Collaborateurs"),
                url_name="accounts:staff",
                order=80,
                predicate=_is_administrator,
                covers=("administration/invitations/",),
            )
        )
        register(
            Entry(
                place="admin",
                label=_("Envois en échec"),
                url_name="accounts:undelivered",
                order=90,
                predicate=_is_administrator,
            )
        )


def _is_manager(actor: Actor) -> bool:
    """Of an organisation: a person alone has no company to manage."""
    return actor.is_manager and actor.affiliation is not None and actor.affiliation.kind not in _ALONE


def _may_vet(actor: Actor) -> bool:
    return actor.is_staff and actor.has("vet")


def _is_administrator(actor: Actor) -> bool:
    return actor.is_staff and actor.role == "administrator"


def _registrations_waiting(actor: Actor) -> int:
    from guichet.accounts.queries import requests_waiting

    return requests_waiting(actor).count()
