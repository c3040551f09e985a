"""The tables of the invoice counter; every one belongs to an insurer."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.invoices.immutable import immutable
from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('storage', '0001_initial'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('message_id', models.CharField(max_length=35)),
                ('execution_date', models.DateField()),
                ('count', models.PositiveIntegerField()),
                ('control_sum', models.DecimalField(decimal_places=2, max_digits=14)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
        ),
        migrations.CreateModel(
            name='Beneficiary',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('last_name', models.CharField(max_length=80)),
                ('first_name', models.CharField(max_length=80)),
                ('street', models.CharField(max_length=70)),
                ('house_no', models.CharField(blank=True, max_length=16)),
                ('postcode', models.CharField(max_length=16)),
                ('town', models.CharField(max_length=35)),
                ('country', models.CharField(default='CH', max_length=2)),
                ('birth_date', models.DateField()),
                ('sex', models.CharField(choices=[('m', 'Masculin'), ('f', 'Féminin')], max_length=1)),
                ('avs_number', models.CharField(max_length=13)),
                ('representative_name', models.CharField(blank=True, max_length=120)),
                ('representative_address', models.CharField(blank=True, max_length=140)),
                ('payment_reference', models.CharField(blank=True, max_length=27)),
                ('iban', models.CharField(blank=True, max_length=34)),
                ('holder', models.CharField(blank=True, max_length=70)),
                ('power_of_attorney_name', models.CharField(blank=True, max_length=120)),
                ('search', models.CharField(max_length=180)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('affiliation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('power_of_attorney', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=14)),
                ('description', models.CharField(blank=True, max_length=120)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='invoices.beneficiary')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('form_code', models.CharField(max_length=12)),
                ('edition', models.CharField(max_length=10)),
                ('raw', models.JSONField(default=dict)),
                ('draft_no', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('modified_at', models.DateTimeField()),
                ('number', models.CharField(blank=True, max_length=20)),
                ('version_no', models.PositiveIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('message', models.TextField(blank=True)),
                ('status', models.CharField(choices=[('draft', 'Brouillon'), ('in_review', 'En traitement'), ('to_correct', 'À corriger'), ('accepted', 'Accepté'), ('transmitted', 'Transmis pour paiement'), ('paid', 'Payé'), ('rejected', 'Rejeté par la Centrale'), ('refused', 'Refusé'), ('withdrawn', 'Retiré')], default='draft', max_length=12)),
                ('decision_number', models.CharField(blank=True, max_length=14)),
                ('period_from', models.DateField(blank=True, null=True)),
                ('period_to', models.DateField(blank=True, null=True)),
                ('total', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.bankaccount')),
                ('affiliation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation')),
                ('beneficiary', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.beneficiary')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('responsible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceAttachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=40)),
                ('pages', models.PositiveIntegerField(default=1)),
                ('state', models.CharField(choices=[('waiting', 'Analyse en attente'), ('clean', 'Vérifié'), ('infected', 'Virus détecté')], default='waiting', max_length=10)),
                ('code', models.JSONField(blank=True, null=True)),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('first_version', models.PositiveIntegerField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='invoices.invoice')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('stored', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InvoiceEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('act', models.CharField(max_length=20)),
                ('side', models.CharField(max_length=10)),
                ('text', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='invoices.invoice')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='InvoicePin',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version_no', models.PositiveIntegerField()),
                ('place', models.CharField(max_length=80)),
                ('text', models.CharField(max_length=500)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pins', to='invoices.invoice')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InvoiceVersion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('no', models.PositiveIntegerField()),
                ('idempotency_key', models.UUIDField()),
                ('draft_no', models.PositiveIntegerField()),
                ('answers', models.JSONField()),
                ('computed', models.JSONField()),
                ('snapshot', models.JSONField()),
                ('warnings', models.JSONField(default=list)),
                ('content_hash', models.CharField(max_length=64)),
                ('receipt_code', models.CharField(max_length=20, unique=True)),
                ('language', models.CharField(max_length=2)),
                ('sent_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='invoices.invoice')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Transmission',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('record', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transmissions', to='invoices.batch')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transmissions', to='invoices.invoice')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoiceversion')),
            ],
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(fields=('insurer', 'message_id'), name='batch_message_once'),
        ),
        migrations.AddIndex(
            model_name='beneficiary',
            index=models.Index(fields=['affiliation', 'last_name', 'first_name', 'id'], name='beneficiary_list'),
        ),
        migrations.AddIndex(
            model_name='beneficiary',
            index=models.Index(fields=['affiliation', 'avs_number'], name='beneficiary_avs'),
        ),
        migrations.AddConstraint(
            model_name='beneficiary',
            constraint=models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('affiliation', 'avs_number'), name='beneficiary_once'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('beneficiary', 'number'), name='decision_once'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('affiliation'), models.OrderBy(models.F('sent_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('sent_at__isnull', False)), name='invoice_history'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('affiliation'), models.F('status'), models.OrderBy(models.F('sent_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='invoice_by_status'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('affiliation'), models.F('responsible'), models.OrderBy(models.F('sent_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='invoice_by_person'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('beneficiary'), models.OrderBy(models.F('sent_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='invoice_by_beneficiary'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('insurer'), models.F('status'), models.F('changed_at'), models.F('id'), name='invoice_queue'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('insurer', 'number'), name='invoice_number_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), ('sent_at', None), ('status', 'draft'), ('version_no', 0)), models.Q(models.Q(('status', 'draft'), _negated=True), models.Q(('number', ''), _negated=True), ('beneficiary__isnull', False), ('sent_at__isnull', False), ('total__isnull', False), ('version_no__gt', 0)), _connector='OR'), name='invoice_draft_or_sent'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('refused', 'to_correct')), _negated=True), models.Q(('message', ''), _negated=True), _connector='OR'), name='invoice_says_why'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('accepted', 'refused', 'to_correct', 'transmitted')), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='invoice_decided_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='invoiceevent',
            index=models.Index(fields=['case', 'at'], name='invoice_event_list'),
        ),
        migrations.AddConstraint(
            model_name='invoiceversion',
            constraint=models.UniqueConstraint(fields=('case', 'no'), name='invoice_version_once'),
        ),
        migrations.AddConstraint(
            model_name='invoiceversion',
            constraint=models.UniqueConstraint(fields=('insurer', 'idempotency_key'), name='invoice_send_once'),
        ),
        migrations.AddIndex(
            model_name='transmission',
            index=models.Index(condition=models.Q(('batch', None)), fields=['insurer', 'created_at'], name='transmission_open'),
        ),
        migrations.AddConstraint(
            model_name='transmission',
            constraint=models.UniqueConstraint(fields=('invoice', 'version'), name='transmission_once'),
        ),
        migrations.AddConstraint(
            model_name='transmission',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='transmission_positive'),
        ),
        protect("invoices_beneficiary"),
        protect("invoices_decision"),
        protect("invoices_invoice"),
        protect("invoices_invoiceversion"),
        protect("invoices_invoiceattachment"),
        protect("invoices_invoicepin"),
        protect("invoices_invoiceevent"),
        protect("invoices_batch"),
        protect("invoices_transmission"),
        immutable("invoices_invoiceversion", filled_in_later="pdf_id"),
        immutable("invoices_transmission", filled_in_later="batch_id"),
    ]
