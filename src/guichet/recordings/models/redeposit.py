"""An office asks for another file of the same interview (REC-08). Under row-level security."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from guichet.accounts.models import Person
from guichet.recordings.models.recordings import Recording
from guichet.tenancy.models import Insurer


class RedepositRequest(models.Model):
    """« Demander un nouveau dépôt »: why, and what came of it. The first recording stays archived, as replaced."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="redeposits")
    reason = models.CharField(max_length=500)  # told to the expert
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Recording, null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    answered_at = models.DateTimeField(null=True, blank=True)  # when the new file was sent

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("recording",), condition=Q(answered_at=None), name="redeposit_open_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__isnull=False, answer__isnull=False),
                name="redeposit_answer_pair",
            ),
        )

    def __str__(self) -> str:
        return self.reason
