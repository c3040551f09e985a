"""The hand-over to the Centrale. Under row-level security."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from guichet.accounts.models import Person
from guichet.invoices.models.cases import Invoice, InvoiceVersion
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer


class Batch(models.Model):
    """One hand-over of accepted invoices to the Centrale (INV-25), as a pain.001 file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=35)
    execution_date = models.DateField()
    count = models.PositiveIntegerField()
    control_sum = models.DecimalField(max_digits=14, decimal_places=2)  # CHF
    file = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("insurer", "message_id"), name="batch_message_once"),)

    def __str__(self) -> str:
        return self.message_id


class Transmission(models.Model):
    """The immutable record of an accepted invoice, made at acceptance; only `batch` is filled in later, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="transmissions")
    version = models.ForeignKey(InvoiceVersion, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=12, decimal_places=2)  # CHF
    record = models.JSONField()  # creditor, IBAN, reference, decision, form, hash of the version
    created_at = models.DateTimeField(auto_now_add=True)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="transmissions")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("invoice", "version"), name="transmission_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transmission_positive"),
        )
        indexes = (models.Index(fields=("insurer", "created_at"), name="transmission_open", condition=Q(batch=None)),)

    def __str__(self) -> str:
        return f"{self.invoice}: {self.amount}"
