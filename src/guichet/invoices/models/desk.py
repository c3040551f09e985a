"""What the desk adds to an invoice: line decisions, notes, reasons, substitutes, figures. Under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Affiliation, Person
from guichet.invoices.models.cases import Invoice
from guichet.invoices.rules import spoken
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


class LineDecision(models.Model):
    """What an agent accepted of one computed line and why not the rest (INV-23); never changed, replaced by `no`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="line_decisions")
    version_no = models.PositiveIntegerField()
    no = models.PositiveIntegerField()  # of the assessment: the first agent may be asked to look again
    place = models.CharField(max_length=80)  # of the computed line, « trips-0 »
    label = models.CharField(max_length=300)
    asked = models.DecimalField(max_digits=12, decimal_places=2)  # CHF
    accepted = models.DecimalField(max_digits=12, decimal_places=2)  # CHF
    reasons = models.JSONField(default=list)  # of the catalogue, in four languages, as they were: [{code, texts}]
    text = models.CharField(max_length=500, blank=True)  # in the agent's own words
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "version_no", "no", "place"), name="line_decision_once"),
            models.CheckConstraint(condition=Q(accepted__lte=F("asked")), name="line_decision_not_more"),
            models.CheckConstraint(
                condition=Q(accepted=F("asked")) | ~Q(text="") | ~Q(reasons=[]), name="line_decision_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case} {self.place}: {self.accepted}"

    @property
    def why(self) -> str:
        """Why not the whole, in the language of the moment."""
        return spoken(self.reasons, self.text, get_language() or "fr")


class InvoiceNote(models.Model):
    """A note among colleagues at an invoice. The sender never sees it; it is only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    class Meta:
        indexes = (models.Index(fields=("case", "at"), name="invoice_note_list"),)
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="invoice_note_says_something"),)

    def __str__(self) -> str:
        return f"{self.case}, {self.at}"


class ReasonKind(models.TextChoices):
    """What a reason of the catalogue is for."""

    CORRECTION = "correction", _("Demande de correction")
    REFUSAL = "refusal", _("Refus")
    LINE = "line", _("Ligne acceptée en partie")


class ReasonTemplate(models.Model):
    """A reason of the insurer's own, or in place of a delivered one of the same code (`reasons.DELIVERED`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, choices=ReasonKind)
    texts = models.JSONField()  # {"fr": …, "de": …, "it": …, "en": …}
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("insurer", "code"), name="reason_template_once"),)

    def __str__(self) -> str:
        return self.code


class Substitution(models.Model):
    """Somebody is away from one day to another; the substitute finds those invoices among « les miennes »."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    absent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    substitute = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)  # before its time

    class Meta:
        indexes = (models.Index(fields=("insurer", "substitute", "last_day"), name="substitution_of_somebody"),)
        constraints = (
            models.CheckConstraint(condition=~Q(absent=F("substitute")), name="substitution_by_somebody_else"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="substitution_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.absent_id} → {self.substitute_id}"


class InvoiceDaySet(models.QuerySet["InvoiceDay"]):
    """Figures as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff with `review`; nobody else."""
        return self.filter(insurer=actor.insurer) if actor.is_staff and actor.has("review") else self.none()


class InvoiceDay(models.Model):
    """How often something was done on a day that is over (INV-26), counted once from the history."""

    id = models.BigAutoField(primary_key=True)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()  # Europe/Zurich
    form_code = models.CharField(max_length=12)
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=20)  # of the history: sent, accept, ask_correction, refuse, …
    waited = models.PositiveSmallIntegerField()  # working days from the sending to the decision; 0 for no decision
    count = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)  # CHF asked by what was sent, accepted by `accept`

    objects: ClassVar[models.Manager[InvoiceDay]] = InvoiceDaySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("insurer", "day", "form_code", "affiliation", "act", "waited"), name="invoice_day_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.act}: {self.count}"


class FiguresThrough(models.Model):
    """The last day that is counted in `InvoiceDay`; what came later is counted where it happened."""

    insurer = models.OneToOneField(Insurer, on_delete=models.PROTECT, primary_key=True, related_name="+")
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.insurer_id}: {self.day}"
