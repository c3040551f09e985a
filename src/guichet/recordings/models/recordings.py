"""The recording, its upload, its history. Under row-level security."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Affiliation, Person, StaffRole
from guichet.recordings.models.mandates import Mandate
from guichet.recordings.models.sealed import opened
from guichet.recordings.states import HELD_BY_EXPERT, Status
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


class Source(models.TextChoices):
    """How it came (REC-01)."""

    UPLOAD = "upload", _("Dépôt sur le web")
    RECORDER = "recorder", _("Enregistreur")


class Ingest(models.TextChoices):
    """What the worker made of the file (REC-06)."""

    WAITING = "waiting", _("Contrôle en attente")
    READY = "ready", _("Contrôlé")
    REFUSED = "refused", _("Fichier refusé")


class RecordingSet(models.QuerySet["Recording"]):
    """Recordings as a person may see them in lists; listening asks for more (`actions/listening.py`)."""

    def visible_to(self, actor: Actor) -> Self:
        """The expert's own; for staff with `records`, `listen` or `court` what was sent to the office; nobody else any.

        The quality commission sees what was opened to it and nothing else (OPGA 7l al. 2). An expert goes on seeing
        that a recording exists after the sending, but can open it no more (REC-04).
        """
        if actor.affiliation is not None:
            return self.filter(affiliation=actor.affiliation)
        if actor.role == StaffRole.COMMISSION:
            return self.filter(
                insurer=actor.insurer,
                sent_at__isnull=False,
                grants__kind="commission",
                grants__revoked_at=None,
                grants__expires_at__gt=timezone.now(),
            )
        if actor.has("records") or actor.has("listen") or actor.has("court"):
            return self.filter(insurer=actor.insurer, sent_at__isnull=False)
        return self.none()


class Recording(models.Model):
    """One interview, or one part of it, as one sound file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="recordings")
    status = models.CharField(max_length=20, choices=Status, default=Status.UPLOADING)
    source = models.CharField(max_length=10, choices=Source)
    interview_on = models.DateField()  # Europe/Zurich; the ten days of 7k al. 3 b count from the day after
    name = models.TextField(blank=True)  # of the file, as the expert had it; sealed with its key, see `file_name`
    original = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    copy = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    peaks = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    segments = models.JSONField(
        default=list
    )  # of the copy: [[byte, length, start ms, duration ms], …]; the first is the header
    ingest = models.CharField(max_length=10, choices=Ingest, default=Ingest.WAITING)
    refusal = models.CharField(max_length=40, blank=True)  # code of `audio.refusals`
    media = models.CharField(max_length=20, blank=True)  # aac, mp3, dss-sp, dss-lp, webm-opus, …
    duration_ms = models.PositiveIntegerField(null=True, blank=True)  # decoded, not declared
    quality = models.JSONField(default=dict)  # see `audio.Quality`
    spoken_start_ms = models.PositiveIntegerField(null=True, blank=True)  # marked by the expert (7k al. 6)
    spoken_end_ms = models.PositiveIntegerField(null=True, blank=True)
    parts = models.JSONField(default=list)  # of the recorder: [{"from": ISO, "to": ISO, "reason": …}, …]
    report_reference = models.CharField(max_length=60, blank=True)
    report_date = models.DateField(null=True, blank=True)
    confirmed = models.JSONField(default=list)  # codes of what the expert confirmed before the sending
    started_at = models.DateTimeField(auto_now_add=True)
    deposited_at = models.DateTimeField(null=True, blank=True)
    deposited_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True, blank=True)  # the sender, of a deposit that was never sent (30 days)
    office_told_at = models.DateTimeField(null=True, blank=True)  # of the same (100 days)
    asked_from = models.CharField(max_length=20, blank=True)  # its status before its destruction was asked for
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    destroyed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Recording]] = RecordingSet.as_manager()

    class Meta:
        indexes = (
            models.Index(F("insurer"), F("sent_at").desc(), F("id").desc(), name="recording_archive"),
            models.Index(F("insurer"), F("status"), F("sent_at").desc(), F("id").desc(), name="recording_by_status"),
            models.Index(F("affiliation"), F("started_at").desc(), F("id").desc(), name="recording_of_expert"),
            models.Index(fields=("mandate", "interview_on"), name="recording_of_mandate"),
            models.Index(fields=("deposited_at",), name="recording_unsent", condition=Q(status=Status.DEPOSITED)),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=sorted([*HELD_BY_EXPERT, Status.DESTROYED, Status.DESTRUCTION_ASKED]))
                | Q(sent_at__isnull=False, original__isnull=False),
                name="recording_sent_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_by=None) | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="recording_sent_pair",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DESTROYED, destroyed_at__isnull=False)
                | (~Q(status=Status.DESTROYED) & Q(destroyed_at=None)),
                name="recording_destroyed_pair",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.interview_on}"

    @property
    def file_name(self) -> str:
        """The name of the file, once it has arrived; wants `original`."""
        return opened(self, self.name)


class RecordingEvent(models.Model):
    """A line of a recording's history, shown to those concerned. The audit is another thing (AUD-02)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=30)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10)  # partner, staff, listener, platform
    text = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=("recording", "at"), name="recording_event_list"),)

    def __str__(self) -> str:
        return self.act


class Upload(models.Model):
    """A file on its way, in sealed parts: the acknowledged offset is the last complete sealed chunk (REC-03)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="uploads")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    length = models.PositiveBigIntegerField()  # bytes announced
    offset = models.PositiveBigIntegerField(default=0)  # bytes safely kept
    sha256 = models.CharField(max_length=64, blank=True)  # said by the client once it has read the whole file
    stored = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")  # unfinished for now
    started_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)  # all there, checksum compared, or given up
    failure = models.CharField(max_length=20, blank=True)  # checksum, given_up, refused

    class Meta:
        indexes = (models.Index(fields=("moved_at",), name="upload_forgotten", condition=Q(done_at=None)),)
        constraints = (
            models.CheckConstraint(condition=Q(offset__lte=F("length")), name="upload_offset_within"),
            models.UniqueConstraint(fields=("recording",), condition=Q(done_at=None), name="upload_one_at_a_time"),
        )

    def __str__(self) -> str:
        return f"{self.offset}/{self.length}"
