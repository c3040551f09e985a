"""What was decided on a line may be emptied of its words, but not changed."""

from django.db import migrations

from guichet.invoices.immutable import erasable


class Migration(migrations.Migration):

    dependencies = [
        ("invoices", "0009_delays_and_digests"),
    ]

    operations = [
        erasable("invoices_linedecision", emptied='{"label": "—", "reasons": [], "text": "—"}'),
    ]
