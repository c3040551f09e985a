"""What the bank answers, what became of each payment, and payments handed over again."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.invoices.immutable import erasable, immutable
from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_rights'),
        ('invoices', '0004_ledger'),
        ('storage', '0002_held_in_parts'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankMessage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('message_id', models.CharField(max_length=140)),
                ('sha256', models.CharField(max_length=64)),
                ('paid', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0)),
                ('left_alone', models.JSONField(default=list)),
                ('received_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('booked_on', models.DateField()),
                ('iban', models.CharField(max_length=34)),
                ('reference', models.CharField(blank=True, max_length=35)),
                ('reason_code', models.CharField(blank=True, max_length=35)),
                ('reason_text', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='transmission',
            name='transmission_once',
        ),
        migrations.AddField(
            model_name='batch',
            name='bills',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject'),
        ),
        migrations.AddField(
            model_name='batch',
            name='without_bill',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='transmission',
            name='attempt',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name='transmission',
            constraint=models.UniqueConstraint(fields=('invoice', 'attempt'), name='transmission_attempt_once'),
        ),
        migrations.AddField(
            model_name='bankmessage',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject'),
        ),
        migrations.AddField(
            model_name='bankmessage',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='bankmessage',
            name='received_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='settlement',
            name='affiliation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='invoices.bankmessage'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='transmission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='invoices.transmission'),
        ),
        migrations.AddIndex(
            model_name='bankmessage',
            index=models.Index(fields=['insurer', 'received_at'], name='bank_message_list'),
        ),
        migrations.AddConstraint(
            model_name='bankmessage',
            constraint=models.UniqueConstraint(fields=('insurer', 'sha256'), name='bank_message_once'),
        ),
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['affiliation', 'booked_on', 'id'], name='settlement_by_company'),
        ),
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['insurer', 'kind', 'booked_on'], name='settlement_by_day'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(fields=('transmission', 'kind', 'message'), name='settlement_once'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='settlement_not_negative'),
        ),
            protect('invoices_bankmessage'),
        protect('invoices_settlement'),
        immutable('invoices_settlement'),
        erasable('invoices_settlement', emptied='{"iban": "", "reference": "", "reason_text": ""}'),
    ]
