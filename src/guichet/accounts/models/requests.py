"""What people ask for before they are somebody here: registrations, invitations, and the terms they accepted."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models.parties import Affiliation, AffiliationKind, MemberRole, Person, StaffRole
from guichet.tenancy.models import Insurer


class RegistrationOutcome(models.TextChoices):
    """What became of a registration; the applicant learns it by mail only."""

    WAITING = "waiting", _("À traiter")
    REQUESTED = "requested", _("Demande créée")
    KNOWN_EMAIL = "known_email", _("Adresse déjà connue")
    KNOWN_GLN = "known_gln", _("GLN déjà connu")
    KNOWN_AVS = "known_avs", _("N° AVS déjà connu")


class Registration(models.Model):
    """What the registration page wrote down (ACC-01).

    The page costs and answers the same whether the address or the GLN is known or not; a job then makes the
    partner, the person and the requested affiliation of it, or explains by mail why not, and empties `data`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=16)
    kind = models.CharField(max_length=20, choices=AffiliationKind)
    data = models.JSONField(default=dict)
    password = models.CharField(max_length=128, blank=True)
    language = models.CharField(max_length=2)
    terms_version = models.CharField(max_length=20)
    terms_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=RegistrationOutcome, default=RegistrationOutcome.WAITING)
    affiliation = models.OneToOneField(
        Affiliation, null=True, blank=True, on_delete=models.PROTECT, related_name="registration"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("insurer", "number"), name="registration_number_once"),
            models.CheckConstraint(
                condition=Q(outcome="waiting", processed_at=None)
                | (~Q(outcome="waiting") & Q(processed_at__isnull=False)),
                name="registration_outcome_pair",
            ),
            models.CheckConstraint(
                condition=Q(outcome="requested", affiliation__isnull=False)
                | (~Q(outcome="requested") & Q(affiliation=None)),
                name="registration_requested_has_affiliation",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Identity(models.Model):
    """The insured person an affiliation of kind « assuré·e » or « représentant légal » acts for (INV-16)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.OneToOneField(Affiliation, on_delete=models.PROTECT, related_name="identity")
    last_name = models.CharField(max_length=80)
    first_name = models.CharField(max_length=80)
    avs_number = models.CharField(max_length=13)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1)  # m or f, as in the AVS register
    iban = models.CharField(max_length=34)  # where refunds go, unless the profile says otherwise

    class Meta:
        indexes = (models.Index(fields=("insurer", "avs_number"), name="identity_avs"),)

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}"


class TermsAcceptance(models.Model):
    """Who accepted which terms, when, and the hash of their text (ACC-02)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=20)
    text_hash = models.CharField(max_length=64)  # SHA-256 of the text shown, hexadecimal
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("insurer", "person", "version", "text_hash"), name="terms_accepted_once"),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.version}"


class Invitation(models.Model):
    """A manager asks somebody to join; the account or the membership begins when the link is opened (ORG-01).

    Until then the typed name, address and mobile number stay here, so that inviting tells nobody whether an
    address already has an account, and no manager changes the account of a stranger.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="invitations", null=True)
    email = models.EmailField(max_length=254)  # in lower case
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    mobile = models.CharField(max_length=16)
    role = models.CharField(max_length=20)  # MemberRole, or StaffRole where there is no affiliation
    rights = models.JSONField(default=list)  # of staff
    language = models.CharField(max_length=2)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("affiliation", "email"),
                condition=Q(accepted_at=None, revoked_at=None, affiliation__isnull=False),
                name="invitation_member_once",
            ),
            models.UniqueConstraint(
                fields=("insurer", "email"),
                condition=Q(accepted_at=None, revoked_at=None, affiliation=None),
                name="invitation_staff_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_acceptance_pair",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_accepted_or_revoked"
            ),
            models.CheckConstraint(
                condition=Q(affiliation=None) | Q(role__in=[role.value for role in MemberRole]),
                name="invitation_role_fits",
            ),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def is_expired(self) -> bool:
        """Whether its seven days are over."""
        return self.expires_at <= timezone.now()

    @property
    def role_word(self) -> str:
        """The role it gives, in words."""
        return str(MemberRole(self.role).label if self.affiliation_id else StaffRole(self.role).label)
