"""318.632.2 Allocation pour impotent et supplément pour soins intenses (LAI 42bis, 42ter; domain page § 2.6)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from guichet.formspec.declare import Ask, Kind, Row, Section, Titles, Words, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.registry import register
from guichet.formspec.types import Count, Month, ShortText, SwissDate, Tick
from guichet.invoices.formtypes import minors
from guichet.invoices.formtypes.base import Computation, Context, Family, InvoiceForm, Use
from guichet.kernel import dates
from guichet.kernel.months import parse_month

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.kernel.findings import Finding

_MOST_AWAY: Final = 15  # nights in a calendar month; with more the child does not mainly live at home
_LONGEST: Final = 3  # months of a period
_HOSPITAL: Final = "LAI 42bis al. 4"
_DECISION: Final = "Décision de l'office"


class Degree(TextChoices):
    """Degree of helplessness (LAI 42ter al. 1); the values of the decision's term `degree`."""

    LIGHT = "light", _("faible")
    MEDIUM = "medium", _("moyenne")
    GRAVE = "grave", _("grave")


class Supplement(TextChoices):
    """Hours of care a day (LAI 42ter al. 3); the values of the decision's term `ssi`."""

    NONE = "0", _("aucun")
    FOUR = "4", _("4 heures au moins")
    SIX = "6", _("6 heures au moins")
    EIGHT = "8", _("8 heures au moins")


class Where(TextChoices):
    """Where the child slept if not at home; the names of the columns of a month."""

    INSTITUTION = "institution", _("Institution (assurance sociale)")
    OWN_COST = "own_cost", _("Home (frais de la famille)")
    HOSPITAL = "hospital", _("Hôpital")


class MonthLine(Row):
    """Where the child slept in a month; the nights add up to the days of the month."""

    month: Annotated[Month, Ask(_("Mois"), _("Par exemple 05.2026."), width="short")]
    home: Annotated[Count, Field(ge=0, le=31), Ask(_("Nuits à domicile"), width="npa")]
    institution: Annotated[Count, Field(ge=0, le=31), Ask(_("En institution"), width="npa")] = 0
    own_cost: Annotated[Count, Field(ge=0, le=31), Ask(_("En home, aux frais de la famille"), width="npa")] = 0
    hospital: Annotated[Count, Field(ge=0, le=31), Ask(_("À l'hôpital"), width="npa")] = 0

    @property
    def first(self) -> date:
        """The first day of the month."""
        return parse_month(self.month)

    @property
    def away(self) -> int:
        """Nights not spent at home."""
        return self.institution + self.own_cost + self.hospital


class Absence(Row):
    """A stay away from home, night by night."""

    first: Annotated[SwissDate, Ask(_("Première nuit"), width="date")]
    last: Annotated[SwissDate, Ask(_("Dernière nuit"), width="date")]
    where: Annotated[Where, Kind("select"), Ask(_("Lieu"))]
    name: Annotated[ShortText, Field(min_length=1), Ask(_("Nom de l'institution"))]

    def nights(self) -> Iterator[date]:
        """Every night of the stay."""
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)

    @rule
    def runs_forward(self, context: Context) -> Iterator[Finding]:
        """The last night is not before the first."""
        del context
        if self.last < self.first:
            text = _("La dernière nuit ne peut pas précéder la première.")
            yield blocking("minors.absence_backwards", "last", text)


