"""318.536 Contribution d'assistance: one month of an insured person as employer (RAI 39c–39i; domain page § 2.8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from guichet.formspec.declare import Ask, Kind, Section, Titles, Words, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.registry import register
from guichet.formspec.types import Amount, Count, LongText, SwissDate, Tick
from guichet.invoices.formtypes import assistance
from guichet.invoices.formtypes.assistance_rows import Assistant, SickPay
from guichet.invoices.formtypes.base import Computation, Context, Family, InvoiceForm, Use
from guichet.kernel import dates, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.kernel.findings import Finding

_LONGEST_ACUTE = 90  # days (domain page § 2.8)
_OLDEST = 12  # months after the month of the services
_MONTHLY_CAP = 3, 2  # 150 % of the decided monthly amount


class Month(TextChoices):
    """As the paper form asks."""

    JANUARY = "01", _("janvier")
    FEBRUARY = "02", _("février")
    MARCH = "03", _("mars")
    APRIL = "04", _("avril")
    MAY = "05", _("mai")
    JUNE = "06", _("juin")
    JULY = "07", _("juillet")
    AUGUST = "08", _("août")
    SEPTEMBER = "09", _("septembre")
    OCTOBER = "10", _("octobre")
    NOVEMBER = "11", _("novembre")
    DECEMBER = "12", _("décembre")


class NightDegree(TextChoices):
    """How much help a night takes (RAI 39f al. 3; CCA 2022)."""

    ONE = "1", _("Degré 1 : aide ponctuelle")
    TWO = "2", _("Degré 2 : au moins 4 nuits par semaine")
    THREE = "3", _("Degré 3 : au moins une fois chaque nuit")
    FOUR = "4", _("Degré 4 : au moins deux heures chaque nuit")


class Shared(TextChoices):
    """If the same assistant watches over several insured persons (CCA 1.7.2023)."""

    TWO = "2", _("Deux personnes (−10 %)")
    THREE = "3", _("Trois personnes (−20 %)")


@register
class Assistance(InvoiceForm):
    """318.536."""

    code = "318.536"
    edition = "2026-01"
    title = _("Contribution d'assistance")
    explanation = _("Heures, nuits et salaires des assistants d'un mois.")
    family = Family.ALLOWANCES
    list_label = _("Contribution d'assistance")
    official_titles: ClassVar[Titles] = {
        "fr": "Facture pour la contribution d'assistance",
        "de": "Rechnung Assistenzbeitrag",
        "it": "Fattura per il contributo per l'assistenza",
        "en": "Invoice for the assistance contribution",
    }
    documents: ClassVar[Words] = _("Joignez les décomptes de salaire et le relevé des heures (PDF, JPG ou PNG).")

    year: Annotated[Count, Field(ge=2012, le=2100), Ask(_("Année"), width="npa")]
    month: Annotated[Month, Kind("select"), Ask(_("Mois"), width="medium")]
    assistants: Annotated[list[Assistant], Field(min_length=1, max_length=30), Ask(_("Assistants"))]
    night_degree: Annotated[
        NightDegree | None, Kind("select"), Ask(_("Degré du forfait de nuit"), _("Selon la décision."))
    ] = None
    night_amount: Annotated[
        Amount | None,
        Ask(
            _("Forfait par nuit selon la décision"),
            _("À laisser vide si l'office a saisi votre décision."),
            width="short",
        ),
    ] = None
    night_shared: Annotated[
        Shared | None,
        Kind("select"),
        Ask(
            _("Personnes assurées aidées la même nuit"),
            _("Seulement si le même assistant en aide plusieurs."),
            width="medium",
        ),
    ] = None
    unused_nights: Annotated[
        Annotated[Count, Field(ge=0, le=31)] | None,
        Ask(
            _("Forfaits de nuit non utilisés, convertis en heures de jour"),
            _("Nombre de nuits. Ces heures s'ajoutent à celles des assistants : ne les comptez pas deux fois."),
            width="npa",
        ),
    ] = None
    sick_pay: Annotated[list[SickPay], Field(max_length=30), Ask(_("Poursuite du versement du salaire"))] = []
    acute_from: Annotated[SwissDate | None, Ask(_("Phase aiguë, du"), width="date")] = None
    acute_to: Annotated[SwissDate | None, Ask(_("au"), width="date")] = None
    acute_attested: Annotated[Tick, Ask(_("L'attestation médicale de la phase aiguë est jointe"))] = False
    advance: Annotated[
        Amount | None, Ask(_("Avance déjà versée"), _("Déduite du total de ce mois."), width="short")
    ] = None
    unbilled: Annotated[
        LongText, Ask(_("Prestations non facturées ou bénévoles"), _("Pour information : qui, combien d'heures."))
    ] = ""

    sections: ClassVar[tuple[Section, ...]] = (
        InvoiceForm.HEADER,
        Section(_("Mois des prestations"), ("year", "month"), beside=(("year", "month"),)),
        Section(_("Assistants"), ("assistants",), _("Les heures effectives du mois, un assistant par ligne.")),
        Section(
            _("Forfaits de nuit"),
            ("night_degree", "night_amount", "night_shared", "unused_nights"),
            beside=(("night_degree", "night_amount"),),
        ),
        Section(
            _("Poursuite du versement du salaire"),
            ("sick_pay",),
            _("Seulement si un assistant n'a pas pu travailler (RAI 39h) : trois mois au plus."),
        ),
        Section(
            _("Phase aiguë"),
            ("acute_from", "acute_to", "acute_attested"),
            _("Seulement en cas d'impotence faible : 90 jours consécutifs au plus, attestés par un médecin."),
            beside=(("acute_from", "acute_to"),),
        ),
        Section(_("Autres indications"), ("advance", "unbilled")),
        InvoiceForm.FOOTER,
    )

    def period(self) -> tuple[date, date]:
        """The calendar month (RAI 39i al. 1: invoiced by month)."""
        first = date(self.year, int(self.month), 1)
        return first, dates.month_end(first)

    def period_place(self) -> str:
        """The month is what is wrong with the period."""
        return "month"

    def total_place(self) -> str:
        """The assistants make the total."""
        return "assistants"

    def compute(self, context: Context) -> Computation:
        """Hours, nights, converted nights and sick pay by the rates of the month (RAI 39f)."""
        return assistance.compute(self, context)

    def uses(self, computation: Computation) -> tuple[Use, ...]:
        """Hours, nights and money of the month."""
        first = self.period()[0]
        counted = (
            ("hours", sum((one.hours for one in self.assistants), start=money.ZERO)),
            ("nights", assistance.nights(self)),
            ("amount", computation.total),
        )
        return tuple(Use(kind, first, quantity) for kind, quantity in counted if quantity)

    @rule
    def month_is_recent(self, context: Context) -> Iterator[Finding]:
        """Twelve months at most, counted to the first sending: a correction asked later is not late."""
        due = dates.month_end(self.period()[1].replace(year=self.year + 1, day=1))
        if (context.first_sent_on or context.today) > due:
            yield blocking(
                "assistance.too_old",
                "month",
                _("Ce mois date de plus de {months} mois : il ne peut plus être facturé."),
                source="RAI 39i",
                months=_OLDEST,
            )

    @rule
    def nights_fit_the_month(self, context: Context) -> Iterator[Finding]:
        """Nights used and nights converted are nights of this month, each once."""
        del context
        most = self.period()[1].day
        if assistance.nights(self) + (self.unused_nights or 0) > most:
            yield blocking(
                "assistance.nights",
                "unused_nights" if self.unused_nights else "assistants",
                _("Ce mois a {most} nuits : vérifiez les nuits des assistants et les nuits converties."),
                most=most,
            )

    @rule
    def nights_have_their_flat_rate(self, context: Context) -> Iterator[Finding]:
        """Strictly the flat rate of the decision, never more than the dated maximum (RAI 39f al. 3)."""
        yield from assistance.judge_flat_rate(self, context)

    @rule
    def qualified_hours_are_granted(self, context: Context) -> Iterator[Finding]:
        """Only for what RAI 39c let. e to g name."""
        granted = context.granted
        if granted is None or granted.terms.get("qualified") or not any(one.qualified for one in self.assistants):
            return
        yield warning(
            "assistance.qualified",
            "assistants",
            _("La décision n'accorde pas de prestations qualifiées."),
            source="RAI 39c let. e–g",
        )

    @rule
    def assistants_did_something(self, context: Context) -> Iterator[Finding]:
        """A line without hours or nights is somebody whose pay went on."""
        del context
        away = {one.name.casefold() for one in self.sick_pay}
        for index, one in enumerate(self.assistants):
            if not (one.hours or one.nights or one.name.casefold() in away):
                yield blocking(
                    "assistance.idle", f"assistants-{index}-standard", _("Indiquez les heures ou les nuits.")
                )

    @rule
    def absences_touch_the_month(self, context: Context) -> Iterator[Finding]:
        """Pay of this month for an absence in this month."""
        del context
        first, last = self.period()
        for index, one in enumerate(self.sick_pay):
            if one.since <= one.until and (one.until < first or one.since > last):
                yield blocking(
                    "assistance.sick_month",
                    f"sick_pay-{index}-since",
                    _("Cette absence est en dehors du mois facturé."),
                )

    @rule
    def acute_phase_is_attested(self, context: Context) -> Iterator[Finding]:
        """Attested by a doctor, 90 consecutive days at most (domain page § 2.8)."""
        del context
        if self.acute_from is None and self.acute_to is None:
            return
        if self.acute_from is None or self.acute_to is None:
            place = "acute_to" if self.acute_to is None else "acute_from"
            yield blocking("assistance.acute_end", place, _("Indiquez le premier et le dernier jour."))
            return
        if self.acute_to < self.acute_from:
            yield blocking(
                "assistance.acute_backwards", "acute_to", _("Le dernier jour ne peut pas précéder le premier jour.")
            )
        elif self.acute_to - self.acute_from >= timedelta(days=_LONGEST_ACUTE):
            yield warning(
                "assistance.acute_long",
                "acute_to",
                _("La phase aiguë dure plus de {most} jours : annoncez ce changement à l'office."),
                source="RAI 39c",
                most=_LONGEST_ACUTE,
            )
        if not self.acute_attested:
            yield blocking(
                "assistance.acute_attested", "acute_attested", _("Joignez l'attestation médicale et cochez cette case.")
            )

    @rule
    def caps_are_kept(self, context: Context) -> Iterator[Finding]:
        """150 % of the monthly amount; 12 or 11 monthly amounts a year (RAI 39g al. 2; KSAB 6041–6048)."""
        yield from assistance.judge_caps(self, context, _MONTHLY_CAP)

    @classmethod
    def example(cls) -> Self:
        """A month of two assistants with nights."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "year": "2026",
                "month": "02",
                "assistants": [
                    {
                        "name": "Inès Modèle",
                        "identity": "756.9999.0000.17",
                        "standard": "42.5",
                        "nights": "8",
                        "pay": "2620.00",
                    },
                    {"name": "Paul Modèle", "identity": "03.04.1990", "standard": "16", "pay": "510.40"},
                ],
                "night_degree": "3",
                "night_amount": "116.55",
                "unused_nights": "2",
            }
        )
