"""Who may hear a recording, who heard which seconds of it, and what was noted beside it. Under row-level security.

A *grant* opens one recording to one person for thirty days (or to the quality commission). A *listening* is one
session at the player, by staff or on a grant, on one ground of OPGA 7l. Nothing here changes the sound.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import OneTimeCode, Person
from guichet.recordings import rules
from guichet.recordings.models.recordings import Recording
from guichet.recordings.models.sealed import opened
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from guichet.accounts.access import Actor

    _Field = models.Field[Any, Any]
else:
    _Field = models.Field  # not generic while running


class Spans(_Field):
    """Parts of a recording, [(from, to), …] in milliseconds; PostgreSQL keeps them merged and in order."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        del connection
        return "int4multirange"

    def from_db_value(self, value: Any, expression: object, connection: object) -> list[tuple[int, int]]:
        """Plain pairs, whatever the driver gives."""
        del expression, connection
        return [(part.lower, part.upper) for part in value or ()]

    def get_prep_value(self, value: Any) -> str:
        """As PostgreSQL reads it."""
        return "{" + ",".join(f"[{start},{end})" for start, end in value or ()) + "}"


class GrantKind(models.TextChoices):
    """To whom a recording is opened (OPGA 7l al. 1 and 2; LPGA 47 al. 2)."""

    INSURED = "insured", _("Personne assurée")
    AUTHORISED = "authorised", _("Personne autorisée")
    PHYSICIAN = "physician", _("Médecin désigné")
    COMMISSION = "commission", _("Commission fédérale de la qualité")


class GrantSet(models.QuerySet["ListeningGrant"]):
    """Grants as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff with `records`; nobody else any. A listener comes by a link and a code, not by this."""
        return self.filter(insurer=actor.insurer) if actor.is_staff and actor.has("records") else self.none()

    def alive(self) -> Self:
        """Neither revoked nor over."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class ListeningGrant(models.Model):
    """« Accès temporaire »: thirty days, listening only, revocable at once (REC-13)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=10, choices=GrantKind)
    name = models.CharField(max_length=120)  # of the person; for the commission its own name
    mobile = models.CharField(max_length=16, blank=True)  # E.164; receives the code
    email = models.EmailField(blank=True)  # where the link goes; empty: by SMS
    language = models.CharField(max_length=2, default="fr")
    ground = models.CharField(max_length=20)  # code of `grounds.GROUNDS`
    case_reference = models.CharField(max_length=60)
    document = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    document_name = models.CharField(max_length=120, blank=True)
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)  # of the link
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()  # last day, Europe/Zurich
    expires_at = models.DateTimeField()  # the first moment after that day
    reminded_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[ListeningGrant]] = GrantSet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("recording", "granted_at"), name="grant_of_recording"),
            models.Index(
                fields=("insurer", "expires_at"), condition=Q(reminded_at=None, revoked_at=None), name="grant_to_remind"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="commission", token_hash=None) | (~Q(mobile="") & Q(token_hash__isnull=False)),
                name="grant_has_mobile_and_link",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("insured", "commission")) | Q(document__isnull=False),
                name="grant_authorised_on_file",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="grant_revocation_pair",
            ),
            models.UniqueConstraint(
                fields=("recording",), condition=Q(kind="commission", revoked_at=None), name="grant_commission_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_alive(self) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and timezone.now() < self.expires_at


class ListeningCode(OneTimeCode):
    """A code on its way to a listener's phone: bound to one browser, five minutes, one use, five tries (REC-20)."""

    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(ListeningGrant, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(tries__lte=5), name="listening_code_five_tries"),
            models.CheckConstraint(condition=Q(sends__lte=4), name="listening_code_three_resends"),
        )


class EndReason(models.TextChoices):
    """Why a listening is over."""

    RUNNING = "", _("En cours")
    FINISHED = "finished", _("Terminée")
    REPLACED = "replaced", _("Reprise ailleurs")
    WITHDRAWN = "withdrawn", _("Droit retiré")
    REVOKED = "revoked", _("Accès révoqué")
    EXPIRED = "expired", _("Durée écoulée")


