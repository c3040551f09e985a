"""300.001 Appareillage auditif: lump sums for devices, repairs and batteries (domain page § 2.7)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from guichet.formspec.declare import Ask, Kind, Row, Section, Titles, Words, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.registry import register
from guichet.formspec.types import Count, ShortText, SwissDate
from guichet.invoices.formtypes import hearing
from guichet.invoices.formtypes.base import Computation, Context, Family, InvoiceForm, Use
from guichet.kernel import dates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.kernel.findings import Finding

_FORM: Final = "Formulaire 300.001"
_OFTEN: Final = {"ai": "OMAI 5.07", "avs": "OMAV 5.57"}


class Insurance(TextChoices):
    """Which insurance pays."""

    AI = "ai", _("Assurance-invalidité (AI)")
    AVS = "avs", _("Assurance-vieillesse (AVS)")


class Supply(TextChoices):
    """Art der Versorgung."""

    FIRST = "first", _("Premier appareillage")
    NEXT = "next", _("Appareillage subséquent")


class Device(TextChoices):
    """Lump sums for devices; the values name the rates. One of them: 909.01 and 909.02 exclude each other."""

    MONO = "909.01", _("909.01 AI, un appareil")
    BOTH = "909.02", _("909.02 AI, deux appareils")
    AVS_MONO = "909.03", _("909.03 AVS, un appareil")
    AVS_BOTH = "AVS_BIN", _("AVS, deux appareils")
    MINOR_MONO = "MIN_MONO", _("AI, mineur, un appareil")
    MINOR_BOTH = "MIN_BIN", _("AI, mineur, deux appareils")


_OF_AVS: Final = frozenset({Device.AVS_MONO, Device.AVS_BOTH})
_WITH_DEVICE: Final = ("device", tuple(Device.values))


class RepairTariff(TextChoices):
    """Lump sums for repairs by the maker."""

    ELECTRONIC = "909.04", _("909.04 Réparation électronique")
    OTHER = "909.05", _("909.05 Autre réparation")


class BatteryTariff(TextChoices):
    """Lump sums for batteries, a year."""

    ONE = "909.06", _("909.06 Piles, un appareil")
    TWO = "909.07", _("909.07 Piles, deux appareils")
    MINOR_ONE = "MIN_BAT1", _("Piles, mineur, un appareil")
    MINOR_TWO = "MIN_BAT2", _("Piles, mineur, deux appareils")


class Side(TextChoices):
    """Which ear."""

    LEFT = "left", _("gauche")
    RIGHT = "right", _("droite")


class Worn(Row):
    """The device itself."""

    side: Annotated[Side, Kind("select"), Ask(_("Côté"), width="short")]
    brand: Annotated[ShortText, Field(min_length=1), Ask(_("Marque"))]
    model: Annotated[ShortText, Ask(_("Modèle"))] = ""
    metas: Annotated[ShortText, Ask(_("N° METAS"), width="short")] = ""
    serial: Annotated[ShortText, Ask(_("N° de série"), width="short")] = ""


class Repair(Row):
    """A repair by the maker, at its lump sum."""

    on: Annotated[SwissDate, Ask(_("Date"), width="date")]
    tariff: Annotated[RepairTariff, Kind("select"), Ask(_("Chiffre tarifaire"))]
    maker: Annotated[ShortText, Field(min_length=1), Ask(_("Fabricant"))]


class Batteries(Row):
    """Batteries of some years, at the lump sum of each."""

    tariff: Annotated[BatteryTariff, Kind("select"), Ask(_("Chiffre tarifaire"))]
    years: Annotated[Count, Field(ge=1, le=6), Ask(_("Nombre d'années"), width="npa")]
    first: Annotated[SwissDate, Ask(_("Du"), width="date")]
    last: Annotated[SwissDate, Ask(_("Au"), width="date")]

    @rule
    def years_fit_the_period(self, context: Context) -> Iterator[Finding]:
        """As many lump sums as the period has begun years, at most."""
        del context
        begun = hearing.years_of(self)
        if not begun:
            text = _("Le dernier jour ne peut pas précéder le premier jour.")
            yield blocking("hearing.batteries_backwards", "last", text)
        elif self.years > begun:
            text = _("Cette période compte {begun} année(s). Corrigez le nombre d'années ou les dates.")
            yield blocking("hearing.years", "years", text, source=_FORM, begun=begun)


@register
class HearingAids(InvoiceForm):
    """300.001."""

    code = "300.001"
    edition = "2026-01"
    title = _("Appareillage auditif")
    official_titles: ClassVar[Titles] = {
        "fr": "Facture appareillage auditif (AVS et AI)",
        "de": "Rechnung Hörgeräteversorgung (AHV und IV)",
        "it": "Fattura apparecchi acustici (AVS e AI)",
        "en": "Invoice for hearing aids (OASI and DI)",
    }
    explanation = _("Forfaits pour appareils, réparations et piles.")
    family: ClassVar[Family] = Family.AIDS
    documents: ClassVar[Words] = _("Joignez la facture du fournisseur (PDF, JPG ou PNG).")
    list_label = _("Appareillage auditif")

    insurance: Annotated[Insurance, Kind("select"), Ask(_("Assurance"), width="medium")]
    device: Annotated[
        Device | None,
        Kind("select"),
        Ask(_("Forfait pour appareil"), _("Il ne dépend pas du prix payé et couvre les déplacements."), width="medium"),
    ] = None
    supply: Annotated[
        Supply | None, Kind("select"), Ask(_("Type d'appareillage"), width="medium", shown_if=_WITH_DEVICE, needed=True)
    ] = None
    seller: Annotated[ShortText, Ask(_("Vendeur, selon la facture"), shown_if=_WITH_DEVICE, needed=True)] = ""
    delivered_on: Annotated[
        SwissDate | None,
        Ask(_("Date de la remise, selon la facture"), width="date", shown_if=_WITH_DEVICE, needed=True),
    ] = None
    worn: Annotated[list[Worn], Field(max_length=2), Ask(_("Appareils"))] = []
    repairs: Annotated[list[Repair], Field(max_length=20), Ask(_("Réparations"))] = []
    batteries: Annotated[list[Batteries], Field(max_length=12), Ask(_("Piles"))] = []

    sections: ClassVar[tuple[Section, ...]] = (
        InvoiceForm.HEADER,
        Section(
            _("Nouvel appareillage"),
            ("insurance", "device", "supply", "seller", "delivered_on"),
            beside=(("insurance", "device"), ("supply", "delivered_on")),
        ),
        Section(_("Appareils"), ("worn",), _("Recommandé : marque, modèle, n° METAS et n° de série.")),
        Section(_("Réparations"), ("repairs",), _("Réparation par le fabricant, au forfait.")),
        Section(_("Piles"), ("batteries",), _("Un forfait par année.")),
        InvoiceForm.FOOTER,
    )

    def period(self) -> tuple[date, date]:
        """From the first to the last day of anything claimed."""
        starts = [*self._days(), *(row.first for row in self.batteries)]
        ends = [*self._days(), *(max(row.first, row.last) for row in self.batteries)]
        return (min(starts), max(ends)) if starts else (date.min, date.min)

    def last_service(self) -> date:
        """The lump sum for batteries is due from the first day of its year."""
        return max([*self._days(), *(row.first for row in self.batteries)], default=date.min)

    def _days(self) -> list[date]:
        delivered = [self.delivered_on] if self.delivered_on else []
        return [*delivered, *(repair.on for repair in self.repairs)]

    def period_place(self) -> str:
        """The latest day is the one in the future."""
        latest = self.last_service()
        for index, repair in enumerate(self.repairs):
            if repair.on == latest:
                return f"repairs-{index}-on"
        for index, row in enumerate(self.batteries):
            if row.first == latest:
                return f"batteries-{index}-first"
        return "delivered_on"

    def total_place(self) -> str:
        """Where something to be paid can be chosen."""
        return "device"

    def compute(self, context: Context) -> Computation:
        """The lump sums, at the rates of their days."""
        return hearing.compute(self, context)

    def uses(self, computation: Computation) -> tuple[Use, ...]:
        """Each lump sum on its own day."""
        days = {"device": self.delivered_on}
        days |= {f"repairs-{index}": repair.on for index, repair in enumerate(self.repairs)}
        days |= {f"batteries-{index}": row.first for index, row in enumerate(self.batteries)}
        return tuple(Use("amount", days[line.place] or self.period()[0], line.amount) for line in computation.lines)

    def tags(self) -> frozenset[str]:
        """Devices with their day, batteries with their period."""
        found = {hearing.batteries_tag(row.first, row.last) for row in self.batteries}
        if self.device and self.delivered_on:
            found.add(hearing.device_tag(self.device.value, self.delivered_on))
        return frozenset(found)

    @rule
    def something_is_claimed(self, context: Context) -> Iterator[Finding]:
        """One lump sum at least; with a device, who sold it, when, and whether it is the first."""
        del context
        if not (self.device or self.repairs or self.batteries):
            text = _("Choisissez un forfait pour appareil, ou saisissez une réparation ou des piles.")
            yield blocking("hearing.nothing", "device", text)
        if not self.device:
            return
        asked = (("supply", self.supply), ("seller", self.seller), ("delivered_on", self.delivered_on))
        for place, answer in asked:
            if not answer:
                text = _("Le champ {label} est obligatoire avec un forfait pour appareil.")
                yield blocking("hearing.device", place, text, label=self.asks()[place].label)

    @rule
    def device_is_of_the_insurance(self, context: Context) -> Iterator[Finding]:
        """909.03 under the AVS, all other devices under the AI."""
        del context
        if self.device and (self.device in _OF_AVS) != (self.insurance is Insurance.AVS):
            text = _("Ce forfait n'est pas de l'assurance choisie. Choisissez l'autre assurance ou un autre forfait.")
            yield blocking("hearing.insurance", "device", text, source=_FORM)
        if self.insurance is Insurance.AVS and (self.repairs or self.batteries):
            text = _("Le formulaire prévoit réparations et piles pour l'AI. Expliquez la demande à l'AVS.")
            yield warning("hearing.avs_extras", "insurance", text, source=_FORM)

    @rule
    def device_is_due(self, context: Context) -> Iterator[Finding]:
        """One lump sum in six years (AI), in five (AVS)."""
        if not (self.device and self.delivered_on):
            return
        years = hearing.YEARS[self.insurance]
        for other in hearing.earlier_devices(context):
            if other.on <= self.delivered_on < hearing.years_later(other.on, years):
                text = _("Un forfait pour appareil a été facturé le {day} ; il est dû tous les {years} ans. Expliquez.")
                yield warning(
                    "hearing.too_soon", "device", text, source=_OFTEN[self.insurance],
                    day=dates.format_date(other.on), years=years,
                )  # fmt: skip
                return

    @rule
    def devices_are_as_many_as_claimed(self, context: Context) -> Iterator[Finding]:
        """Two devices for a lump sum of one are a slip, and twice the same ear is one too."""
        del context
        sides = [row.side for row in self.worn]
        if len(set(sides)) < len(sides):
            text = _("Ce côté figure déjà sur l'autre ligne. Corrigez le côté.")
            yield blocking("hearing.side_twice", "worn-1-side", text)
        elif self.device in {Device.MONO, Device.AVS_MONO, Device.MINOR_MONO} and len(sides) > 1:
            text = _("Vous décrivez deux appareils, mais le forfait est celui d'un seul. Vérifiez-le.")
            yield warning("hearing.devices", "device", text)

    @rule
    def batteries_are_paid_once(self, context: Context) -> Iterator[Finding]:
        """No period twice, neither here nor on an earlier invoice."""
        forwards = [(index, row) for index, row in enumerate(self.batteries) if row.first <= row.last]
        here: list[dates.Period] = []
        before = list(hearing.earlier_batteries(context))
        for index, row in forwards:
            period = dates.Period(row.first, row.last)
            if any(period.overlaps(other) for other in here):
                text = _("Cette période recouvre une autre ligne : une année de piles ne se facture qu'une fois.")
                yield blocking("hearing.batteries_twice", f"batteries-{index}-first", text)
            elif any(period.overlaps(other) for other in before):
                text = _("Des piles ont déjà été facturées pour une partie de cette période. Vérifiez les dates.")
                yield warning("hearing.batteries_again", f"batteries-{index}-first", text, source=_FORM)
            here.append(period)

    @classmethod
    def example(cls) -> Self:
        """Two devices, and the batteries of the year before."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "insurance": "ai",
                "device": "909.02",
                "supply": "next",
                "seller": "Acoustique du Rhône SA",
                "delivered_on": "04.05.2026",
                "worn": [
                    {"side": "left", "brand": "Otion", "model": "Flux 3", "metas": "CH-H-0421", "serial": "L88120"},
                    {"side": "right", "brand": "Otion", "model": "Flux 3", "metas": "CH-H-0421", "serial": "R88121"},
                ],
                "repairs": [{"on": "11.02.2026", "tariff": "909.05", "maker": "Otion"}],
                "batteries": [{"tariff": "909.07", "years": "1", "first": "01.05.2025", "last": "30.04.2026"}],
            }
        )