@register
class MinorAllowance(InvoiceForm):
    """318.632.2."""

    code = "318.632.2"
    edition = "2026-01"
    title = _("Allocation pour impotent et supplément pour soins intenses, mineurs")
    official_titles: ClassVar[Titles] = {
        "fr": "Allocation pour impotent (API) et supplément pour soins intenses (SSI) pour mineurs",
        "de": "Rechnung Hilflosenentschädigung und Intensivpflegezuschlag für Minderjährige",
        "it": "Assegno per grandi invalidi e supplemento per cure intensive per minorenni",
        "en": "Helplessness allowance and intensive care supplement for minors",
    }
    explanation = _("API et SSI par jour, selon les nuits à domicile.")
    family: ClassVar[Family] = Family.ALLOWANCES
    documents: ClassVar[Words] = _(
        "Joignez l'attestation de l'institution ou la confirmation de l'hôpital (PDF, JPG ou PNG)."
    )
    list_label = _("API et SSI")

    period_from: Annotated[SwissDate, Ask(_("Période de facturation, du"), width="date")]
    period_to: Annotated[SwissDate, Ask(_("au"), _("Un mois ou un trimestre."), width="date")]
    degree: Annotated[Degree, Kind("select"), Ask(_("Degré d'impotence"), _("Selon la décision."), width="medium")]
    ssi: Annotated[
        Supplement,
        Kind("select"),
        Ask(_("Supplément pour soins intenses"), _("Selon la décision."), width="medium"),
    ]
    months: Annotated[list[MonthLine], Field(min_length=1, max_length=_LONGEST), Ask(_("Nuits par mois"))]
    absences: Annotated[list[Absence], Field(max_length=62), Ask(_("Détail des absences"))] = []
    hospital_confirmed: Annotated[
        Tick,
        Ask(
            _("L'hôpital confirme que la présence d'un parent était nécessaire"),
            _("Joignez la confirmation : ces jours comptent alors comme à domicile."),
        ),
    ] = False
    assistance: Annotated[Tick, Ask(_("Une contribution d'assistance est en cours"))] = False
    changed: Annotated[Tick, Ask(_("Changement de domicile ou d'institution"))] = False
    changed_text: Annotated[ShortText, Ask(_("Depuis quand, et où"))] = ""

    sections: ClassVar[tuple[Section, ...]] = (
        InvoiceForm.HEADER,
        Section(
            _("Période et droit"),
            ("period_from", "period_to", "degree", "ssi"),
            _("Une seule décision et un seul degré par période."),
            beside=(("period_from", "period_to"), ("degree", "ssi")),
        ),
        Section(
            _("Nuits par mois"),
            ("months",),
            _(
                "Un jour compte si l'enfant a dormi à domicile. En institution : à la charge d'une assurance sociale. "
                "Les nuits d'un mois font ensemble ses jours."
            ),
        ),
        Section(_("Détail des absences"), ("absences",), _("Chaque séjour hors du domicile.")),
        Section(_("À annoncer"), ("hospital_confirmed", "assistance", "changed", "changed_text")),
        InvoiceForm.FOOTER,
    )

    def period(self) -> tuple[date, date]:
        """The period as typed."""
        return self.period_from, self.period_to

    def period_place(self) -> str:
        """The end is what may lie in the future."""
        return "period_to"

    def total_place(self) -> str:
        """The months make the total."""
        return "months"

    def needs_document(self) -> bool:
        """Nights at home need no paper; all others do."""
        return any(month.away for month in self.months)

    def compute(self, context: Context) -> Computation:
        """Days × (allowance + supplement), at the rates of each month."""
        return minors.compute(self, context)

    def uses(self, computation: Computation) -> tuple[Use, ...]:
        """Days and money by month."""
        return minors.uses(self, computation)

    def tags(self) -> frozenset[str]:
        """Degree, supplement, the months, and whether the child was mostly away in one of them."""
        found = {f"api:{self.degree.value}", f"ssi:{self.ssi.value}"}
        found |= {f"month:{month.first:%Y-%m}" for month in self.months}
        if any(month.institution + month.own_cost > _MOST_AWAY for month in self.months):
            found.add("mostly-away")
        return frozenset(found)

    def _days(self) -> dict[date, int]:
        """Days of the period by month; nothing if it runs backwards."""
        if self.period_to < self.period_from:
            return {}
        period = dates.Period(self.period_from, self.period_to)
        return {
            month: (min(dates.month_end(month), self.period_to) - max(month, self.period_from)).days + 1
            for month in period.months()
        }

    @rule
    def period_is_a_month_or_a_quarter(self, context: Context) -> Iterator[Finding]:
        """Offices ask for one or the other; the longest is a quarter."""
        if self.period_to < self.period_from:
            text = _("Le dernier jour ne peut pas précéder le premier jour.")
            yield blocking("invoice.period_backwards", "period_to", text)
            return
        first, last = dates.month_start(self.period_from), dates.month_start(self.period_to)
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        if count > _LONGEST:
            text = _("Facturez au plus trois mois à la fois : répartissez la période sur plusieurs factures.")
            yield blocking("minors.period_long", "period_to", text)
        elif context.billing_rhythm == "month" and count > 1:
            text = _("Cet office demande une facture par mois. Raccourcissez la période ou dites pourquoi.")
            yield warning("minors.rhythm", "period_to", text)
        elif context.billing_rhythm == "quarter" and (count < _LONGEST or first.month % _LONGEST != 1):
            text = _("Cet office demande une facture par trimestre civil. Complétez la période ou dites pourquoi.")
            yield warning("minors.rhythm", "period_to", text)

    @rule
    def nights_fill_the_months(self, context: Context) -> Iterator[Finding]:
        """Home, home or institution, and hospital are together the days of the month, once for each month."""
        del context
        days = self._days()
        seen: set[date] = set()
        for index, month in enumerate(self.months):
            place = f"months-{index}"
            if days and month.first not in days:
                text = _("Ce mois est en dehors de la période de la facture. Corrigez l'un ou l'autre.")
                yield blocking("minors.month_outside", f"{place}-month", text)
            elif month.first in seen:
                text = _("Ce mois figure déjà sur une autre ligne : réunissez les deux.")
                yield blocking("minors.month_twice", f"{place}-month", text)
            elif days and month.home + month.away != days[month.first]:
                text = _(
                    "{month} compte {days} jours dans la période, vous en avez réparti {given}. Corrigez les nuits."
                )
                yield blocking(
                    "minors.nights", f"{place}-home", text,
                    month=month.month, days=days[month.first], given=month.home + month.away,
                )  # fmt: skip
            seen.add(month.first)
        for missing in sorted(set(days) - seen)[:1] if len(days) <= _LONGEST else ():
            text = _("Ajoutez une ligne pour le mois {month}, qui fait partie de la période.")
            yield blocking("minors.month_missing", "months", text, month=f"{missing:%m.%Y}")

    @rule
    def child_lives_at_home(self, context: Context) -> Iterator[Finding]:
        """More than 15 nights in a home in a month: the office looks at it (never a silent zero)."""
        del context
        for index, month in enumerate(self.months):
            nights = month.institution + month.own_cost
            if nights > _MOST_AWAY:
                text = _(
                    "Plus de {most} nuits en home en {month} : l'office examinera le droit. Expliquez la situation."
                )
                place = f"months-{index}-institution"
                yield warning(
                    "minors.mostly_away", place, text, source="LAI 42bis", most=_MOST_AWAY, month=month.month
                )  # fmt: skip

    @rule
    def hospital_is_confirmed(self, context: Context) -> Iterator[Finding]:
        """In hospital the allowance goes on only if the parents are needed there."""
        del context
        nights = sum(month.hospital for month in self.months)
        if nights and not self.hospital_confirmed:
            text = _(
                "{nights} nuits à l'hôpital ne sont pas comptées. Si la présence d'un parent était nécessaire, "
                "cochez-le sous « À annoncer » et joignez la confirmation de l'hôpital."
            )
            yield warning("minors.hospital", "months", text, source=_HOSPITAL, nights=nights)
        if self.hospital_confirmed and not nights:
            text = _("Indiquez les nuits à l'hôpital, ou décochez la confirmation.")
            yield blocking("minors.hospital_none", "hospital_confirmed", text)

    @rule
    def absences_lie_in_the_period(self, context: Context) -> Iterator[Finding]:
        """Each inside the period, no two on the same night."""
        del context
        taken: set[date] = set()
        for index, absence in enumerate(self.absences):
            if absence.last < absence.first or absence.last - absence.first > timedelta(days=400):
                continue  # the line says so itself, or it lies outside in any case
            nights = set(absence.nights())
            if nights & taken:
                text = _("Cette absence recouvre une autre ligne : chaque nuit ne compte qu'une fois.")
                yield blocking("minors.absence_twice", f"absences-{index}-first", text)
            taken |= nights
        for index, absence in enumerate(self.absences):
            if absence.first < self.period_from or absence.last > self.period_to:
                text = _("Cette absence dépasse la période de la facture. Limitez-la à la période.")
                yield blocking("minors.absence_outside", f"absences-{index}-first", text)

    @rule
    def absences_are_those_of_the_months(self, context: Context) -> Iterator[Finding]:
        """The detail and the table say the same."""
        del context
        if any(month.away for month in self.months) and not self.absences:
            text = _("Détaillez les absences : première et dernière nuit, lieu, institution.")
            yield blocking("minors.absences_missing", "absences", text)
            return
        if any(one.last - one.first > timedelta(days=400) for one in self.absences):
            return
        detailed = Counter((f"{night:%m.%Y}", one.where.value) for one in self.absences for night in one.nights())
        for index, month in enumerate(self.months):
            for where in Where.values:
                given, told = getattr(month, where), detailed[month.month, where]
                if given != told:
                    text = _("{month} : {given} nuits dans le tableau, {told} dans le détail des absences. Vérifiez.")
                    place = f"months-{index}-{where}"
                    yield warning(
                        "minors.absences_differ", place, text, month=month.month, given=given, told=told
                    )  # fmt: skip

    @rule
    def change_is_described(self, context: Context) -> Iterator[Finding]:
        """A change is announced with its day."""
        del context
        if self.changed and not self.changed_text:
            text = _("Indiquez depuis quand et où l'enfant habite ou séjourne.")
            yield blocking("minors.change", "changed_text", text)

    @rule
    def decision_says_the_same(self, context: Context) -> Iterator[Finding]:
        """Degree and supplement as the office decided them, if it entered them."""
        terms = context.granted.terms if context.granted else {}
        if terms.get("degree") in Degree.values and terms["degree"] != self.degree:
            text = _("La décision accorde une impotence {granted}. Corrigez le degré ou expliquez l'écart.")
            yield warning("minors.degree", "degree", text, source=_DECISION, granted=Degree(terms["degree"]).label)
        if terms.get("ssi") in Supplement.values and terms["ssi"] != self.ssi:
            text = _("La décision accorde comme supplément : {granted}. Corrigez-le ou expliquez l'écart.")
            yield warning("minors.ssi", "ssi", text, source=_DECISION, granted=Supplement(terms["ssi"]).label)

    @classmethod
    def example(cls) -> Self:
        """Two months with a confirmed week in hospital and a weekend of relief."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "beneficiary",
                "decision": "32320260001234",
                "period_from": "01.03.2026",
                "period_to": "30.04.2026",
                "degree": "medium",
                "ssi": "4",
                "months": [
                    {"month": "03.2026", "home": "24", "hospital": "7"},
                    {"month": "04.2026", "home": "28", "institution": "2"},
                ],
                "absences": [
                    {"first": "09.03.2026", "last": "15.03.2026", "where": "hospital", "name": "Hôpital de Sion"},
                    {"first": "18.04.2026", "last": "19.04.2026", "where": "institution", "name": "Foyer Les Cytises"},
                ],
                "hospital_confirmed": "on",
            }
        )
