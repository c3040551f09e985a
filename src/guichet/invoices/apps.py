"""The invoice counter as a Django application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from guichet.ui.navigation import Entry, Place, register

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import Promise

    from guichet.accounts.access import Actor
    from guichet.invoices.formtypes.base import InvoiceForm

_KINDS = frozenset({"institution", "insured", "representative"})  # affiliations that invoice
_OF_PERSONS: Final[tuple[tuple[Promise, str, int], ...]] = (
    (_("À mon nom"), "invoices:in_name", 32),
    (_("Procurations"), "invoices:powers", 34),
    (_("Mes données"), "invoices:my_data", 36),
)
"""What a person alone has beside the guichet and the payments."""


def _invoices(actor: Actor) -> bool:
    """Partners who invoice, at an insurer that has the system."""
    return actor.affiliation is not None and "invoices" in actor.insurer.systems and actor.affiliation.kind in _KINDS


def _alone(actor: Actor) -> bool:
    """An insured person, or who represents one."""
    return _invoices(actor) and actor.affiliation is not None and actor.affiliation.kind != "institution"


def _companies(actor: Actor) -> bool:
    return _invoices(actor) and not _alone(actor)


def _manages(actor: Actor) -> bool:
    return _companies(actor) and actor.is_manager


def _reviews(actor: Actor) -> bool:
    return actor.is_staff and actor.has("review") and "invoices" in actor.insurer.systems


def _vets(actor: Actor) -> bool:
    return actor.is_staff and actor.has("vet") and "invoices" in actor.insurer.systems


def _offers(code: str) -> Callable[[Actor], bool]:
    """Partners who invoice, at an insurer that has this form (setting `invoice_forms`)."""

    def offered(actor: Actor) -> bool:
        chosen = actor.insurer.setting("invoice_forms")
        alone = _alone(actor) and code not in actor.insurer.setting("individual_forms")
        return _invoices(actor) and (not chosen or code in chosen) and not alone

    return offered


def _administers(actor: Actor) -> bool:
    return _reviews(actor) and actor.role == "administrator"


class InvoicesConfig(AppConfig):
    """Publishes the form types and the menu when the platform starts."""

    name = "guichet.invoices"

    def ready(self) -> None:
        """Importing the package of forms registers every form."""
        from guichet.accounts.actions import own_data
        from guichet.invoices.actions import beneficiaries

        own_data.follow(beneficiaries.follow_own_data)
        _for_partners()
        _for_the_desk()
        _new_invoices()


def _for_partners() -> None:
    """Menus of companies and of persons alone."""
    places: tuple[tuple[Place, int], ...] = (("menu", 40), ("main", 20))
    for place, order in places:
        register(
            Entry(
                place=place,
                label=_("Guichet"),
                url_name="invoices:counter",
                order=10,
                predicate=_invoices,
                covers=("factures/",),
            )
        )
        register(
            Entry(
                place=place,
                label=_("Bénéficiaires"),
                url_name="invoices:beneficiaries",
                order=order,
                predicate=_companies,
            )
        )
    for label, name, order in _OF_PERSONS:
        register(Entry(place="menu", label=label, url_name=name, order=order, predicate=_alone))
        if name == "invoices:my_data":  # the guichet leads to the others
            register(Entry(place="main", label=label, url_name=name, order=order, predicate=_alone))
    register(Entry(place="main", label=_("Versements"), url_name="invoices:payments", order=30, predicate=_invoices))
    register(
        Entry(place="menu", label=_("Interface (API)"), url_name="invoices:interface", order=55, predicate=_manages)
    )
    register(Entry(place="menu", label=_("Importer"), url_name="invoices:imports", order=45, predicate=_companies))


def _for_the_desk() -> None:
    """Menus of the office."""
    register(Entry(place="desk", label=_("Factures"), url_name="invoices:desk_queue", order=10, predicate=_reviews))
    register(Entry(place="desk", label=_("Décisions"), url_name="invoices:decisions", order=15, predicate=_reviews))
    register(
        Entry(place="admin", label=_("Conservation"), url_name="invoices:retention", order=90, predicate=_administers)
    )
    register(
        Entry(place="admin", label=_("Réglages"), url_name="invoices:office_rules", order=35, predicate=_administers)
    )
    register(Entry(place="desk", label=_("Paiements"), url_name="invoices:batches", order=20, predicate=_administers))
    register(Entry(place="desk", label=_("Chiffres"), url_name="invoices:figures", order=30, predicate=_reviews))
    register(Entry(place="admin", label=_("Motifs"), url_name="invoices:reasons", order=45, predicate=_administers))
    register(Entry(place="admin", label=_("Tarifs"), url_name="invoices:rates", order=40, predicate=_administers))
    register(
        Entry(
            place="admin",
            label=_("Représentations"),
            url_name="invoices:representations",
            order=62,
            predicate=_vets,
        )
    )


def _new_invoices() -> None:
    """« + Nouvelle facture »: every form, in its family."""
    from guichet.formspec import registry
    from guichet.invoices.formtypes.base import Family

    families = list(Family)
    for code in registry.codes():
        form_type = cast("type[InvoiceForm]", registry.current(code))
        register(
            Entry(
                place="new",
                label=form_type.title,
                url_name="invoices:new",
                arguments=(code,),
                order=families.index(form_type.family),  # within a family, as they were declared
                code=code,
                hint=form_type.explanation,
                group=form_type.family.label,
                predicate=_offers(code),
                post=True,
            )
        )
