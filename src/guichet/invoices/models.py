"""Tables of the invoice counter. All belong to one insurer and are protected by row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Affiliation, BankAccount, Person
from guichet.casework import models as casework
from guichet.invoices.states import Status
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


class InvoiceSet(models.QuerySet["Invoice"]):
    """Invoices as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """A partner sees all of its affiliation; staff with `review` all that was sent; nobody else anything."""
        if actor.affiliation is not None:
            return self.filter(affiliation=actor.affiliation)
        if actor.has("review"):
            return self.filter(sent_at__isnull=False)
        return self.none()


class Invoice(casework.Case):
    """A claim for refund on one of the official forms."""

    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    beneficiary = models.ForeignKey(Beneficiary, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(BankAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision_number = models.CharField(max_length=14, blank=True)
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)
    total = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # CHF

    objects: ClassVar[models.Manager[Invoice]] = InvoiceSet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                F("affiliation"),
                F("sent_at").desc(),
                F("id").desc(),
                name="invoice_history",
                condition=Q(sent_at__isnull=False),
            ),
            models.Index(F("affiliation"), F("status"), F("sent_at").desc(), F("id").desc(), name="invoice_by_status"),
            models.Index(
                F("affiliation"), F("responsible"), F("sent_at").desc(), F("id").desc(), name="invoice_by_person"
            ),
            models.Index(F("beneficiary"), F("sent_at").desc(), F("id").desc(), name="invoice_by_beneficiary"),
            models.Index(F("insurer"), F("status"), F("changed_at"), F("id"), name="invoice_queue"),
        )
        constraints = (
            models.UniqueConstraint(fields=("insurer", "number"), condition=~Q(number=""), name="invoice_number_once"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, number="", sent_at=None, version_no=0)
                | (
                    ~Q(status=Status.DRAFT)
                    & ~Q(number="")
                    & Q(sent_at__isnull=False, version_no__gt=0, beneficiary__isnull=False, total__isnull=False)
                ),
                name="invoice_draft_or_sent",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(Status.REFUSED, Status.TO_CORRECT)) | ~Q(message=""),
                name="invoice_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(Status.ACCEPTED, Status.REFUSED, Status.TO_CORRECT, Status.TRANSMITTED))
                | Q(decided_by__isnull=False),
                name="invoice_decided_by_somebody",
            ),
        )


class InvoiceVersion(casework.Version):
    """What was sent of an invoice."""

    case = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="versions")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "no"), name="invoice_version_once"),
            models.UniqueConstraint(fields=("insurer", "idempotency_key"), name="invoice_send_once"),
        )

    def __str__(self) -> str:
        return f"{self.case} v{self.no}"


class InvoiceAttachment(casework.Attachment):
    """A file sent with an invoice."""

    case = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="attachments")

    def __str__(self) -> str:
        return self.name


class InvoiceUnsaved(models.Model):
    """What somebody sent off after the login had ended: only they see it again, and saving clears it (ACC-10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="unsaved")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    draft_no = models.PositiveIntegerField()  # the saving it was typed on
    raw = models.JSONField()
    typed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "person"), name="invoice_unsaved_once"),)

    def __str__(self) -> str:
        return f"{self.case} ({self.typed_at})"


class InvoicePin(casework.Pin):
    """A remark of the office at a field or line of an invoice."""

    case = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="pins")

    def __str__(self) -> str:
        return self.place


class InvoiceEvent(casework.Event):
    """A line of an invoice's history."""

    case = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="events")

    class Meta:
        indexes = (models.Index(fields=("case", "at"), name="invoice_event_list"),)

    def __str__(self) -> str:
        return self.act


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
