"""People, partners, and who belongs to whom.

A person, a partner and a login are global; an affiliation (partner ↔ insurer) and everything below it belongs
to one insurer and is protected by row-level security.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from guichet.kernel.bank import is_qr_iban
from guichet.tenancy.models import Insurer


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the address they log in with."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """A human being who logs in. Global: one login, several companies and insurers (ORG-03)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    mobile = models.CharField(max_length=16)  # E.164
    language = models.CharField(max_length=2, default="fr")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    wrong_in_a_row = models.PositiveIntegerField(default=0)  # 100 → reset only (ACC-07)

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="person_email_once"),)

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def short_name(self) -> str:
        """« Jean D. », as the lists of the guides write it."""
        return f"{self.first_name} {self.last_name[:1]}."


class PartnerKind(models.TextChoices):
    """Company or natural person."""

    COMPANY = "company", _("Organisme / entreprise")
    PERSON = "person", _("Personne")


class Partner(models.Model):
    """Who deals with insurers: an institution, a company, or a natural person. Global."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=PartnerKind)
    name = models.CharField(max_length=120)
    gln = models.CharField(max_length=13, blank=True)
    uid = models.CharField(max_length=12, blank=True)  # CHE123456789
    zsr = models.CharField(max_length=7, blank=True)
    nif = models.CharField(max_length=7, blank=True)
    street = models.CharField(max_length=70, blank=True)
    house_no = models.CharField(max_length=16, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    town = models.CharField(max_length=35, blank=True)
    country = models.CharField(max_length=2, default="CH")
    phone = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return self.name


class AffiliationKind(models.TextChoices):
    """What the partner is for this insurer; chosen first at registration (ACC-01)."""

    INSURED = "insured", _("Assuré·e")
    REPRESENTATIVE = "representative", _("Représentant légal")
    INSTITUTION = "institution", _("Organisme / entreprise")
    EXPERT = "expert", _("Expert·e")
    CENTRE = "centre", _("Centre d'expertise")
    EMPLOYER = "employer", _("Employeur")
    CLIENT = "client", _("Entreprise cliente")


class AffiliationStatus(models.TextChoices):
    """The life of an affiliation: vetted by the insurer (INV-20)."""

    REQUESTED = "requested", _("Demandée")
    ACCEPTED = "accepted", _("Acceptée")
    REFUSED = "refused", _("Refusée")
    CLOSED = "closed", _("Fermée")


class Affiliation(models.Model):
    """The link between a partner and an insurer. Beneficiaries, accounts and invoices belong to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="affiliations")
    kind = models.CharField(max_length=20, choices=AffiliationKind)
    status = models.CharField(max_length=10, choices=AffiliationStatus, default=AffiliationStatus.REQUESTED)
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)  # of a refusal, sent to the applicant

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("insurer", "partner", "kind"),
                condition=Q(status__in=("requested", "accepted")),
                name="affiliation_once",
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_at=None, decided_by=None) | Q(decided_at__isnull=False),
                name="affiliation_decision_pair",
            ),
            models.CheckConstraint(condition=~Q(status="refused") | ~Q(reason=""), name="affiliation_refused_says_why"),
        )

    def __str__(self) -> str:
        return f"{self.partner} ({self.kind})"


class MemberRole(models.TextChoices):
    """Role of a person inside a partner (ORG-01)."""

    MANAGER = "manager", _("Gérant")
    COLLABORATOR = "collaborator", _("Collaborateur")


class Membership(models.Model):
    """A person works for a partner at one insurer. Removed members stay for history (ORG-01)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=MemberRole)
    keeps_account = models.BooleanField(default=False)  # the account was made here: its manager may correct it
    owes_terms = models.BooleanField(default=False, db_default=False)  # came with a forwarded case: accepted none here
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("affiliation", "person"), condition=Q(removed_at=None), name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="membership_removal_pair",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} – {self.affiliation}"


class StaffRole(models.TextChoices):
    """Role of a person at the insurer."""

    AGENT = "agent", _("Collaborateur AI")
    ADMINISTRATOR = "administrator", _("Administrateur")
    AUDITOR = "auditor", _("Auditeur")
    ADVISER = "adviser", _("Conseiller")
    COMMISSION = "commission", _("Commission de la qualité")  # OPGA 7l al. 2: listens, and sees nothing else


class Right(models.TextChoices):
    """What an administrator may grant to an agent (ORG-07). Administrators have all but `listen`."""

    VET = "vet", _("Valider les inscriptions")
    REVIEW = "review", _("Traiter les factures")
    LISTEN = "listen", _("Écouter les enregistrements")
    RECORDS = "records", _("Gérer les enregistrements")
    COURT = "court", _("Remettre un enregistrement à un tribunal")
    SUPPORT = "support", _("Répondre au support")


class StaffMember(models.Model):
    """A person works for an insurer (agent, administrator, auditor, adviser)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="staff_memberships")
    role = models.CharField(max_length=20, choices=StaffRole)
    rights = ArrayField(models.CharField(max_length=20, choices=Right), default=list)
    keeps_account = models.BooleanField(default=False)  # the account was made here: administrators may correct it
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("insurer", "person"), condition=Q(removed_at=None), name="staff_member_once"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="staff_removal_pair",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"

    @property
    def right_words(self) -> list[str]:
        """The rights it was given, in words."""
        return [str(Right(right).label) for right in self.rights]


class BankAccount(models.Model):
    """A company's account for refunds (ORG-05). Archived, never deleted: invoices keep a snapshot and the link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="bank_accounts")
    label = models.CharField(max_length=60, blank=True)
    iban = models.CharField(max_length=34)  # electronic form; a QR-IBAN is recognised by its IID
    holder = models.CharField(max_length=70)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(null=True, blank=True)  # last change of the IBAN; flags open invoices
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("affiliation", "iban"), condition=Q(archived_at=None), name="bank_account_once"
            ),
        )

    def __str__(self) -> str:
        return self.iban

    @property
    def is_qr(self) -> bool:
        """A QR-IBAN demands a QR reference with each payment."""
        return is_qr_iban(self.iban)
