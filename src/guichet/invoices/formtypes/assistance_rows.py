"""The lines of 318.536: who worked, and whose pay went on (RAI 39h)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints

from guichet.formspec.declare import Ask, Kind, Row, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.types import Amount, Count, ShortText, SwissDate, Tick
from guichet.kernel import dates, identifiers, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.invoices.formtypes.base import Context
    from guichet.kernel.findings import Finding

_MOST_HOURS: Final = Decimal(744)  # of a month of 31 days
_LONGEST: Final = 3  # months of pay without work (RAI 39h)
_CERTIFICATE_FROM: Final = 4  # day of the absence
_WEEK: Final = timedelta(days=7)

BERNE_SCALE: Final = ((1, 3), (2, 4), (4, 9), (9, 13))
"""Years of service (up to) → weeks of pay: Berne scale of CO 324a; from the tenth year more than the three months of
RAI 39h."""


def _hours(value: Any) -> Any:
    """Hours with two decimals, 12.25 or 12,25; nothing typed is no hours."""
    return money.parse_number(value, places=2, largest=_MOST_HOURS) if isinstance(value, str) else value


def _identity(value: Any) -> Any:
    """An AVS number, or the date of birth where there is none yet; both as they are printed."""
    if not isinstance(value, str) or not value.strip():
        return value
    if value.strip().startswith("756"):
        return identifiers.format_avs(identifiers.parse_avs(value))
    return dates.format_date(dates.parse_birth_date(value, today=timezone.localdate()))


Hours = Annotated[Decimal, BeforeValidator(_hours), PlainSerializer(str, return_type=str), Kind("decimal")]
Identity = Annotated[str, BeforeValidator(_identity), StringConstraints(min_length=1, max_length=16), Kind("text")]


class Assistant(Row):
    """What one assistant worked and was paid in the month."""

    beside = (("name", "identity"), ("standard", "qualified"), ("nights", "pay"))

    name: Annotated[ShortText, Field(min_length=1), Ask(_("Nom et prénom"))]
    identity: Annotated[Identity, Ask(_("N° AVS ou date de naissance"), width="medium")]
    standard: Annotated[Hours | None, Ask(_("Heures standard"), width="short")] = None
    qualified: Annotated[Hours | None, Ask(_("Heures qualifiées"), width="short")] = None
    nights: Annotated[Count, Field(ge=0, le=31), Ask(_("Nuits"), width="npa")] = 0
    pay: Annotated[Amount, Ask(_("Salaire brut versé"), width="short")]

    @property
    def hours(self) -> Decimal:
        """Of both kinds."""
        return (self.standard or money.ZERO) + (self.qualified or money.ZERO)


class Cause(TextChoices):
    """Why the pay went on without work (RAI 39h al. 1 and 2)."""

    ILLNESS = "illness", _("Maladie")
    ACCIDENT = "accident", _("Accident")
    MATERNITY = "maternity", _("Maternité")
    SERVICE = "service", _("Service obligatoire")
    INSURED = "insured", _("Empêchement de la personne assurée")


_ATTESTED = frozenset({Cause.ILLNESS, Cause.ACCIDENT, Cause.MATERNITY})


class SickPay(Row):
    """Pay that went on without work."""

    beside = (("name", "cause"), ("contract", "since", "until"), ("hours", "insurance"))

    name: Annotated[ShortText, Field(min_length=1), Ask(_("Assistant"))]
    cause: Annotated[Cause, Kind("select"), Ask(_("Motif"))]
    contract: Annotated[SwissDate, Ask(_("Début du contrat de travail"), width="date")]
    since: Annotated[SwissDate, Ask(_("Absence du"), width="date")]
    until: Annotated[SwissDate, Ask(_("au"), width="date")]
    hours: Annotated[Hours, Ask(_("Heures payées ce mois"), width="short")]
    insurance: Annotated[Amount | None, Ask(_("Prestations d'assurance, déduites"), width="short")] = None
    certificate: Annotated[Tick, Ask(_("Le certificat médical est joint"), _("Dès le 4e jour d'absence."))] = False

    @property
    def days(self) -> int:
        """Length of the absence, first and last day included."""
        return (self.until - self.since).days + 1

    @rule
    def runs_forward(self, context: Context) -> Iterator[Finding]:
        """Contract, first day, last day."""
        del context
        if self.until < self.since:
            yield blocking(
                "assistance.sick_backwards", "until", _("Le dernier jour ne peut pas précéder le premier jour.")
            )
        if self.contract > self.since:
            yield blocking("assistance.contract", "contract", _("Le contrat commence après l'absence."))

    @rule
    def contract_is_old_enough(self, context: Context) -> Iterator[Finding]:
        """For contracts of more than three months (RAI 39h al. 1)."""
        del context
        if self.contract <= self.since < _after(self.contract, _LONGEST):
            yield warning(
                "assistance.contract_young",
                "contract",
                _("Le contrat dure depuis moins de trois mois au début de l'absence."),
                source="RAI 39h al. 1",
            )

    @rule
    def lasts_three_months_at_most(self, context: Context) -> Iterator[Finding]:
        """Then insurance takes over."""
        del context
        if self.until >= _after(self.since, _LONGEST):
            yield warning(
                "assistance.sick_long",
                "until",
                _("Le salaire n'est remboursé que pendant trois mois au plus."),
                source="RAI 39h al. 1",
            )

    @rule
    def keeps_to_the_berne_scale(self, context: Context) -> Iterator[Finding]:
        """The longer the service, the longer the pay (CO 324a); not for absences the insured person causes."""
        del context
        weeks = self._weeks()
        if weeks and self.cause is not Cause.INSURED and timedelta(days=self.days) > weeks * _WEEK:
            yield warning(
                "assistance.berne_scale",
                "until",
                _("L'absence dépasse les {weeks} semaines de l'échelle bernoise pour cette durée de service."),
                source="CO 324a",
                weeks=weeks,
            )

    def _weeks(self) -> int:
        year = self.since.year - self.contract.year + 1
        if (self.since.month, self.since.day) < (self.contract.month, self.contract.day):
            year -= 1
        return next((weeks for most, weeks in BERNE_SCALE if year <= most), 0)

    @rule
    def is_attested(self, context: Context) -> Iterator[Finding]:
        """A medical certificate from the fourth day on."""
        if self.cause not in _ATTESTED or self.days < _CERTIFICATE_FROM:
            return
        if not self.certificate or not context.attachments:
            yield blocking(
                "assistance.certificate",
                "certificate",
                _("Dès le 4e jour, joignez le certificat médical et cochez cette case."),
                source="RAI 39h",
            )


def _after(day: date, months: int) -> date:
    """The same day some months later, or the first of the month after if there is none."""
    month = dates.month_start(day)
    for _month in range(months):
        month = dates.month_end(month) + timedelta(days=1)
    try:
        return month.replace(day=day.day)
    except ValueError:
        return dates.month_end(month) + timedelta(days=1)
