"""A request for a destruction follows a forwarded recording; an office's mistake is taken back by two people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recordings", "0009_revocation_in_writing"),
        ("storage", "0002_held_in_parts"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="destructionrequest",
            name="destruction_open_once",
        ),
        migrations.AddField(
            model_name="destructionrequest",
            name="claim",
            field=models.CharField(
                blank=True,
                choices=[
                    ("person", "Retrait écrit de la personne assurée"),
                    ("own", "Retrait par la personne assurée dans son compte"),
                    ("wrong_person", "Demande inscrite pour une autre personne"),
                    ("typing", "Erreur de saisie"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="destructionrequest",
            name="claim_note",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="destructionrequest",
            name="claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="destructionrequest",
            name="claimed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="destructionrequest",
            name="handed_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.insurer",
            ),
        ),
        migrations.AddField(
            model_name="destructionrequest",
            name="handed_request",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="forwarding",
            name="destroyed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="destructionrequest",
            index=models.Index(
                condition=models.Q(("handed_request__isnull", False)),
                fields=["handed_request"],
                name="destruction_handed",
            ),
        ),
        migrations.AddIndex(
            model_name="forwarding",
            index=models.Index(fields=["insurer", "arrived_as"], name="forwarding_arrived"),
        ),
        migrations.AddConstraint(
            model_name="destructionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("executed_at", None), ("withdrawn_at", None)),
                fields=("mandate", "interview_on", "handed_request"),
                name="destruction_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handed_from", None), ("handed_request", None)),
                    models.Q(
                        ("handed_from__isnull", False),
                        ("handed_request__isnull", False),
                        models.Q(("handed_from", models.F("insurer")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="destruction_handed_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claim", ""), ("claim_note", ""), ("claimed_at", None), ("claimed_by", None)),
                    models.Q(
                        ("claimed_at__isnull", False),
                        ("claimed_by__isnull", False),
                        models.Q(("claim", ""), _negated=True),
                        models.Q(("claim_note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="destruction_claim_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("claimed_by", None),
                    models.Q(("executed_at", None), ("withdrawn_by", None)),
                    models.Q(("executed_at", None), models.Q(("claimed_by", models.F("withdrawn_by")), _negated=True)),
                    _connector="OR",
                ),
                name="destruction_claim_second_person",
            ),
        ),
    ]
