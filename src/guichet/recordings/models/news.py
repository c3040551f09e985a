"""Whether an insured person is told what becomes of her recordings. Under row-level security."""

from __future__ import annotations

from django.db import models

from guichet.accounts.models import MailChoice


class NewsChoice(MailChoice):
    """Whether a person wants the daily mail of « Mes enregistrements » (REC-22). No row: yes."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("affiliation", "person"), name="news_choice_once"),)
