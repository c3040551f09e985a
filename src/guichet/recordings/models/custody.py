"""What leaves, moves or ends: destruction, forwarding, packages for a court, the archive's care.

Under row-level security. Wherever two people are asked for, the database refuses one and the same.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Person
from guichet.recordings.models.mandates import Mandate
from guichet.recordings.models.recordings import Recording
from guichet.storage.models import StoredObject
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


class DestructionKind(models.TextChoices):
    """On which right a recording is destroyed."""

    TEN_DAYS = "ten_days", _("Demande dans les dix jours (art. 7k al. 3 let. b OPGA)")
    FINAL = "final", _("Décision entrée en force, avec l'accord de la personne (art. 7l al. 3 OPGA)")


class Admission(models.TextChoices):
    """Why the office takes a declaration that came after the term."""

    STANDSTILL = "standstill", _("Suspension des délais, art. 38 al. 4 LPGA")
    RESTITUTION = "restitution", _("Restitution du délai, art. 41 LPGA")
    OFFICE = "office", _("Délai admis par l'office")


class Withdrawal(models.TextChoices):
    """Why a request is taken back before anything was destroyed."""

    PERSON = "person", _("Retrait écrit de la personne assurée")
    OWN = "own", _("Retrait par la personne assurée dans son compte")
    WRONG_PERSON = "wrong_person", _("Demande inscrite pour une autre personne")
    TYPING = "typing", _("Erreur de saisie")


class DestructionSet(models.QuerySet["DestructionRequest"]):
    """Requests as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff with `records`; nobody else any by this."""
        return self.filter(insurer=actor.insurer) if actor.is_staff and actor.has("records") else self.none()

    def waiting(self) -> Self:
        """Neither executed nor taken back."""
        return self.filter(executed_at=None, withdrawn_at=None)


class DestructionRequest(models.Model):
    """The insured person has an interview's recording destroyed, in writing, to the office; a second person does it.

    It stands on the interview, not on a file: it reaches what is on its way, not sent, or still on the expert's
    device (the recorder is told). `interview_on` empty: all interviews of the mandate (7l al. 3 only). Asked at the
    office that forwarded the recording, it is handed on (LPGA 30): the other office has a request of its own, with the
    day on which the first received it (LPGA 39 al. 2), `handed_from` and `handed_request`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="destructions")
    kind = models.CharField(max_length=10, choices=DestructionKind)
    interview_on = models.DateField(null=True, blank=True)
    declared_on = models.DateField()  # the declaration reached the office, Europe/Zurich
    document = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_cockpit = models.BooleanField(default=False)  # by the insured person in her account: no paper
    final_on = models.DateField(null=True, blank=True)  # the decision came into force (7l al. 3)
    offered_on = models.DateField(null=True, blank=True)  # to the competent archives, where the office must
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    executed_at = models.DateTimeField(null=True, blank=True)
    executed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    admission = models.CharField(max_length=12, choices=Admission, blank=True)  # of a late one; empty: in time
    admission_note = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawal = models.CharField(max_length=12, choices=Withdrawal, blank=True)
    withdrawal_note = models.CharField(max_length=300, blank=True)
    withdrawal_on = models.DateField(null=True, blank=True)  # the person's written withdrawal reached the office
    withdrawal_document = models.ForeignKey(
        StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)  # somebody says the office entered it by mistake
    claimed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    claim = models.CharField(max_length=12, choices=Withdrawal, blank=True)  # what the mistake is
    claim_note = models.CharField(max_length=300, blank=True)
    handed_from = models.ForeignKey(Insurer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handed_request = models.UUIDField(null=True, blank=True)  # there: no reference across tenants

    objects: ClassVar[models.Manager[DestructionRequest]] = DestructionSet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("insurer", "entered_at", "id"),
                condition=Q(executed_at=None, withdrawn_at=None),
                name="destruction_open",
            ),
            models.Index(
                fields=("handed_request",), condition=Q(handed_request__isnull=False), name="destruction_handed"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("mandate", "interview_on", "handed_request"),
                condition=Q(executed_at=None, withdrawn_at=None),
                nulls_distinct=False,
                name="destruction_open_once",
            ),
            models.CheckConstraint(
                condition=Q(handed_from=None, handed_request=None)
                | (Q(handed_from__isnull=False, handed_request__isnull=False) & ~Q(handed_from=F("insurer"))),
                name="destruction_handed_pair",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at=None, claimed_by=None, claim="", claim_note="")
                | (Q(claimed_at__isnull=False, claimed_by__isnull=False) & ~Q(claim="") & ~Q(claim_note="")),
                name="destruction_claim_whole",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None)
                | Q(executed_at=None, withdrawn_by=None)
                | (Q(executed_at=None) & ~Q(claimed_by=F("withdrawn_by"))),
                name="destruction_claim_second_person",
            ),
            models.CheckConstraint(
                condition=Q(admission="", admission_note="")
                | (Q(kind="ten_days", by_cockpit=False) & ~Q(admission="") & ~Q(admission_note="")),
                name="destruction_admission_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal="", withdrawal_note="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, executed_at=None) & ~Q(withdrawal=""),
                name="destruction_withdrawn_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawal="person", withdrawal_on__isnull=False, withdrawal_document__isnull=False)
                | (~Q(withdrawal="person") & Q(withdrawal_on=None, withdrawal_document=None)),
                name="destruction_withdrawn_in_writing",
            ),
            models.CheckConstraint(
                condition=Q(executed_by=None, executed_at=None)
                | Q(executed_by__isnull=False, executed_at__isnull=False),
                name="destruction_executed_pair",
            ),
            models.CheckConstraint(
                condition=Q(executed_by=None) | ~Q(executed_by=F("entered_by")), name="destruction_second_person"
            ),
            models.CheckConstraint(
                condition=Q(by_cockpit=True) | Q(document__isnull=False), name="destruction_in_writing"
            ),
            models.CheckConstraint(
                condition=Q(kind="ten_days", interview_on__isnull=False, final_on=None)
                | Q(kind="final", final_on__isnull=False),
                name="destruction_right_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.interview_on}"


class Forwarding(models.Model):
    """The receiving office sends a recording to the office it was meant for (REC-07); kept by the one that sends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.OneToOneField(Recording, on_delete=models.PROTECT, related_name="forwarding")
    to = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    arrived_as = models.UUIDField()  # the recording at the other office: no reference across tenants
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    destroyed_at = models.DateTimeField(null=True, blank=True)  # where it lay in the end; that office reported it

    class Meta:
        indexes = (models.Index(fields=("insurer", "arrived_as"), name="forwarding_arrived"),)
        constraints = (models.CheckConstraint(condition=~Q(to=F("insurer")), name="forwarding_elsewhere"),)

    def __str__(self) -> str:
        return f"{self.recording_id}"


class Arrival(models.Model):
    """Where a forwarded recording came from, kept by the office that has it now."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.OneToOneField(Recording, on_delete=models.PROTECT, related_name="arrival")
    origin = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    history = models.JSONField(default=list)  # [[ISO moment, act, office], …] before, without names
    former = models.JSONField(default=list)  # [[insurer, object], …]: what a destruction must reach in old backups

    def __str__(self) -> str:
        return f"{self.recording_id}"


class CourtSet(models.QuerySet["CourtPackage"]):
    """Packages as a person may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff with the right `court`; nobody else any."""
        return self.filter(insurer=actor.insurer) if actor.is_staff and actor.has("court") else self.none()


class CourtState(models.TextChoices):
    """How far a package for a court is; kept as a word so that a list needs no reckoning."""

    ASKED = "asked", _("À approuver")
    MAKING = "making", _("En préparation")
    READY = "ready", _("Prêt")
    HANDED = "handed", _("Remis")
    OVER = "over", _("Effacé")
    REFUSED = "refused", _("Refusé")
    FAILED = "failed", _("Échec de la préparation")


class CourtPackage(models.Model):
    """Original and listening copy for a court, on a physical medium: asked by one person, approved by another (REC-14).

    The image can be fetched for 24 hours and is destroyed then; the passphrase is shown once and kept nowhere
    after the envelope is sealed (`secret` is shredded with it).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="court_packages")
    state = models.CharField(max_length=8, choices=CourtState, default=CourtState.ASKED)
    ground = models.CharField(max_length=20)  # code of `grounds.COURT_GROUNDS`
    court = models.CharField(max_length=160)
    court_reference = models.CharField(max_length=60)
    receiver = models.CharField(max_length=120)  # who receives the medium there, by name
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.CharField(max_length=300, blank=True)
    secret = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(StoredObject, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # then the image is destroyed
    medium = models.CharField(max_length=60, blank=True)  # what is written on the medium
    handed_to = models.CharField(max_length=120, blank=True)
    handed_on = models.DateField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)  # when that was entered
    handed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[CourtPackage]] = CourtSet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("insurer", "asked_at", "id"), name="court_list"),
            models.Index(fields=("recording", "asked_at"), name="court_of_recording"),
            models.Index(fields=("insurer", "expires_at"), condition=Q(image__isnull=False), name="court_to_destroy"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="court_decided_pair",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="court_second_person"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by=None) | (~Q(state="asked") & Q(decided_by__isnull=False)),
                name="court_approved_before_made",
            ),
            models.CheckConstraint(
                condition=Q(handed_at=None, handed_by=None, handed_on=None, handed_to="", medium="")
                | (
                    Q(handed_at__isnull=False, handed_by__isnull=False, handed_on__isnull=False)
                    & ~Q(handed_to="")
                    & ~Q(medium="")
                ),
                name="court_receipt_whole",
            ),
            models.CheckConstraint(condition=~Q(court="") & ~Q(court_reference=""), name="court_named"),
        )

    def __str__(self) -> str:
        return f"{self.court}, {self.court_reference}"


class IntegrityCheck(models.Model):
    """The last reading of a stored file from its first to its last byte (REC-16)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="integrity")
    stored = models.OneToOneField(StoredObject, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=8)  # original, copy, peaks
    checked_at = models.DateTimeField()
    damage = models.CharField(max_length=12, blank=True)  # empty: whole; unreadable, differs
    damaged_at = models.DateTimeField(null=True, blank=True)  # when that was first seen

    class Meta:
        indexes = (
            models.Index(fields=("insurer", "checked_at"), name="integrity_oldest"),
            models.Index(fields=("insurer", "damaged_at"), condition=~Q(damage=""), name="integrity_damaged"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(damage="", damaged_at=None) | (~Q(damage="") & Q(damaged_at__isnull=False)),
                name="integrity_damage_pair",
            ),
        )

    def __str__(self) -> str:
        return f"{self.what}: {self.damage or 'whole'}"


class SecurityStatement(models.Model):
    """What a space says about security in public: place, standards, last independent review (REC-23)."""

    insurer = models.OneToOneField(Insurer, primary_key=True, on_delete=models.PROTECT, related_name="+")
    place_fr = models.CharField(max_length=300)
    place_de = models.CharField(max_length=300)
    standards_fr = models.CharField(max_length=600)
    standards_de = models.CharField(max_length=600)
    review_on = models.DateField(null=True, blank=True)
    review_fr = models.CharField(max_length=600, blank=True)  # scope, and who did it
    review_de = models.CharField(max_length=600, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(review_on=None, review_fr="", review_de="")
                | (Q(review_on__isnull=False) & ~Q(review_fr="") & ~Q(review_de="")),
                name="security_review_whole",
            ),
        )

    def __str__(self) -> str:
        return self.place_fr
