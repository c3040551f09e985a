"""What an administrator changed in the rules of the office, what waits for a second one. Under row-level security."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Person
from guichet.tenancy.models import Insurer


class ChangeState(models.TextChoices):
    """What became of a change."""

    WAITING = "waiting", _("En attente d'une deuxième personne")
    APPLIED = "applied", _("En vigueur")
    REFUSED = "refused", _("Refusé")


class SettingChange(models.Model):
    """One rule changed by one person; what loosens a control has a second one. Rows stay: they are the history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=ChangeState)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("insurer", "key"), condition=Q(state="waiting"), name="setting_change_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="setting_change_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("asked_by")), name="setting_change_second_person"
            ),
        )
        indexes = (models.Index(fields=["insurer", "-asked_at"], name="setting_change_history"),)

    def __str__(self) -> str:
        return self.key
