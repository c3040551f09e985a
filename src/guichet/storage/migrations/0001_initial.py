"""Stored objects, protected as they are created."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="StoredObject",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("chunk_size", models.PositiveIntegerField()),
                ("key_id", models.CharField(max_length=40)),
                ("algorithm", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("destroyed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "insurer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.insurer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="stored_object_sha256_whole"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("chunk_size__gt", 0)), name="stored_object_chunk_size_positive"
                    ),
                ],
            },
        ),
        protect("storage_storedobject"),
    ]
