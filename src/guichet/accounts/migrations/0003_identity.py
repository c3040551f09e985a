"""The insured person somebody is or represents."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_rights'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='registration',
            name='outcome',
            field=models.CharField(choices=[('waiting', 'À traiter'), ('requested', 'Demande créée'), ('known_email', 'Adresse déjà connue'), ('known_gln', 'GLN déjà connu'), ('known_avs', 'N° AVS déjà connu')], default='waiting', max_length=12),
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('last_name', models.CharField(max_length=80)),
                ('first_name', models.CharField(max_length=80)),
                ('avs_number', models.CharField(max_length=13)),
                ('birth_date', models.DateField()),
                ('sex', models.CharField(max_length=1)),
                ('iban', models.CharField(max_length=34)),
                ('affiliation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='identity', to='accounts.affiliation')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
            options={
                'indexes': [models.Index(fields=['insurer', 'avs_number'], name='identity_avs')],
            },
        ),
            protect('accounts_identity'),
    ]
