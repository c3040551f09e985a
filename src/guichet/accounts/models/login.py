"""Logins in progress, logins that hold, links by mail, brakes, and the owner's security history.

A login belongs to a person, who is global; these tables therefore carry the space they happened in as `space`
and no row-level security. Every secret is stored as a hash only (`tokens.py`).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models.codes import OneTimeCode
from guichet.accounts.models.parties import Person
from guichet.accounts.visitor import device_name
from guichet.tenancy.models import Insurer


class LoginSession(models.Model):
    """A login that holds: idle 30 minutes, absolute 12 hours, both on the server's clock (ACC-10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_hash = models.CharField(max_length=64, unique=True)  # of the cookie; the cookie itself is nowhere
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    space = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")  # where it was opened
    factors = models.CharField(max_length=40)  # "password sms": no session has fewer than two
    stepped_up_at = models.DateTimeField(null=True, blank=True)  # both factors once more, for dangerous acts
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()  # written at most once a minute
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = (models.Index(fields=("person", "-created_at"), name="login_session_person"),)

    def __str__(self) -> str:
        return f"{self.person} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def device(self) -> str:
        """« Firefox, Windows »."""
        return device_name(self.user_agent)


class LoginAttempt(OneTimeCode):
    """The right password was given; one code by SMS is missing (ACC-04). Bound to one browser."""

    space = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    next_path = models.CharField(max_length=500, blank=True)  # own path to go to afterwards

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(tries__lte=5), name="login_attempt_five_tries"),
            models.CheckConstraint(condition=Q(sends__lte=4), name="login_attempt_three_resends"),
        )


class TicketPurpose(models.TextChoices):
    """What a link by mail opens."""

    RESET = "reset", _("Réinitialiser le mot de passe")
    MOBILE = "mobile", _("Changer de numéro de portable")
    EMAIL = "email", _("Confirmer une nouvelle adresse e-mail")
    STEP_UP = "step_up", _("Confirmer votre identité")


class Ticket(models.Model):
    """A single-use secret sent to a person: a link, or a code bound to the login that asked for it.

    A newer one of the same purpose kills the older.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=10, choices=TicketPurpose)
    session = models.ForeignKey(LoginSession, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    payload = models.CharField(max_length=254, blank=True)  # the new mobile number or address
    reference = models.CharField(max_length=2, blank=True)  # of a code
    tries = models.PositiveSmallIntegerField(default=0)  # of a code
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)  # used, replaced, or dead after a change of password

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "purpose"), condition=Q(used_at=None), name="ticket_one_alive"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.created_at:%Y-%m-%d %H:%M}"


class Throttle(models.Model):
    """One counter of one brake: window, count, and until when it is closed (ACC-07)."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=30)
    key_hmac = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField()
    blocked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("scope", "key_hmac"), name="throttle_once"),)

    def __str__(self) -> str:
        return f"{self.scope}: {self.count}"


class SecurityEventKind(models.TextChoices):
    """What the owner of an account finds in the security history (ACC-08)."""

    LOGIN = "login", _("Connexion")
    NEW_DEVICE = "new_device", _("Connexion depuis un nouvel appareil")
    LOGOUT = "logout", _("Déconnexion")
    SESSION_ENDED = "session_ended", _("Session fermée")
    WRONG_CODES = "wrong_codes", _("Plusieurs codes d'accès erronés")
    THROTTLED = "throttled", _("Trop de tentatives de connexion")
    PASSWORD_CHANGED = "password_changed", _("Mot de passe modifié")
    PASSWORD_RESET = "password_reset", _("Mot de passe réinitialisé")
    MOBILE_CHANGED = "mobile_changed", _("Numéro de portable modifié")
    LANGUAGE_CHANGED = "language_changed", _("Langue modifiée")
    DATA_CHANGED = "data_changed", _("Données modifiées par le gérant")
    IBAN_CHANGED = "iban_changed", _("Compte bancaire de la société modifié")


class SecurityEvent(models.Model):
    """The account's own history, shown to its owner; the audit is a different thing and never read here."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    space = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=SecurityEventKind)
    at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=120, blank=True)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = (models.Index(fields=("person", "-at"), name="security_event_person"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"

    @property
    def device(self) -> str:
        """« Firefox, Windows »."""
        return device_name(self.user_agent)
