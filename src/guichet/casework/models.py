"""What every filled-in thing has. Each system makes its own tables of these: no generic keys, no shared hot table.

A case is typed into by a partner (draft), sent in versions, looked at by the insurer, sent back with pins,
decided. `raw` is what was typed, to the letter; a version holds what was sent, typed and computed, for ever.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Affiliation, Person
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer


class Case(models.Model):
    """One filled-in form on its way. `draft_no` counts savings and detects a second tab (FRM-02)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    form_code = models.CharField(max_length=12)
    edition = models.CharField(max_length=10)
    raw = models.JSONField(default=dict)
    draft_no = models.PositiveIntegerField(default=1)
    responsible = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField()
    number = models.CharField(max_length=20, blank=True)  # VS-2026-000123, once sent
    version_no = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)  # first sending; orders the lists
    changed_at = models.DateTimeField()  # last change of state
    opened_at = models.DateTimeField(null=True, blank=True)  # by staff; ends the right to withdraw (INV-28)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    message = models.TextField(blank=True)  # of the last correction asked or refusal

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or str(self.pk)


class Version(models.Model):
    """What was sent, once. Never changed afterwards but for its PDF, which arrives a moment later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    no = models.PositiveIntegerField()
    idempotency_key = models.UUIDField()
    draft_no = models.PositiveIntegerField()  # the saving that was sent; a retry must name the same
    answers = models.JSONField()
    computed = models.JSONField()  # amounts by line with their explanation, totals
    snapshot = models.JSONField()  # beneficiary, account, decision as they were
    warnings = models.JSONField(default=list)  # findings shown, with the sender's answers
    content_hash = models.CharField(max_length=64)  # SHA-256 over form, answers, computed, snapshot, attachments
    receipt_code = models.CharField(max_length=20, unique=True)
    language = models.CharField(max_length=2)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    pdf = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class AttachmentState(models.TextChoices):
    """Verdict of the scan door; only clean files are ever served (FRM-09)."""

    WAITING = "waiting", _("Analyse en attente")
    CLEAN = "clean", _("Vérifié")
    INFECTED = "infected", _("Virus détecté")


class Attachment(models.Model):
    """A file of the sender, encrypted from the first byte."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    stored = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    pages = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=AttachmentState, default=AttachmentState.WAITING)
    code = models.JSONField(null=True, blank=True)  # what the QR code says; null until it was looked for
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    first_version = models.PositiveIntegerField()  # the version that sends it first
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    SERVED: ClassVar[frozenset[str]] = frozenset({AttachmentState.CLEAN})


class Pin(models.Model):
    """The insurer's remark at a field or a line, for one round of correction (FRM-07)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    version_no = models.PositiveIntegerField()  # the version that is to be corrected
    place = models.CharField(max_length=80)  # a field name, or table-index, or table-index-field
    text = models.CharField(max_length=500)

    class Meta:
        abstract = True


class Event(models.Model):
    """One line of the case's history, shown to those concerned. The audit is another thing (AUD-02)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    act = models.CharField(max_length=20)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10)  # partner, staff, platform
    text = models.TextField(blank=True)

    class Meta:
        abstract = True


class NumberSeries(models.Model):
    """The last number given by an insurer in a year; moved on by one conditional UPDATE, gaps allowed (INV-07)."""

    id = models.BigAutoField(primary_key=True)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("insurer", "year"), name="number_series_once"),)

    def __str__(self) -> str:
        return f"{self.insurer_id}-{self.year}: {self.last}"
