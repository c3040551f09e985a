"""One answer for every warning of a file."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0007_rates_and_duplicates'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='reason',
            field=models.CharField(blank=True, max_length=500),
        ),
    ]
