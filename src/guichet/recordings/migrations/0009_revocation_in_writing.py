"""The paper in which a waiver is revoked (OPGA 7k al. 4)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recordings", "0008_news_choice"),
        ("storage", "0002_held_in_parts"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="waiver",
            name="revocation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="storage.storedobject",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("revocation", None), ("revoked_on__isnull", False), _connector="OR"),
                name="waiver_revocation_paper",
            ),
        ),
    ]
