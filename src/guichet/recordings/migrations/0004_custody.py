"""Destruction by two people, forwarding, packages for a court, integrity, the public word on security."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):
    dependencies = [
        ("recordings", "0003_deposits"),
        ("storage", "0002_held_in_parts"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("history", models.JSONField(default=list)),
                ("former", models.JSONField(default=list)),
                (
                    "insurer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arrival", to="recordings.recording"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CourtPackage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "À approuver"),
                            ("making", "En préparation"),
                            ("ready", "Prêt"),
                            ("handed", "Remis"),
                            ("over", "Effacé"),
                            ("refused", "Refusé"),
                            ("failed", "Échec de la préparation"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("ground", models.CharField(max_length=20)),
                ("court", models.CharField(max_length=160)),
                ("court_reference", models.CharField(max_length=60)),
                ("receiver", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("medium", models.CharField(blank=True, max_length=60)),
                ("handed_to", models.CharField(blank=True, max_length=120)),
                ("handed_on", models.DateField(blank=True, null=True)),
                ("handed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "handed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="storage.storedobject",
                    ),
                ),
                (
                    "insurer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="court_packages",
                        to="recordings.recording",
                    ),
                ),
                (
                    "secret",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="storage.storedobject",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["insurer", "asked_at", "id"], name="court_list"),
                    models.Index(fields=["recording", "asked_at"], name="court_of_recording"),
                    models.Index(
                        condition=models.Q(("image__isnull", False)),
                        fields=["insurer", "expires_at"],
                        name="court_to_destroy",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="court_decided_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="court_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", None), ("state", "asked")),
                            models.Q(models.Q(("state", "asked"), _negated=True), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="court_approved_before_made",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("handed_at", None),
                                ("handed_by", None),
                                ("handed_on", None),
                                ("handed_to", ""),
                                ("medium", ""),
                            ),
                            models.Q(
                                ("handed_at__isnull", False),
                                ("handed_by__isnull", False),
                                ("handed_on__isnull", False),
                                models.Q(("handed_to", ""), _negated=True),
                                models.Q(("medium", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="court_receipt_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("court", ""), _negated=True), models.Q(("court_reference", ""), _negated=True)
                        ),
                        name="court_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DestructionRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ten_days", "Demande dans les dix jours (art. 7k al. 3 let. b OPGA)"),
                            ("final", "Décision entrée en force, avec l'accord de la personne (art. 7l al. 3 OPGA)"),
                        ],
                        max_length=10,
                    ),
                ),
                ("interview_on", models.DateField(blank=True, null=True)),
                ("declared_on", models.DateField()),
                ("by_cockpit", models.BooleanField(default=False)),
                ("final_on", models.DateField(blank=True, null=True)),
                ("offered_on", models.DateField(blank=True, null=True)),
                ("entered_at", models.DateTimeField()),
                ("executed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "certificate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="storage.storedobject",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="storage.storedobject",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "executed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "insurer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destructions",
                        to="recordings.mandate",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("executed_at", None)),
                        fields=["insurer", "entered_at", "id"],
                        name="destruction_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("executed_at", None)),
                        fields=("mandate", "interview_on"),
                        name="destruction_open_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("executed_at", None), ("executed_by", None)),
                            models.Q(("executed_at__isnull", False), ("executed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="destruction_executed_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("executed_by", None),
                            models.Q(("executed_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="destruction_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by_cockpit", True), ("document__isnull", False), _connector="OR"),
                        name="destruction_in_writing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("final_on", None), ("interview_on__isnull", False), ("kind", "ten_days")),
                            models.Q(("final_on__isnull", False), ("kind", "final")),
                            _connector="OR",
                        ),
                        name="destruction_right_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Forwarding",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("arrived_as", models.UUIDField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "insurer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forwarding",
                        to="recordings.recording",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("to", models.F("insurer")), _negated=True), name="forwarding_elsewhere"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IntegrityCheck",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=8)),
                ("checked_at", models.DateTimeField()),
                ("damage", models.CharField(blank=True, max_length=12)),
                ("damaged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "insurer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="integrity", to="recordings.recording"
                    ),
                ),
                (
                    "stored",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="storage.storedobject"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["insurer", "checked_at"], name="integrity_oldest"),
                    models.Index(
                        condition=models.Q(("damage", ""), _negated=True),
                        fields=["insurer", "damaged_at"],
                        name="integrity_damaged",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("damage", ""), ("damaged_at", None)),
                            models.Q(models.Q(("damage", ""), _negated=True), ("damaged_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="integrity_damage_pair",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SecurityStatement",
            fields=[
                (
                    "insurer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tenancy.insurer",
                    ),
                ),
                ("place_fr", models.CharField(max_length=300)),
                ("place_de", models.CharField(max_length=300)),
                ("standards_fr", models.CharField(max_length=600)),
                ("standards_de", models.CharField(max_length=600)),
                ("review_on", models.DateField(blank=True, null=True)),
                ("review_fr", models.CharField(blank=True, max_length=600)),
                ("review_de", models.CharField(blank=True, max_length=600)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("review_de", ""), ("review_fr", ""), ("review_on", None)),
                            models.Q(
                                ("review_on__isnull", False),
                                models.Q(("review_fr", ""), _negated=True),
                                models.Q(("review_de", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="security_review_whole",
                    )
                ],
            },
        ),
        protect("recordings_arrival"),
        protect("recordings_courtpackage"),
        protect("recordings_destructionrequest"),
        protect("recordings_forwarding"),
        protect("recordings_integritycheck"),
        protect("recordings_securitystatement"),
    ]
