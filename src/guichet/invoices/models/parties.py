"""Insured persons as a company knows them. All tables belong to one insurer, under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Affiliation
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


class Sex(models.TextChoices):
    """As in the AVS register."""

    MALE = "m", _("Masculin")
    FEMALE = "f", _("Féminin")


class BeneficiarySet(models.QuerySet["Beneficiary"]):
    """Beneficiaries as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """A partner sees those of its affiliation; staff none directly (only through an invoice)."""
        if actor.affiliation is None:
            return self.none()
        return self.filter(affiliation=actor.affiliation, archived_at=None)


class Beneficiary(models.Model):
    """An insured person for whom a partner invoices (INV-03, INV-04)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    last_name = models.CharField(max_length=80)
    first_name = models.CharField(max_length=80)
    street = models.CharField(max_length=70)
    house_no = models.CharField(max_length=16, blank=True)
    postcode = models.CharField(max_length=16)
    town = models.CharField(max_length=35)
    country = models.CharField(max_length=2, default="CH")
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex)
    avs_number = models.CharField(max_length=13)
    representative_name = models.CharField(max_length=120, blank=True)
    representative_address = models.CharField(max_length=140, blank=True)
    payment_reference = models.CharField(max_length=27, blank=True)  # QRR, used with the company's QR-IBAN
    iban = models.CharField(max_length=34, blank=True)
    holder = models.CharField(max_length=70, blank=True)  # of the account, if not the beneficiary
    power_of_attorney = models.ForeignKey(
        StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    power_of_attorney_name = models.CharField(max_length=120, blank=True)
    search = models.CharField(max_length=180)  # name without accents and case, both orders
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Beneficiary]] = BeneficiarySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("affiliation", "last_name", "first_name", "id"), name="beneficiary_list"),
            models.Index(fields=("affiliation", "avs_number"), name="beneficiary_avs"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("affiliation", "avs_number"), condition=Q(archived_at=None), name="beneficiary_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}"


class Decision(models.Model):
    """A decision number saved at a beneficiary (INV-04); archived once used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.CASCADE, related_name="decisions")
    number = models.CharField(max_length=14)
    description = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("beneficiary", "number"), condition=Q(archived_at=None), name="decision_once"
            ),
        )

    def __str__(self) -> str:
        return self.number
