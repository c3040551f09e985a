"""How long payments take, and who wants the daily summary."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_rights'),
        ('invoices', '0008_import_reason'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DigestChoice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wanted', models.BooleanField()),
                ('changed_at', models.DateTimeField()),
                ('affiliation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('affiliation', 'person'), name='digest_choice_once')],
            },
        ),
        migrations.CreateModel(
            name='PaymentDelay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('form_code', models.CharField(max_length=12)),
                ('days', models.PositiveSmallIntegerField()),
                ('sample', models.PositiveIntegerField()),
                ('computed_at', models.DateTimeField()),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('insurer', 'form_code'), name='payment_delay_once')],
            },
        ),
            protect('invoices_paymentdelay'),
        protect('invoices_digestchoice'),
    ]
