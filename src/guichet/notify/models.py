"""What is to be sent, and which gateway is put aside."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guichet.tenancy.models import Insurer


class Channel(models.TextChoices):
    """By which way it leaves."""

    MAIL = "mail", _("E-mail")
    SMS = "sms", _("SMS")


class Status(models.TextChoices):
    """Where an item stands. `dead` waits for a human being, `expired` never left: a late code is worse than none."""

    WAITING = "waiting", _("En attente")
    SENDING = "sending", _("En cours d'envoi")
    SENT = "sent", _("Envoyé")
    DEAD = "dead", _("Non remis")
    EXPIRED = "expired", _("Périmé")


OPEN: Final = (Status.WAITING, Status.SENDING)
ERASED: Final = (Status.SENT, Status.EXPIRED)


class OutboxItem(models.Model):
    """One mail or SMS, written in the transaction of the act that causes it.

    Recipient, subject and text are one sealed blob (`sealing.py`), erased once nobody needs it any more; the keyed
    hash of the recipient stays, so that support can answer « was something sent to this address? ».
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=4, choices=Channel)
    key = models.CharField(max_length=200)  # the act that causes it: the same act never sends twice
    template = models.CharField(max_length=80)
    language = models.CharField(max_length=2)
    recipient_hash = models.CharField(max_length=64)  # HMAC-SHA256, hexadecimal
    body = models.BinaryField(null=True)  # sealed; None once sent or expired
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(default=0)  # those in which the message itself was judged
    queued_at = models.DateTimeField()  # start of the 24 hours after which it is dead
    next_try_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)  # never sent at or after this moment
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    gateway = models.CharField(max_length=80, blank=True)  # the one that accepted it
    provider_reference = models.CharField(max_length=80, blank=True)
    last_error = models.CharField(max_length=80, blank=True)  # a code, never content

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("insurer", "key"), name="outbox_key_once"),
            models.CheckConstraint(
                condition=Q(status=Status.SENT, sent_at__isnull=False) & ~Q(gateway="")
                | ~Q(status=Status.SENT) & Q(sent_at=None, gateway=""),
                name="outbox_sent_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ERASED, body=None) | ~Q(status__in=ERASED) & Q(body__isnull=False),
                name="outbox_body_erased_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.SENDING) | Q(claimed_at__isnull=False),
                name="outbox_sending_is_claimed",
            ),
            models.CheckConstraint(condition=~Q(status=Status.DEAD) | ~Q(last_error=""), name="outbox_dead_says_why"),
            models.CheckConstraint(
                condition=~Q(status=Status.EXPIRED) | Q(expires_at__isnull=False), name="outbox_expired_had_a_limit"
            ),
            models.CheckConstraint(
                condition=~Q(channel=Channel.SMS) | Q(expires_at__isnull=False), name="outbox_sms_expires"
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="outbox_channel_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="outbox_status_known"),
        )
        indexes = (
            models.Index(fields=("insurer", "next_try_at"), condition=Q(status__in=OPEN), name="outbox_open"),
            models.Index(fields=("insurer", "-created_at"), condition=Q(status=Status.DEAD), name="outbox_dead"),
            models.Index(fields=("insurer", "recipient_hash", "created_at"), name="outbox_recipient"),
        )

    def __str__(self) -> str:
        return f"{self.template} ({self.status})"


class Gateway(models.Model):
    """A provider that failed and is put aside for a minute. Shared by all workers and insurers, nothing personal."""

    name = models.CharField(primary_key=True, max_length=80)
    down_until = models.DateTimeField()
    last_error = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name
