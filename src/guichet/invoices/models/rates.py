"""Rates an office entered, and who asked about duplicates. Both under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from guichet.accounts.models import Affiliation, Person
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


class TariffRateSet(models.QuerySet["TariffRate"]):
    """Rates as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """Administrators those of their insurer; nobody else any row (forms compute with all of them)."""
        if not actor.is_staff or actor.role != "administrator":
            return self.none()
        return self.filter(insurer=actor.insurer)


class TariffRate(models.Model):
    """A rate beside the published ones, valid from a day until the next rate of its code (INV-11).

    It may be corrected or withdrawn while no sent invoice was computed with it; then it stays as it is for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=24)  # of `kernel.tariffs`
    valid_from = models.DateField()
    amount = models.DecimalField(max_digits=8, decimal_places=2)  # CHF per unit of the code
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)  # first sending computed with it
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)  # withdrawn: kept, never applied

    objects: ClassVar[models.Manager[TariffRate]] = TariffRateSet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("insurer", "code", "valid_from"), condition=Q(closed_at=None), name="tariff_rate_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tariff_rate_positive"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(closed_at=None), name="tariff_rate_used_or_closed"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="tariff_rate_closed_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class DuplicateLook(models.Model):
    """An amount a sender asked about while another sender's invoice for the same person and days was there (INV-13).

    What another sender invoiced is told by equality only, and only for few different amounts a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    avs_number = models.CharField(max_length=13)
    form_code = models.CharField(max_length=12)
    amount = models.DecimalField(max_digits=12, decimal_places=2)  # CHF
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(F("affiliation"), F("avs_number"), F("at").desc(), name="duplicate_look_recent"),)
        constraints = (
            models.UniqueConstraint(
                fields=("affiliation", "avs_number", "form_code", "amount"), name="duplicate_look_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.form_code} {self.amount}"
