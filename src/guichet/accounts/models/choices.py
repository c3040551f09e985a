"""What a row keeps of a person's choice about a daily mail (`guichet.accounts.choices`)."""

from __future__ import annotations

import uuid

from django.db import models

from guichet.accounts.models.parties import Affiliation, Person
from guichet.tenancy.models import Insurer


class MailChoice(models.Model):
    """Whether a person wants the daily mail about what one affiliation has here. No row: yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    wanted = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.person_id}: {self.wanted}"
