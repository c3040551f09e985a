"""What the desk adds: assignment, flags, line decisions, notes, reasons, substitutes, figures; four eyes."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.invoices.immutable import immutable
from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_rights'),
        ('invoices', '0002_unsaved'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FiguresThrough',
            fields=[
                ('insurer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='tenancy.insurer')),
                ('day', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceDay',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('form_code', models.CharField(max_length=12)),
                ('act', models.CharField(max_length=20)),
                ('waited', models.PositiveSmallIntegerField()),
                ('count', models.PositiveIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceNote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('text', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='LineDecision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version_no', models.PositiveIntegerField()),
                ('no', models.PositiveIntegerField()),
                ('place', models.CharField(max_length=80)),
                ('label', models.CharField(max_length=300)),
                ('asked', models.DecimalField(decimal_places=2, max_digits=12)),
                ('accepted', models.DecimalField(decimal_places=2, max_digits=12)),
                ('reasons', models.JSONField(default=list)),
                ('text', models.CharField(blank=True, max_length=500)),
                ('decided_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ReasonTemplate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=40)),
                ('kind', models.CharField(choices=[('correction', 'Demande de correction'), ('refusal', 'Refus'), ('line', 'Ligne acceptée en partie')], max_length=12)),
                ('texts', models.JSONField()),
                ('changed_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Substitution',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='invoice',
            name='invoice_decided_by_somebody',
        ),
        migrations.AddField(
            model_name='invoice',
            name='accepted_total',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name='invoice',
            name='assigned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='invoice',
            name='assigned_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invoice',
            name='flags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='invoice',
            name='reasons',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='invoice',
            name='second_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='amount',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='status',
            field=models.CharField(choices=[('draft', 'Brouillon'), ('in_review', 'En traitement'), ('to_correct', 'À corriger'), ('awaiting_second', 'En traitement'), ('accepted', 'Accepté'), ('transmitted', 'Transmis pour paiement'), ('paid', 'Payé'), ('rejected', 'Rejeté par la Centrale'), ('refused', 'Refusé'), ('withdrawn', 'Retiré')], default='draft', max_length=16),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('insurer'), models.F('assigned_to'), models.F('status'), models.F('changed_at'), models.F('id'), condition=models.Q(('assigned_to__isnull', False)), name='invoice_queue_mine'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('insurer'), models.F('changed_at'), models.F('id'), condition=models.Q(('assigned_to', None), ('status', 'in_review')), name='invoice_queue_free'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('insurer'), models.F('status'), models.F('form_code'), models.F('changed_at'), models.F('id'), name='invoice_queue_form'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('insurer'), models.F('status'), models.F('total'), name='invoice_queue_amount'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('flags', []), _negated=True), fields=['flags'], name='invoice_queue_flags'),
        ),
        migrations.AddIndex(
            model_name='invoiceevent',
            index=models.Index(fields=['insurer', 'at'], name='invoice_event_figures'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('awaiting_second', 'accepted', 'refused', 'to_correct', 'transmitted')), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='invoice_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('second_by', None), models.Q(('second_by', models.F('decided_by')), _negated=True), _connector='OR'), name='invoice_seen_by_two'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_total', None), models.Q(('accepted_total__gt', 0), ('accepted_total__lte', models.F('total'))), _connector='OR'), name='invoice_not_more_than_asked'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assigned_at', None), ('assigned_to', None)), models.Q(('assigned_at__isnull', False), ('assigned_to__isnull', False)), _connector='OR'), name='invoice_assigned_pair'),
        ),
        migrations.AddField(
            model_name='invoiceday',
            name='affiliation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation'),
        ),
        migrations.AddField(
            model_name='invoiceday',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='invoicenote',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='invoices.invoice'),
        ),
        migrations.AddField(
            model_name='invoicenote',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='invoicenote',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='linedecision',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='line_decisions', to='invoices.invoice'),
        ),
        migrations.AddField(
            model_name='linedecision',
            name='decided_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='linedecision',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='reasontemplate',
            name='changed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reasontemplate',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='substitution',
            name='absent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='substitution',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='substitution',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='substitution',
            name='substitute',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='invoiceday',
            constraint=models.UniqueConstraint(fields=('insurer', 'day', 'form_code', 'affiliation', 'act', 'waited'), name='invoice_day_once'),
        ),
        migrations.AddIndex(
            model_name='invoicenote',
            index=models.Index(fields=['case', 'at'], name='invoice_note_list'),
        ),
        migrations.AddConstraint(
            model_name='invoicenote',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='invoice_note_says_something'),
        ),
        migrations.AddConstraint(
            model_name='linedecision',
            constraint=models.UniqueConstraint(fields=('case', 'version_no', 'no', 'place'), name='line_decision_once'),
        ),
        migrations.AddConstraint(
            model_name='linedecision',
            constraint=models.CheckConstraint(condition=models.Q(('accepted__lte', models.F('asked'))), name='line_decision_not_more'),
        ),
        migrations.AddConstraint(
            model_name='linedecision',
            constraint=models.CheckConstraint(condition=models.Q(('accepted', models.F('asked')), models.Q(('text', ''), _negated=True), models.Q(('reasons', []), _negated=True), _connector='OR'), name='line_decision_says_why'),
        ),
        migrations.AddConstraint(
            model_name='reasontemplate',
            constraint=models.UniqueConstraint(fields=('insurer', 'code'), name='reason_template_once'),
        ),
        migrations.AddIndex(
            model_name='substitution',
            index=models.Index(fields=['insurer', 'substitute', 'last_day'], name='substitution_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='substitution',
            constraint=models.CheckConstraint(condition=models.Q(('absent', models.F('substitute')), _negated=True), name='substitution_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='substitution',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='substitution_in_order'),
        ),
        protect("invoices_linedecision"),
        protect("invoices_invoicenote"),
        protect("invoices_reasontemplate"),
        protect("invoices_substitution"),
        protect("invoices_invoiceday"),
        protect("invoices_figuresthrough"),
        immutable("invoices_linedecision"),
    ]
