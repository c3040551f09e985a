"""Files full of invoices or people, and the keys of the sender's own software. Under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Affiliation, Person
from guichet.invoices.models.cases import Invoice
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


class ImportKind(models.TextChoices):
    """What a file holds."""

    INVOICES = "invoices", _("Factures")
    PEOPLE = "people", _("Bénéficiaires")


class ImportState(models.TextChoices):
    """Looked at, being carried out, carried out, put away."""

    READY = "ready", _("À confirmer")
    RUNNING = "running", _("En cours")
    DONE = "done", _("Terminé")
    DISCARDED = "discarded", _("Abandonné")


class ImportRunSet(models.QuerySet["ImportRun"]):
    """Files as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """A partner sees those of its affiliation; nobody else any."""
        if actor.affiliation is None:
            return self.none()
        return self.filter(affiliation=actor.affiliation)


class ImportRun(models.Model):
    """One file, read and checked; nothing of it exists before somebody confirms (INV-14, INV-29)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ImportKind)
    form_code = models.CharField(max_length=12, blank=True)
    edition = models.CharField(max_length=10, blank=True)
    file_name = models.CharField(max_length=120)
    plan = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.READY)
    wish = models.CharField(max_length=10, blank=True)  # drafts, send, keep, replace
    reason = models.CharField(max_length=500, blank=True)  # « je sais, parce que… », for every warning of the file
    rows = models.PositiveIntegerField()  # of the file, without its header
    units = models.PositiveIntegerField()  # invoices or people
    faults = models.PositiveIntegerField()  # anything but 0 keeps the file from being confirmed
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[ImportRun]] = ImportRunSet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("affiliation", "-created_at", "-id"), name="import_run_list"),)

    def __str__(self) -> str:
        return self.file_name


class RowState(models.TextChoices):
    """How far one invoice of a file is."""

    DRAFT = "draft", _("Brouillon créé")
    SENT = "sent", _("Envoyée")
    FAILED = "failed", _("Non envoyée")


class ImportRow(models.Model):
    """One invoice a file brought; its key in the file makes a repetition harmless."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="units_made")
    no = models.PositiveIntegerField()  # in the order of the file, from 1
    row = models.PositiveIntegerField()  # its first row in the file
    key = models.CharField(max_length=120)
    invoice = models.ForeignKey(Invoice, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=RowState, default=RowState.DRAFT)
    problem = models.TextField(blank=True)  # why it was not sent, in words

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "no"), name="import_row_once"),)

    def __str__(self) -> str:
        return self.key


class Scope(models.TextChoices):
    """What a key opens."""

    READ = "read", _("Lire")
    SEND = "send", _("Saisir et envoyer")


class ApiTokenSet(models.QuerySet["ApiToken"]):
    """Keys as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """A manager sees those of the company; nobody else any."""
        if not actor.is_manager:
            return self.none()
        return self.filter(affiliation=actor.affiliation)


class ApiToken(models.Model):
    """A key for the sender's software: shown once, kept as a hash, acting for one affiliation only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[ApiToken]] = ApiTokenSet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("affiliation", "-created_at"), name="api_token_list"),)

    def __str__(self) -> str:
        return self.name
