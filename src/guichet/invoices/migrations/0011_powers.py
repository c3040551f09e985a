"""Powers of attorney with scope and validity, persons represented, objections; the single file becomes a power."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect

_ROW_TABLES = ("invoices_beneficiary", "invoices_powerofattorney")
_OPEN = ";".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in _ROW_TABLES)
_CLOSE = ";".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in _ROW_TABLES)
_TAKE_OVER = """
INSERT INTO invoices_powerofattorney (
    id, insurer_id, affiliation_id, beneficiary_id, avs_number, form_codes, valid_from, valid_to, how, state,
    file_id, file_name, asked_at, signed_text, text_hash, language, ended_side)
SELECT gen_random_uuid(), b.insurer_id, b.affiliation_id, b.id, b.avs_number, '{}', (b.created_at - interval '1 year')::date,
    (b.created_at + interval '4 years' - interval '1 day')::date, 'scanned', 'active',
    b.power_of_attorney_id, b.power_of_attorney_name, b.created_at, '', '', '', ''
FROM invoices_beneficiary AS b
WHERE b.power_of_attorney_id IS NOT NULL AND b.avs_number <> '' -- an erased profile has none
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_identity'),
        ('invoices', '0010_erasable_lines'),
        ('storage', '0002_held_in_parts'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version_no', models.PositiveIntegerField()),
                ('text', models.CharField(max_length=1000)),
                ('at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'À traiter'), ('accepted', 'Acceptée'), ('refused', 'Refusée')], default='waiting', max_length=10)),
                ('answer', models.CharField(blank=True, max_length=1000)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PowerOfAttorney',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('avs_number', models.CharField(max_length=13)),
                ('form_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list, size=None)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('how', models.CharField(choices=[('scanned', 'Papier signé, numérisé'), ('signed', 'Signature électronique')], max_length=10)),
                ('state', models.CharField(choices=[('asked', 'Demandée'), ('active', 'Valable'), ('refused', 'Refusée'), ('revoked', 'Révoquée')], max_length=10)),
                ('file_name', models.CharField(blank=True, max_length=120)),
                ('asked_at', models.DateTimeField()),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_text', models.TextField(blank=True)),
                ('text_hash', models.CharField(blank=True, max_length=64)),
                ('language', models.CharField(blank=True, max_length=2)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_side', models.CharField(blank=True, choices=[('insured', 'par la personne assurée'), ('sender', 'par le mandataire')], max_length=10)),
                ('warned_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Representation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('last_name', models.CharField(max_length=80)),
                ('first_name', models.CharField(max_length=80)),
                ('avs_number', models.CharField(max_length=13)),
                ('birth_date', models.DateField()),
                ('sex', models.CharField(choices=[('m', 'Masculin'), ('f', 'Féminin')], max_length=1)),
                ('iban', models.CharField(max_length=34)),
                ('proof_name', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('waiting', 'À traiter'), ('accepted', 'Acceptée'), ('refused', 'Refusée')], default='waiting', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(models.F('insurer'), models.F('avs_number'), models.OrderBy(models.F('sent_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('avs_number', ''), _negated=True), name='invoice_in_name'),
        ),
        migrations.AddField(
            model_name='objection',
            name='affiliation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation'),
        ),
        migrations.AddField(
            model_name='objection',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='objection',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='objection',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='invoices.invoice'),
        ),
        migrations.AddField(
            model_name='objection',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='powerofattorney',
            name='affiliation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation'),
        ),
        migrations.AddField(
            model_name='powerofattorney',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='powerofattorney',
            name='beneficiary',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='powers', to='invoices.beneficiary'),
        ),
        migrations.AddField(
            model_name='powerofattorney',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='powerofattorney',
            name='file',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject'),
        ),
        migrations.AddField(
            model_name='powerofattorney',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='powerofattorney',
            name='signed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='representation',
            name='affiliation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation'),
        ),
        migrations.AddField(
            model_name='representation',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='representation',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='representation',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='representation',
            name='proof',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.UniqueConstraint(fields=('invoice', 'version_no'), name='objection_once'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='objection_answered_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='powerofattorney',
            index=models.Index(fields=['affiliation', 'avs_number', 'state', 'valid_to'], name='power_held'),
        ),
        migrations.AddIndex(
            model_name='powerofattorney',
            index=models.Index(fields=['insurer', 'avs_number', 'asked_at'], name='power_given'),
        ),
        migrations.AddIndex(
            model_name='powerofattorney',
            index=models.Index(models.F('insurer'), models.F('valid_to'), condition=models.Q(('state', 'active'), ('warned_at', None)), name='power_ending'),
        ),
        migrations.AddConstraint(
            model_name='powerofattorney',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('beneficiary',), name='power_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='powerofattorney',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__lte', models.F('valid_to'))), name='power_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='powerofattorney',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('how', 'signed'), ('state', 'active'), _negated=True), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='power_signed_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='powerofattorney',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), ('file__isnull', False), _connector='OR'), name='power_has_paper'),
        ),
        migrations.AddConstraint(
            model_name='powerofattorney',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('ended_side', ''), ('state__in', ('asked', 'active'))), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('state__in', ('refused', 'revoked')), models.Q(('ended_side', ''), _negated=True)), _connector='OR'), name='power_ended_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='representation',
            index=models.Index(fields=['insurer', 'state', 'asked_at'], name='representation_waiting'),
        ),
        migrations.AddConstraint(
            model_name='representation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('affiliation', 'avs_number'), name='representation_once'),
        ),
        migrations.AddConstraint(
            model_name='representation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='representation_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='representation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='representation_refused_says_why'),
        ),
        protect('invoices_powerofattorney'),
        protect('invoices_representation'),
        protect('invoices_objection'),
        migrations.RunSQL(sql=f"SET CONSTRAINTS ALL IMMEDIATE;{_OPEN};{_TAKE_OVER};{_CLOSE}", reverse_sql=""),
    ]
