"""Decisions with their quotas and what invoices take of them; legal holds; rows that may be emptied but not changed."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.invoices.immutable import append_only, erasable
from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0003_desk'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='erased_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='ErasureNotice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('untouched_since', models.DateTimeField()),
                ('sent_at', models.DateTimeField()),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='erasure_notice', to='invoices.invoice')),
            ],
        ),
        migrations.CreateModel(
            name='OfficeDecision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=14)),
                ('avs_number', models.CharField(max_length=13)),
                ('last_name', models.CharField(max_length=80)),
                ('first_name', models.CharField(max_length=80)),
                ('search', models.CharField(max_length=180)),
                ('forms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list, size=None)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('description', models.CharField(blank=True, max_length=120)),
                ('terms', models.JSONField(default=dict)),
                ('entered_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
        ),
        migrations.CreateModel(
            name='Quota',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('amount', 'Montant (CHF)'), ('hours', 'Heures'), ('nights', 'Nuits'), ('trips', 'Trajets'), ('days', 'Jours')], max_length=6)),
                ('per', models.CharField(choices=[('month', 'par mois'), ('year', 'par année'), ('total', 'au total')], max_length=5)),
                ('limit', models.DecimalField(decimal_places=2, max_digits=12)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotas', to='invoices.officedecision')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('bucket', models.CharField(max_length=7)),
                ('act', models.CharField(choices=[('reserved', 'Réservé'), ('consumed', 'Consommé'), ('released', 'Libéré'), ('returned', 'Restitué')], max_length=8)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=12)),
                ('over', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='invoices.invoice')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoiceversion')),
                ('quota', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='invoices.quota')),
            ],
        ),
        migrations.CreateModel(
            name='QuotaBalance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('bucket', models.CharField(max_length=7)),
                ('reserved', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('consumed', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('quota', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='invoices.quota')),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceHold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=300)),
                ('placed_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='invoices.invoice')),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('invoice',), name='invoice_hold_once'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='invoice_hold_lifted_by_somebody')],
            },
        ),
        migrations.AddIndex(
            model_name='officedecision',
            index=models.Index(fields=['insurer', 'avs_number'], name='office_decision_person'),
        ),
        migrations.AddIndex(
            model_name='officedecision',
            index=models.Index(models.F('insurer'), models.OrderBy(models.F('entered_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='office_decision_list'),
        ),
        migrations.AddConstraint(
            model_name='officedecision',
            constraint=models.UniqueConstraint(fields=('insurer', 'number'), name='office_decision_once'),
        ),
        migrations.AddConstraint(
            model_name='officedecision',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='office_decision_runs_forward'),
        ),
        migrations.AddConstraint(
            model_name='quota',
            constraint=models.UniqueConstraint(fields=('decision', 'kind', 'per'), name='quota_once'),
        ),
        migrations.AddConstraint(
            model_name='quota',
            constraint=models.CheckConstraint(condition=models.Q(('limit__gte', 0)), name='quota_not_negative'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['invoice', 'at'], name='ledger_of_invoice'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['quota', 'bucket', 'at'], name='ledger_of_quota'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='ledger_positive'),
        ),
        migrations.AddConstraint(
            model_name='quotabalance',
            constraint=models.UniqueConstraint(fields=('quota', 'bucket'), name='quota_balance_once'),
        ),
        migrations.AddConstraint(
            model_name='quotabalance',
            constraint=models.CheckConstraint(condition=models.Q(('consumed__gte', 0), ('reserved__gte', 0)), name='quota_balance_not_negative'),
        ),
        protect("invoices_officedecision"),
        protect("invoices_quota"),
        protect("invoices_quotabalance"),
        protect("invoices_ledgerentry"),
        protect("invoices_invoicehold"),
        protect("invoices_erasurenotice"),
        append_only("invoices_ledgerentry"),
        erasable("invoices_invoiceversion", emptied='{"answers": {}, "computed": {}, "snapshot": {}, "warnings": []}'),
        erasable("invoices_transmission", emptied='{"record": {}}'),
    ]
