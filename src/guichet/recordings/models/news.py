"""Whether an insured person is told what becomes of her recordings. Under row-level security."""

from __future__ import annotations

import uuid

from django.db import models

from guichet.accounts.models import Affiliation, Person
from guichet.tenancy.models import Insurer


class NewsChoice(models.Model):
    """Whether a person wants the daily mail of « Mes enregistrements » (REC-22). No row: yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    wanted = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("affiliation", "person"), name="news_choice_once"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.wanted}"
