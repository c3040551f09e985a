"""The insurer, tenant of everything: a global table without row-level security."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Insurer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=20, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ai_office", "Office AI"),
                            ("compensation_fund", "Caisse de compensation"),
                            ("pension_fund", "Caisse de pensions"),
                            ("private_insurer", "Assurance privée"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name_fr", models.CharField(max_length=120)),
                ("name_de", models.CharField(max_length=120)),
                ("name_it", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("number_prefix", models.CharField(max_length=4, unique=True)),
                ("office_code", models.CharField(blank=True, max_length=3)),
                ("canton", models.CharField(blank=True, max_length=2)),
                ("address", models.JSONField(default=dict)),
                ("phone", models.CharField(max_length=20)),
                ("hours", models.CharField(max_length=80)),
                ("email", models.EmailField(max_length=254)),
                ("accent", models.CharField(default="#7a1f2b", max_length=7)),
                ("logo", models.CharField(blank=True, max_length=40)),
                ("languages", models.JSONField(default=list)),
                ("systems", models.JSONField(default=list)),
                ("configuration", models.JSONField(default=dict)),
            ],
        ),
    ]
