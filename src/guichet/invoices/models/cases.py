"""The invoice, what was sent of it, and what belongs to it. Under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import get_language

from guichet.accounts.models import BankAccount, Person
from guichet.casework import models as casework
from guichet.invoices.models.parties import Beneficiary
from guichet.invoices.rules import spoken
from guichet.invoices.states import Status
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


MARKS: Final = ("new_iban", "duplicate", "first", "over_quota", "no_power", "contested", "deadline", "warned")
"""Values of `marks.Mark`: each has an index in the order of the queue, so that a rare mark is found at once."""


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

    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    beneficiary = models.ForeignKey(Beneficiary, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(BankAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision_number = models.CharField(max_length=14, blank=True)
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)
    total = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # CHF
    avs_number = models.CharField(
        max_length=13, blank=True
    )  # of the person, once sent: senders know each their own row
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # `InvoiceForm.tags` of what was sent
    answered = models.PositiveSmallIntegerField(default=0)  # warnings answered « je sais, parce que… » at sending
    accepted_total = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # CHF, once assessed
    reasons = models.JSONField(default=dict, blank=True)  # of `message`, in four languages: see `reasons`
    flags = ArrayField(models.CharField(max_length=20), default=list, blank=True)  # `marks.Mark`, set at sending
    assigned_to = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # INV-24
    erased_at = models.DateTimeField(null=True, blank=True)  # who it was about is gone; number and figures stay

    objects: ClassVar[models.Manager[Invoice]] = InvoiceSet.as_manager()

    @property
    def said(self) -> str:
        """The office's message in the language of the moment; `message` is in that of who sent the invoice."""
        if not self.reasons:
            return self.message
        return spoken(self.reasons["reasons"], self.reasons["text"], get_language() or "fr")

    @cached_property
    def page_notes(self) -> list[InvoicePin]:
        """The remarks at pages of documents, while they are to be answered (FRM-07)."""
        return [pin for pin in self.open_pins if pin.place.startswith("page-")]

    @cached_property
    def open_pins(self) -> list[InvoicePin]:
        """The office's remarks, while they are to be answered."""
        if self.status != Status.TO_CORRECT:
            return []
        return list(self.pins.filter(version_no=self.version_no).order_by("place"))

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
            models.Index(
                fields=("insurer", "status", "changed_at", "id"),
                include=("sent_at",),  # the desk sees what was sent: it counts and pages without a look at the rows
                name="invoice_queue",
            ),
            models.Index(
                F("insurer"),
                F("avs_number"),
                F("period_from").desc(),
                name="invoice_of_person",
                condition=~Q(avs_number=""),
            ),
            models.Index(
                F("insurer"),
                F("avs_number"),
                F("sent_at").desc(),
                F("id").desc(),
                name="invoice_in_name",
                condition=~Q(avs_number=""),
            ),
            models.Index(
                F("insurer"),
                F("assigned_to"),
                F("status"),
                F("changed_at"),
                F("id"),
                name="invoice_queue_mine",
                condition=Q(assigned_to__isnull=False),
            ),
            models.Index(
                fields=("insurer", "changed_at", "id"),
                include=("form_code", "total"),  # what narrows the queue is read from the index alone
                name="invoice_queue_free",
                condition=Q(assigned_to=None, status=Status.IN_REVIEW, sent_at__isnull=False),
            ),
            models.Index(
                F("insurer"), F("status"), F("form_code"), F("changed_at"), F("id"), name="invoice_queue_form"
            ),
            models.Index(F("insurer"), F("status"), F("total"), name="invoice_queue_amount"),
            *(
                models.Index(
                    fields=("insurer", "status", "changed_at", "id"),
                    name=f"invoice_mark_{mark}",
                    condition=Q(flags__contains=[mark]),
                )
                for mark in MARKS
            ),
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
                condition=~Q(
                    status__in=(
                        Status.AWAITING_SECOND,
                        Status.ACCEPTED,
                        Status.REFUSED,
                        Status.TO_CORRECT,
                        Status.TRANSMITTED,
                    )
                )
                | Q(decided_by__isnull=False),
                name="invoice_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("decided_by")), name="invoice_seen_by_two"
            ),
            models.CheckConstraint(
                condition=Q(accepted_total=None) | Q(accepted_total__gt=0, accepted_total__lte=F("total")),
                name="invoice_not_more_than_asked",
            ),
            models.CheckConstraint(
                condition=Q(assigned_to=None, assigned_at=None)
                | Q(assigned_to__isnull=False, assigned_at__isnull=False),
                name="invoice_assigned_pair",
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

    @property
    def page_notes(self) -> list[tuple[int, str]]:
        """(page, remark) of the office at pages of this document; one statement for all documents of an invoice."""
        start = f"page-{self.pk}-"
        found = [pin for pin in self.case.page_notes if pin.place.startswith(start)]
        return sorted((int(pin.place.removeprefix(start)), pin.text) for pin in found)

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
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # CHF asked or accepted

    class Meta:
        indexes = (
            models.Index(fields=("case", "at"), name="invoice_event_list"),
            models.Index(fields=("insurer", "at"), name="invoice_event_figures"),
        )

    def __str__(self) -> str:
        return self.act
