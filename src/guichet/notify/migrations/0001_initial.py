"""The outbox, protected as it is created, and the gateways put aside."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gateway",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("down_until", models.DateTimeField()),
                ("last_error", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="OutboxItem",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(choices=[("mail", "E-mail"), ("sms", "SMS")], max_length=4)),
                ("key", models.CharField(max_length=200)),
                ("template", models.CharField(max_length=80)),
                ("language", models.CharField(max_length=2)),
                ("recipient_hash", models.CharField(max_length=64)),
                ("body", models.BinaryField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "En attente"),
                            ("sending", "En cours d'envoi"),
                            ("sent", "Envoyé"),
                            ("dead", "Non remis"),
                            ("expired", "Périmé"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("queued_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("gateway", models.CharField(blank=True, max_length=80)),
                ("provider_reference", models.CharField(blank=True, max_length=80)),
                ("last_error", models.CharField(blank=True, max_length=80)),
                (
                    "insurer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("waiting", "sending"))),
                        fields=["insurer", "next_try_at"],
                        name="outbox_open",
                    ),
                    models.Index(
                        condition=models.Q(("status", "dead")), fields=["insurer", "-created_at"], name="outbox_dead"
                    ),
                    models.Index(fields=["insurer", "recipient_hash", "created_at"], name="outbox_recipient"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("insurer", "key"), name="outbox_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("sent_at__isnull", False), ("status", "sent"), models.Q(("gateway", ""), _negated=True)
                            ),
                            models.Q(models.Q(("status", "sent"), _negated=True), ("gateway", ""), ("sent_at", None)),
                            _connector="OR",
                        ),
                        name="outbox_sent_says_when_and_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", None), ("status__in", ("sent", "expired"))),
                            models.Q(
                                models.Q(("status__in", ("sent", "expired")), _negated=True), ("body__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="outbox_body_erased_when_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "sending"), _negated=True),
                            ("claimed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="outbox_sending_is_claimed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "dead"), _negated=True),
                            models.Q(("last_error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outbox_dead_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "expired"), _negated=True),
                            ("expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="outbox_expired_had_a_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "sms"), _negated=True), ("expires_at__isnull", False), _connector="OR"
                        ),
                        name="outbox_sms_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["mail", "sms"])), name="outbox_channel_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["waiting", "sending", "sent", "dead", "expired"])),
                        name="outbox_status_known",
                    ),
                ],
            },
        ),
        protect("notify_outboxitem"),
    ]
