"""The recordings as a Django application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from guichet.ui.navigation import Entry, Place, register

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.tenancy.models import Insurer


_BELOW_THE_ARCHIVE: Final = (
    "bureau/acces/",
    "bureau/defauts/",
    "bureau/destructions/",
    "bureau/ecoute/",
    "bureau/integrite/",
    "bureau/reperes/",
    "bureau/tribunal/",
)
"""Addresses of what happens to a recording, all reached from the archive."""


def _archives(actor: Actor) -> bool:
    """Staff who manage recordings, may hear some or hand them to a court, at an insurer that has the system."""
    hears = actor.has("records") or actor.has("listen") or actor.has("court")
    return actor.is_staff and hears and "recordings" in actor.insurer.systems


def _deposits(actor: Actor) -> bool:
    """Experts and centres, at an insurer that has the system."""
    kind = actor.affiliation.kind if actor.affiliation is not None else ""
    return kind in {"expert", "centre"} and "recordings" in actor.insurer.systems


def _records(actor: Actor) -> bool:
    """Individual experts, not centres (REC-01)."""
    return _deposits(actor) and actor.affiliation is not None and actor.affiliation.kind == "expert"


def _manages(actor: Actor) -> bool:
    """Staff who announce mandates and enter waivers."""
    return actor.is_staff and actor.has("records") and "recordings" in actor.insurer.systems


def _administers(actor: Actor) -> bool:
    """Who writes the public word on security."""
    return actor.is_staff and actor.role == "administrator" and "recordings" in actor.insurer.systems


def _is_insured(actor: Actor) -> bool:
    """The insured person's own account, at an insurer that has the system."""
    kind = actor.affiliation.kind if actor.affiliation is not None else ""
    return kind == "insured" and "recordings" in actor.insurer.systems


def _keeps_recordings(insurer: Insurer) -> bool:
    return "recordings" in insurer.systems


class RecordingsConfig(AppConfig):
    """Publishes the menu when the platform starts."""

    name = "guichet.recordings"

    def ready(self) -> None:
        """The menus; what a restored database must forget again."""
        from guichet.recordings.actions import destruction
        from guichet.storage.destructions import on_replay

        on_replay("recording", destruction.replayed, standing=destruction.standing)
        _menus()


def _menus() -> None:
    _for_everybody()
    _for_depositors_and_insured()
    _for_the_desk()


def _for_everybody() -> None:
    """Below every page; the text of « Sécurité » is an administrator's."""
    for label, name in ((_("Sécurité"), "security"), (_("Autres voies de dépôt"), "other_ways")):
        register(Entry(place="foot", label=label, url_name=f"recordings:{name}", predicate=_keeps_recordings))
    register(
        Entry(
            place="admin",
            label=_("Page « Sécurité »"),
            url_name="recordings:security_state",
            order=95,
            predicate=_administers,
        )
    )


def _for_depositors_and_insured() -> None:
    """Menus of experts, centres and insured persons."""
    places: tuple[Place, ...] = ("main", "menu")
    for place in places:
        register(
            Entry(
                place=place,
                label=_("Mes mandats"),
                url_name="recordings:mandates",
                order=10,
                predicate=_deposits,
                covers=("depots/",),
            )
        )
        register(
            Entry(place=place, label=_("Enregistreur"), url_name="recordings:recorder", order=12, predicate=_records)
        )
    for place in places:
        register(
            Entry(
                place=place,
                label=_("Mes enregistrements"),
                url_name="recordings:my_recordings",
                order=12,
                predicate=_is_insured,
            )
        )


def _for_the_desk() -> None:
    """Menus of the office."""
    register(Entry(place="desk", label=_("Mandats"), url_name="recordings:desk_mandates", order=40, predicate=_manages))
    register(
        Entry(
            place="desk",
            label=_("Enregistrements"),
            url_name="recordings:archive",
            order=45,
            predicate=_archives,
            covers=_BELOW_THE_ARCHIVE,
        )
    )
