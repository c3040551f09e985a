"""Rates an office enters; the person of an invoice beside it, so that duplicates are found across senders."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect

_ROW_TABLES = ("invoices_invoice", "invoices_invoiceversion")
_OPEN = ";".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in _ROW_TABLES)
_CLOSE = ";".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in _ROW_TABLES)
_FILL = """
UPDATE invoices_invoice AS i
SET avs_number = coalesce(v.snapshot -> 'beneficiary' ->> 'avs_number', '')
FROM invoices_invoiceversion AS v
WHERE v.case_id = i.id AND v.no = i.version_no AND i.erased_at IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_rights'),
        ('invoices', '0006_imports'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicateLook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('avs_number', models.CharField(max_length=13)),
                ('form_code', models.CharField(max_length=12)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TariffRate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=24)),
                ('valid_from', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=8)),
                ('source', models.CharField(max_length=200)),
                ('entered_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='invoice',
            name='answered',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='invoice',
            name='avs_number',
            field=models.CharField(blank=True, max_length=13),
        ),
        migrations.AddField(
            model_name='invoice',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('insurer'), models.F('avs_number'), models.OrderBy(models.F('period_from'), descending=True), condition=models.Q(('avs_number', ''), _negated=True), name='invoice_of_person'),
        ),
        migrations.AddField(
            model_name='duplicatelook',
            name='affiliation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation'),
        ),
        migrations.AddField(
            model_name='duplicatelook',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='tariffrate',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tariffrate',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tariffrate',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddIndex(
            model_name='duplicatelook',
            index=models.Index(models.F('affiliation'), models.F('avs_number'), models.OrderBy(models.F('at'), descending=True), name='duplicate_look_recent'),
        ),
        migrations.AddConstraint(
            model_name='duplicatelook',
            constraint=models.UniqueConstraint(fields=('affiliation', 'avs_number', 'form_code', 'amount'), name='duplicate_look_once'),
        ),
        migrations.AddConstraint(
            model_name='tariffrate',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('insurer', 'code', 'valid_from'), name='tariff_rate_once'),
        ),
        migrations.AddConstraint(
            model_name='tariffrate',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='tariff_rate_positive'),
        ),
        migrations.AddConstraint(
            model_name='tariffrate',
            constraint=models.CheckConstraint(condition=models.Q(('used_at', None), ('closed_at', None), _connector='OR'), name='tariff_rate_used_or_closed'),
        ),
        migrations.AddConstraint(
            model_name='tariffrate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='tariff_rate_closed_by_somebody'),
        ),
        protect('invoices_tariffrate'),
        protect('invoices_duplicatelook'),
        migrations.RunSQL(sql=f"SET CONSTRAINTS ALL IMMEDIATE;{_OPEN};{_FILL};{_CLOSE}", reverse_sql=""),
    ]
