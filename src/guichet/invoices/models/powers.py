"""Who may act for whom: powers of attorney, persons represented, objections. Under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Affiliation, Person
from guichet.invoices.models.cases import Invoice
from guichet.invoices.models.parties import Beneficiary, Sex
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from guichet.accounts.access import Actor


class PowerHow(models.TextChoices):
    """How it was given."""

    SCANNED = "scanned", _("Papier signé, numérisé")
    SIGNED = "signed", _("Signature électronique")


class PowerState(models.TextChoices):
    """The states that are kept; « Échue » follows from the date."""

    ASKED = "asked", _("Demandée")
    ACTIVE = "active", _("Valable")
    REFUSED = "refused", _("Refusée")
    REVOKED = "revoked", _("Révoquée")


class Side(models.TextChoices):
    """Who ended it."""

    INSURED = "insured", _("par la personne assurée")
    SENDER = "sender", _("par le mandataire")


class PowerSet(models.QuerySet["PowerOfAttorney"]):
    """Powers as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """A partner sees those given to its affiliation; what is given by a person is asked by her number."""
        if actor.affiliation is None:
            return self.none()
        return self.filter(affiliation=actor.affiliation)

    def given_by(self, actor: Actor, numbers: Collection[str]) -> Self:
        """Those of the persons with these AVS numbers at the actor's office, whoever holds them."""
        return self.filter(insurer=actor.insurer, avs_number__in=list(numbers)).exclude(affiliation=actor.affiliation)

    def valid_on(self, day: date) -> Self:
        """In force on that day."""
        return self.filter(state=PowerState.ACTIVE, valid_from__lte=day, valid_to__gte=day)


class PowerOfAttorney(models.Model):
    """An insured person lets somebody invoice in her name (INV-30)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")  # who may act
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="powers")
    avs_number = models.CharField(max_length=13)  # of who gives it
    form_codes = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # empty: all forms
    valid_from = models.DateField()
    valid_to = models.DateField()  # the last day
    how = models.CharField(max_length=10, choices=PowerHow)
    state = models.CharField(max_length=10, choices=PowerState)
    file = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120, blank=True)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    signed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_text = models.TextField(blank=True)  # the very words that were on the page
    text_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of `signed_text`, hexadecimal
    language = models.CharField(max_length=2, blank=True)  # of `signed_text`
    ended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)  # refused or revoked
    ended_side = models.CharField(max_length=10, choices=Side, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)  # when its holder was told that it ends soon

    objects: ClassVar[models.Manager[PowerOfAttorney]] = PowerSet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("affiliation", "avs_number", "state", "valid_to"), name="power_held"),
            models.Index(fields=("insurer", "avs_number", "asked_at"), name="power_given"),
            models.Index(F("insurer"), F("valid_to"), name="power_ending", condition=Q(state="active", warned_at=None)),
        )
        constraints = (
            models.UniqueConstraint(fields=("beneficiary",), condition=Q(state="asked"), name="power_asked_once"),
            models.CheckConstraint(condition=Q(valid_from__lte=F("valid_to")), name="power_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(state="active", how="signed") | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="power_signed_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state="active") | Q(file__isnull=False), name="power_has_paper"),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "active"), ended_at=None, ended_by=None, ended_side="")
                | (
                    Q(state__in=("refused", "revoked"), ended_at__isnull=False, ended_by__isnull=False)
                    & ~Q(ended_side="")
                ),
                name="power_ended_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.avs_number} {self.valid_from}–{self.valid_to}"

    @property
    def is_expired(self) -> bool:
        """Whether its last day is over; who asks for a signature too late has none to wait for either."""
        return self.state in {PowerState.ASKED, PowerState.ACTIVE} and self.valid_to < timezone.localdate()

    def covers(self, code: str) -> bool:
        """Whether it holds for this form."""
        return not self.form_codes or code in self.form_codes


class Answer(models.TextChoices):
    """What became of a request or an objection that somebody at the office decides."""

    WAITING = "waiting", _("À traiter")
    ACCEPTED = "accepted", _("Acceptée")
    REFUSED = "refused", _("Refusée")


class RepresentationSet(models.QuerySet["Representation"]):
    """Represented persons as somebody may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """A representative sees the own ones, the office's staff who vet all."""
        if actor.affiliation is not None:
            return self.filter(affiliation=actor.affiliation)
        return self.filter(insurer=actor.insurer) if actor.has("vet") else self.none()


class Representation(models.Model):
    """A further person a legal representative acts for, with the act of nomination, vetted by the office (INV-16).

    The first one stands in `accounts.Identity`, as it was registered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    last_name = models.CharField(max_length=80)
    first_name = models.CharField(max_length=80)
    avs_number = models.CharField(max_length=13)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex)
    iban = models.CharField(max_length=34)
    proof = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    proof_name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # of a refusal, told to who asked

    objects: ClassVar[models.Manager[Representation]] = RepresentationSet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("insurer", "state", "asked_at"), name="representation_waiting"),)
        constraints = (
            models.UniqueConstraint(
                fields=("affiliation", "avs_number"),
                condition=~Q(state="refused"),
                name="representation_once",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None, decided_by=None)
                | (~Q(state="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="representation_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="representation_refused_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}"


class Objection(models.Model):
    """The insured person says that a version of an invoice sent in her name is not right (INV-30)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="objections")
    version_no = models.PositiveIntegerField()
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")  # of who objects
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    answer = models.CharField(max_length=1000, blank=True)  # of the office, told to the insured person
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("invoice", "version_no"), name="objection_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at=None, answered_by=None, answer="")
                | (~Q(state="waiting") & ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="objection_answered_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.text
