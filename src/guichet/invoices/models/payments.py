"""The hand-over to the Centrale. Under row-level security."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from guichet.accounts.models import Affiliation, MailChoice, Person
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
    bills = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    without_bill = models.JSONField(default=dict)  # number → code: what went by pain.001 alone, and why
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("insurer", "message_id"), name="batch_message_once"),)

    def __str__(self) -> str:
        return self.message_id


class Transmission(models.Model):
    """The immutable record of an accepted invoice, made at acceptance; only `batch` is filled in later, once.

    A rejected one is handed over again as a new row (`attempt`), or the invoice is corrected and accepted anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="transmissions")
    version = models.ForeignKey(InvoiceVersion, on_delete=models.PROTECT, related_name="+")
    attempt = models.PositiveSmallIntegerField(default=1)  # of this invoice; one more after each rejection
    amount = models.DecimalField(max_digits=12, decimal_places=2)  # CHF
    record = models.JSONField()  # creditor, IBAN, reference, decision, form, hash of the version
    created_at = models.DateTimeField(auto_now_add=True)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="transmissions")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("invoice", "attempt"), name="transmission_attempt_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transmission_positive"),
        )
        indexes = (models.Index(fields=("insurer", "created_at"), name="transmission_open", condition=Q(batch=None)),)

    def __str__(self) -> str:
        return f"{self.invoice}: {self.amount}"

    @property
    def end_to_end_id(self) -> str:
        """What the bank names it by: the invoice's number, and the attempt from the second on."""
        return str(self.invoice.number) + (f"-{self.attempt}" if self.attempt > 1 else "")


class BankMessage(models.Model):
    """One answer of the bank, pain.002 or camt.054, kept as it came (INV-25). The same file is read once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # pain.002, camt.054
    message_id = models.CharField(max_length=140)
    file = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    paid = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    left_alone = models.JSONField(default=list)  # [{"id": …, "code": …, "amount": …}], what changed nothing, and why
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("insurer", "sha256"), name="bank_message_once"),)
        indexes = (models.Index(fields=("insurer", "received_at"), name="bank_message_list"),)

    def __str__(self) -> str:
        return self.message_id


class Settlement(models.Model):
    """What became of a transmission, as the bank said it: paid, rejected or returned. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="settlements")
    message = models.ForeignKey(BankMessage, on_delete=models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=10)  # see `bank_messages`: paid, rejected, returned
    amount = models.DecimalField(max_digits=12, decimal_places=2)  # CHF
    booked_on = models.DateField()  # Europe/Zurich; the day it was read, if the message says none
    iban = models.CharField(max_length=34)  # where the money went
    reference = models.CharField(max_length=35, blank=True)
    reason_code = models.CharField(max_length=35, blank=True)  # AC01, AM04, … of the external code list
    reason_text = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("transmission", "kind", "message"), name="settlement_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="settlement_not_negative"),
        )
        indexes = (
            models.Index(fields=("affiliation", "booked_on", "id"), name="settlement_by_company"),
            models.Index(fields=("insurer", "kind", "booked_on"), name="settlement_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.transmission_id}: {self.kind}"


class PaymentDelay(models.Model):
    """How long this office's invoices of one form really take, from sending to booking (INV-31). Made anew nightly."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    form_code = models.CharField(max_length=12)
    days = models.PositiveSmallIntegerField()  # calendar days, median
    sample = models.PositiveIntegerField()  # invoices it was taken from
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("insurer", "form_code"), name="payment_delay_once"),)

    def __str__(self) -> str:
        return f"{self.form_code}: {self.days}"


class DigestChoice(MailChoice):
    """Whether a person wants the daily summary of what became of their invoices (INV-31). No row: yes."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("affiliation", "person"), name="digest_choice_once"),)
