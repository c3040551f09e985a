"""What the office decided, how much of it may be used, and what every invoice took. Under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Person
from guichet.invoices.models.cases import Invoice, InvoiceVersion
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from datetime import date

    from guichet.accounts.access import Actor

TERMS: Final = {
    "night_flat": _("Forfait par nuit, CHF"),  # assistance contribution, RAI 39f al. 3
    "night_degree": _("Degré du forfait de nuit, 1 à 4"),
    "monthly_amount": _("Montant mensuel, CHF"),  # assistance contribution, RAI 39g al. 1
    "annual_factor": _("Montant annuel : facteur 12 ou 11"),  # RAI 39g al. 2
    "degree": _("Degré d'impotence : light, medium ou grave"),  # LAI 42ter
    "ssi": _("Supplément pour soins intenses : 0, 4, 6 ou 8 heures"),  # LAI 42ter al. 3
    "qualified": _("Prestations qualifiées accordées : oui ou vide"),  # RAI 39c let. e à g
    "limit_amount": _("Montant maximal par facture, CHF"),
    "limit_unit_price": _("Prix maximal par unité, CHF"),
}
"""The closed list of what a decision may fix beside its quotas; every value is text as the office typed it."""


class DecisionSet(models.QuerySet["OfficeDecision"]):
    """Decisions as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff with `review` all of their insurer; a sender none, only the balance of the number it typed."""
        return self.filter(insurer=actor.insurer) if actor.is_staff and actor.has("review") else self.none()


class OfficeDecision(models.Model):
    """A decision or communication as the office entered it (INV-10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=14)
    avs_number = models.CharField(max_length=13)
    last_name = models.CharField(max_length=80)
    first_name = models.CharField(max_length=80)
    search = models.CharField(max_length=180)  # name without accents and case, both orders
    forms = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # codes covered; empty: all
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # None: without end
    description = models.CharField(max_length=120, blank=True)
    terms = models.JSONField(default=dict)  # keys of `TERMS`
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[OfficeDecision]] = DecisionSet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("insurer", "avs_number"), name="office_decision_person"),
            models.Index(F("insurer"), F("entered_at").desc(), F("id").desc(), name="office_decision_list"),
        )
        constraints = (
            models.UniqueConstraint(fields=("insurer", "number"), name="office_decision_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="office_decision_runs_forward"
            ),
        )

    def __str__(self) -> str:
        return self.number


class QuotaKind(models.TextChoices):
    """What is counted; the values of `formtypes.base.Use.kind`."""

    AMOUNT = "amount", _("Montant (CHF)")
    HOURS = "hours", _("Heures")
    NIGHTS = "nights", _("Nuits")
    TRIPS = "trips", _("Trajets")
    DAYS = "days", _("Jours")


class QuotaPer(models.TextChoices):
    """How long a quota lasts before it begins anew."""

    MONTH = "month", _("par mois")
    YEAR = "year", _("par année")
    TOTAL = "total", _("au total")


class Quota(models.Model):
    """How much of one kind a decision grants in a month, a year or altogether."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(OfficeDecision, on_delete=models.PROTECT, related_name="quotas")
    kind = models.CharField(max_length=6, choices=QuotaKind)
    per = models.CharField(max_length=5, choices=QuotaPer)
    limit = models.DecimalField(max_digits=12, decimal_places=2)  # CHF, hours, nights, trips or days

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("decision", "kind", "per"), name="quota_once"),
            models.CheckConstraint(condition=Q(limit__gte=0), name="quota_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_per_display()}"

    def bucket(self, on: date) -> str:
        """Which of its balances a day belongs to: « 2026-11 », « 2026 » or « all »."""
        return {"month": f"{on:%Y-%m}", "year": f"{on:%Y}"}.get(self.per, "all")


class QuotaBalance(models.Model):
    """What of one month, year or all is reserved by invoices in review and consumed by accepted ones.

    Both counters move by one conditional UPDATE each; beyond the limit only with the sender's explanation.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="balances")
    bucket = models.CharField(max_length=7)
    reserved = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    consumed = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("quota", "bucket"), name="quota_balance_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0, consumed__gte=0), name="quota_balance_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.quota_id} {self.bucket}"


class LedgerAct(models.TextChoices):
    """What happened to a quantity: reserved → consumed or released; consumed → returned."""

    RESERVED = "reserved", _("Réservé")
    CONSUMED = "consumed", _("Consommé")
    RELEASED = "released", _("Libéré")
    RETURNED = "returned", _("Restitué")


class LedgerEntry(models.Model):
    """One line of what an invoice took; the database refuses to change or delete it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="ledger")
    version = models.ForeignKey(InvoiceVersion, on_delete=models.PROTECT, related_name="+")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="entries")
    bucket = models.CharField(max_length=7)
    act = models.CharField(max_length=8, choices=LedgerAct)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    over = models.BooleanField(default=False)  # beyond the limit, and the sender explained why
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("invoice", "at"), name="ledger_of_invoice"),
            models.Index(fields=("quota", "bucket", "at"), name="ledger_of_quota"),
        )
        constraints = (models.CheckConstraint(condition=Q(quantity__gt=0), name="ledger_positive"),)

    def __str__(self) -> str:
        return f"{self.act} {self.quantity}"
