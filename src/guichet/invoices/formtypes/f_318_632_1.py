"""318.632.1 Facture pour frais de voyage et nourriture (RAI art. 90; domain page § 2.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from guichet.formspec.declare import Ask, Kind, Row, Section, Titles, rule
from guichet.formspec.findings import blocking
from guichet.formspec.registry import register
from guichet.formspec.types import Amount, Count, Kilometres, ShortText, SwissDate, SwissTime, Tick
from guichet.invoices.formtypes import travel
from guichet.invoices.formtypes.base import Computation, Context, InvoiceForm, Use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from guichet.kernel.findings import Finding


class Motive(TextChoices):
    """Why the person travelled (memento 4.05)."""

    EXAMINATION = "examination", _("Examen ordonné par l'office AI")
    MEDICAL = "medical", _("Mesure médicale")
    VOCATIONAL = "vocational", _("Réadaptation professionnelle")
    AID = "aid", _("Remise, adaptation ou réparation d'un moyen auxiliaire")
    VISIT = "visit", _("Visite ou congé")


class Transport(TextChoices):
    """Means of transport; anything but public transport only if the disability demands it (RAI art. 90)."""

    PUBLIC = "public", _("Transports publics (2e classe)")
    CAR = "car", _("Véhicule privé")
    TAXI = "taxi", _("Taxi")
    SERVICE = "service", _("Service de transport")
    AMBULANCE = "ambulance", _("Ambulance")


class Way(TextChoices):
    """There, or there and back."""

    SINGLE = "single", _("Aller simple")
    RETURN = "return", _("Aller-retour")


class Trip(Row):
    """A journey, made once or several times in the same way."""

    beside = (
        ("origin", "destination"),
        ("way", "times"),
        ("kilometres", "car_needed"),
        ("ticket", "local"),
        ("companion", "companion_ticket"),
        ("departure", "back"),
        ("extras", "extras_text"),
    )

    on: Annotated[SwissDate, Ask(_("Date"), width="date")]
    origin: Annotated[ShortText, Field(min_length=1), Ask(_("De"), _("Lieu ou NPA"))]
    destination: Annotated[ShortText, Field(min_length=1), Ask(_("À"), _("Lieu et nom du prestataire"))]
    way: Annotated[Way, Kind("select"), Ask(_("Trajet"))]
    times: Annotated[Count, Field(ge=1, le=62), Ask(_("Nombre de trajets identiques"), width="npa")] = 1
    transport: Annotated[Transport, Kind("select"), Ask(_("Moyen de transport"))]
    kilometres: Annotated[
        Kilometres | None,
        Ask(_("Kilomètres (aller simple)"), width="short", shown_if=("transport", ("car",))),
    ] = None
    car_needed: Annotated[
        Tick,
        Ask(
            _("Véhicule nécessaire en raison du handicap"),
            _("Sinon, le prix du billet de 2e classe est remboursé."),
            shown_if=("transport", ("car",)),
        ),
    ] = False
    ticket: Annotated[
        Amount | None,
        Ask(_("Prix du billet ou de la facture, par trajet"), _("Aller-retour compris."), width="short"),
    ] = None
    local: Annotated[Tick, Ask(_("Dans le rayon local"), _("Remboursé à partir de CHF 10.00 par mois."))] = False
    companion: Annotated[ShortText, Ask(_("Accompagnant nécessaire"), _("Nom et prénom, s'il y en a un."))] = ""
    companion_ticket: Annotated[Amount | None, Ask(_("Billet de l'accompagnant, par trajet"), width="short")] = None
    departure: Annotated[SwissTime | None, Ask(_("Heure de départ"), _("Pour l'indemnité de repas."), width="time")] = (
        None
    )
    back: Annotated[SwissTime | None, Ask(_("Heure de retour"), width="time")] = None
    nights: Annotated[Count, Field(ge=0, le=62), Ask(_("Nuits hors du domicile"), width="npa")] = 0
    extras: Annotated[
        Amount | None, Ask(_("Frais accessoires"), _("Au total : parking, bagages, chien-guide."), width="short")
    ] = None
    extras_text: Annotated[ShortText, Ask(_("Nature des frais accessoires"))] = ""

    @rule
    def car_says_how_far(self, context: Context) -> Iterator[Finding]:
        """Kilometres for a private car, and the ticket if the car was not necessary."""
        del context
        if self.transport is not Transport.CAR:
            return
        if not self.kilometres:
            yield blocking("travel.kilometres", "kilometres", _("Indiquez les kilomètres parcourus en voiture."))
        if not self.car_needed and self.ticket is None:
            yield blocking(
                "travel.car_ticket",
                "ticket",
                _("Indiquez le prix du billet de 2e classe, ou confirmez que le véhicule était nécessaire."),
                source="RAI 90 al. 2",
            )

    @rule
    def others_say_how_much(self, context: Context) -> Iterator[Finding]:
        """Everything but a car is refunded at cost."""
        del context
        if self.transport is not Transport.CAR and self.ticket is None:
            yield blocking("travel.ticket", "ticket", _("Indiquez le prix du billet ou de la facture."))

    @rule
    def absence_has_both_ends(self, context: Context) -> Iterator[Finding]:
        """The meal allowance depends on how long the person was away."""
        del context
        if (self.departure is None) != (self.back is None):
            place = "back" if self.back is None else "departure"
            yield blocking("travel.absence", place, _("Indiquez l'heure de départ et l'heure de retour."))
        elif self.departure and self.back and not self.nights and self.back <= self.departure:
            yield blocking("travel.absence_order", "back", _("L'heure de retour doit suivre l'heure de départ."))

    @rule
    def extras_are_named(self, context: Context) -> Iterator[Finding]:
        """Necessary extras only, so they have a name."""
        del context
        if self.extras and not self.extras_text:
            yield blocking("travel.extras", "extras_text", _("Précisez la nature des frais accessoires."))

    @rule
    def companion_is_named(self, context: Context) -> Iterator[Finding]:
        """A necessary companion only, so there is a name."""
        del context
        if self.companion_ticket and not self.companion:
            yield blocking("travel.companion", "companion", _("Indiquez le nom de l'accompagnant."))


@register
class TravelAndMeals(InvoiceForm):
    """318.632.1."""

    code = "318.632.1"
    edition = "2026-01"
    title = _("Facture pour frais de voyage et nourriture")
    official_titles: ClassVar[Titles] = {
        "fr": "Facture pour frais de voyage et nourriture",
        "de": "Rechnung für Reisekosten und Verpflegung",
        "it": "Fattura per spese di viaggio e vitto",
        "en": "Invoice for travel and meals",
    }
    explanation = _("Trajets, kilomètres, repas et nuits hors du domicile.")
    list_label = _("Frais de voyage")

    motive: Annotated[Motive, Kind("select"), Ask(_("Motif du voyage"))]
    trips: Annotated[list[Trip], Field(min_length=1, max_length=62), Ask(_("Trajets"))]

    sections: ClassVar[tuple[Section, ...]] = (
        InvoiceForm.HEADER,
        Section(_("Motif"), ("motive",)),
        Section(_("Trajets"), ("trips",), _("Un trajet répété de la même manière se saisit une seule fois.")),
        InvoiceForm.FOOTER,
    )

    def period(self) -> tuple[date, date]:
        """From the first to the last trip."""
        days = [trip.on for trip in self.trips]
        return min(days), max(days)

    def period_place(self) -> str:
        """The latest trip is the one in the future."""
        latest = max(range(len(self.trips)), key=lambda index: self.trips[index].on)
        return f"trips-{latest}-on"

    def total_place(self) -> str:
        """The trips make the total."""
        return "trips"

    def needs_document(self) -> bool:
        """Receipts for all but kilometres and meals (domain page § 2.9)."""
        return any(trip.ticket or trip.companion_ticket or trip.extras for trip in self.trips)

    def compute(self, context: Context) -> Computation:
        """Transport, meals, nights and extras by the rates of each trip's date (RAI art. 90 al. 4)."""
        return travel.compute(self, context)

    def uses(self, computation: Computation) -> tuple[Use, ...]:
        """The trips of each month, and the money of each month."""
        return travel.uses(self, computation)

    @rule
    def no_meals_on_visits(self, context: Context) -> Iterator[Finding]:
        """No viatique for leave or visits (RAI art. 90)."""
        del context
        if self.motive is not Motive.VISIT:
            return
        for index, trip in enumerate(self.trips):
            if trip.departure or trip.nights:
                yield blocking(
                    "travel.visit_meals",
                    f"trips-{index}-departure" if trip.departure else f"trips-{index}-nights",
                    _("Une visite ou un congé ne donne pas droit à l'indemnité de repas : effacez cette indication."),
                    source="RAI 90 al. 4",
                )

    @classmethod
    def example(cls) -> Self:
        """Two drives to a hospital, one by train with a companion."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "motive": "medical",
                "trips": [
                    {
                        "on": "03.02.2026",
                        "origin": "Sion",
                        "destination": "Lausanne, CHUV",
                        "way": "return",
                        "times": "2",
                        "transport": "car",
                        "kilometres": "94",
                        "car_needed": "on",
                        "departure": "07:30",
                        "back": "16:00",
                        "extras": "12.00",
                        "extras_text": "Parking",
                    },
                    {
                        "on": "10.02.2026",
                        "origin": "Sion",
                        "destination": "Lausanne, CHUV",
                        "way": "return",
                        "transport": "public",
                        "ticket": "66.00",
                        "companion": "Claire Exemple",
                        "companion_ticket": "66.00",
                    },
                ],
            }
        )
