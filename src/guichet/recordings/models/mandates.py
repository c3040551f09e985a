"""What is recorded about whom: the mandate, its waiver. Under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Affiliation, Person, StaffRole
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


class Origin(models.TextChoices):
    """Who opened the mandate (REC-05)."""

    OFFICE = "office", _("Annoncé par l'office")
    EXPERT = "expert", _("Ouvert par l'expert")


class MandateSet(models.QuerySet["Mandate"]):
    """Mandates as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """An expert or centre sees its own; staff with `records` or `listen` all of the office; nobody else any."""
        if actor.affiliation is not None:
            return self.filter(affiliation=actor.affiliation)
        if actor.role != StaffRole.COMMISSION and (actor.has("records") or actor.has("listen")):
            return self.filter(insurer=actor.insurer)
        return self.none()


class Mandate(models.Model):
    """An office asks an expert or a centre for an expertise of one person (OPGA 7k)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")  # expert or centre
    number = models.CharField(max_length=30)  # the office's reference, or one given by the platform
    origin = models.CharField(max_length=8, choices=Origin)
    last_name = models.CharField(max_length=80)
    first_name = models.CharField(max_length=80)
    birth_date = models.DateField()
    avs_number = models.CharField(max_length=13)
    language = models.CharField(max_length=2, default="fr")
    mobile = models.CharField(max_length=16, blank=True)  # E.164; of the insured person, known to the office
    email = models.EmailField(blank=True)
    expert_name = models.CharField(max_length=120, blank=True)  # who interviews, at a centre
    interview_dates = ArrayField(models.DateField(), default=list)  # planned, Europe/Zurich
    search = models.CharField(max_length=240)  # number and name without accents and case
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)  # by the office; at once if it announced it
    confirmed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    legal_hold = models.CharField(max_length=200, blank=True)  # why nothing may be destroyed; empty: no hold
    decision_final_on = models.DateField(null=True, blank=True)  # « entrée en force » (7l al. 3)

    objects: ClassVar[models.Manager[Mandate]] = MandateSet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("insurer", "created_at", "id"), name="mandate_list"),
            models.Index(fields=("affiliation", "created_at", "id"), name="mandate_of_expert"),
            models.Index(fields=("insurer", "avs_number"), name="mandate_avs"),
            GinIndex(fields=("search",), opclasses=("gin_trgm_ops",), name="mandate_search"),
        )
        constraints = (models.UniqueConstraint(fields=("insurer", "number"), name="mandate_number_once"),)

    def __str__(self) -> str:
        return self.number


class Waiver(models.Model):
    """The insured person does without the recording, in writing, to the office (OPGA 7k al. 3 let. a).

    It may be revoked before the interview (al. 4), in writing as well, or by the person herself in her own account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="waivers")
    declared_on = models.DateField()
    document = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    revoked_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revocation = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("mandate",), condition=Q(revoked_on=None), name="waiver_once"),
            models.CheckConstraint(
                condition=Q(revocation=None) | Q(revoked_on__isnull=False), name="waiver_revocation_paper"
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None, revoked_at=None, revoked_by=None)
                | Q(revoked_on__isnull=False, revoked_at__isnull=False, revoked_by__isnull=False),
                name="waiver_revocation_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mandate}: {self.declared_on}"