class Listening(models.Model):
    """One session at the player: who, on which ground, which seconds were sent and which were heard (REC-21).

    `served` is the server's truth and an upper bound; `played` comes from the browser and never exceeds it (the
    database refuses it). `allowance_ms` is what may be asked for now: it grows at twice the speed of hearing up to
    the buffer, and every segment takes its length from it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="listenings")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # staff
    grant = models.ForeignKey(
        ListeningGrant, null=True, blank=True, on_delete=models.PROTECT, related_name="listenings"
    )
    role = models.CharField(max_length=10)  # staff, listener or commission, as in `grounds`
    ground = models.CharField(max_length=20)
    case_reference = models.CharField(max_length=60)
    key_hash = models.CharField(max_length=64)  # of the session's cookie
    salt = models.BinaryField(max_length=16)  # its keys are derived from it and the server's secret
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)
    allowance_ms = models.PositiveIntegerField()
    paced_at = models.DateTimeField()  # when the allowance was last reckoned
    throttled = models.PositiveIntegerField(default=0)  # requests faster than hearing (REC-21)
    served = Spans(default=list)
    played = Spans(default=list)
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = (
            models.Index(F("recording"), F("started_at").desc(), F("id").desc(), name="listening_of_recording"),
            models.Index(fields=("insurer", "expires_at"), condition=Q(ended_at=None), name="listening_running"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("recording", "person"), condition=Q(ended_at=None, person__isnull=False), name="listening_once"
            ),
            models.UniqueConstraint(
                fields=("grant",), condition=Q(ended_at=None, person=None), name="listening_on_grant_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=("staff", "commission"), person__isnull=False)
                | Q(role="listener", person=None, grant__isnull=False),
                name="listening_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="listening_end_pair",
            ),
        )

    def __str__(self) -> str:
        return f"{self.recording_id} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def who_name(self) -> str:
        """The listener's name, as pages and lists show it; wants `person` and `grant`."""
        return str(self.person or self.grant)


class MarkerSet(models.QuerySet["Marker"]):
    """Markers as a person may see them: what stands there may tell what was said, so only who may listen reads it."""

    def visible_to(self, actor: Actor) -> Self:
        """Her own, and those the colleagues share; the commission only its own."""
        if not actor.is_staff or not actor.has("listen"):
            return self.none()
        mine = Q(author=actor.person)
        return self.filter(mine if actor.role == "commission" else mine | Q(shared=True), insurer=actor.insurer)


class Marker(models.Model):
    """A place in a recording with a note. Kept apart from the sound; removed ones stay for history (REC-12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="markers")
    at_ms = models.PositiveIntegerField()
    text = models.TextField(blank=True)  # sealed with the recording's key: `words` opens it
    shared = models.BooleanField(default=False)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Marker]] = MarkerSet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("recording", "at_ms"), name="marker_of_recording"),)

    def __str__(self) -> str:
        return f"{self.recording_id} {self.at_ms}"

    @property
    def clock(self) -> str:
        """The place, as people read it."""
        return rules.clock(self.at_ms)

    @property
    def words(self) -> str:
        """The note; wants `recording` with `original`."""
        return opened(self.recording, self.text)


class DefectReport(models.Model):
    """The insured person says that the recording cannot be followed at a place (OPGA 7k al. 8).

    Office and person then try to agree on what follows; `outcome` is what they agreed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="defects")
    grant = models.ForeignKey(ListeningGrant, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at_ms = models.PositiveIntegerField()
    text = models.TextField(blank=True)  # sealed with the recording's key: `words` opens it
    reported_at = models.DateTimeField()
    outcome = models.TextField(blank=True)  # sealed too: `outcome_words`
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=("recording", "reported_at"), name="defect_of_recording"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="")
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="defect_settled_whole",
            ),
            models.CheckConstraint(
                condition=Q(grant__isnull=False) | Q(person__isnull=False), name="defect_by_somebody"
            ),
        )

    def __str__(self) -> str:
        return f"{self.recording_id} {self.at_ms}"

    @property
    def clock(self) -> str:
        """The place, as people read it."""
        return rules.clock(self.at_ms)

    @property
    def words(self) -> str:
        """What cannot be followed; wants `recording` with `original`."""
        return opened(self.recording, self.text)

    @property
    def outcome_words(self) -> str:
        """What was agreed; wants the same."""
        return opened(self.recording, self.outcome)

    @property
    def who(self) -> str:
        """Who reported it; wants `person` and `grant`."""
        return str(self.person or self.grant)
