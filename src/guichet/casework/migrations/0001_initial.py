"""The numbers of what is sent, by insurer and year."""

import django.db.models.deletion
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('insurer', 'year'), name='number_series_once')],
            },
        ),
        protect("casework_numberseries"),
    ]
