"""What keeps an invoice from being erased, and when its sender was warned. Under row-level security."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from guichet.accounts.models import Person
from guichet.invoices.models.cases import Invoice
from guichet.tenancy.models import Insurer


class InvoiceHold(models.Model):
    """A legal hold: while it is not lifted, nothing of the invoice is erased (INV-27)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("invoice",), condition=Q(lifted_at=None), name="invoice_hold_once"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="invoice_hold_lifted_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.reason


class ErasureNotice(models.Model):
    """The sender of an untouched draft was told when it will be deleted; touched since, the notice is void."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, on_delete=models.CASCADE, related_name="erasure_notice")
    untouched_since = models.DateTimeField()  # `modified_at` of the draft when the mail was written
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.invoice_id}"
