"""Mandates, waivers, recordings and their uploads."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_rights'),
        ('storage', '0001_initial'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=30)),
                ('origin', models.CharField(choices=[('office', "Annoncé par l'office"), ('expert', "Ouvert par l'expert")], max_length=8)),
                ('last_name', models.CharField(max_length=80)),
                ('first_name', models.CharField(max_length=80)),
                ('birth_date', models.DateField()),
                ('avs_number', models.CharField(max_length=13)),
                ('language', models.CharField(default='fr', max_length=2)),
                ('mobile', models.CharField(blank=True, max_length=16)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('expert_name', models.CharField(blank=True, max_length=120)),
                ('interview_dates', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ('search', models.CharField(max_length=240)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('legal_hold', models.CharField(blank=True, max_length=200)),
                ('decision_final_on', models.DateField(blank=True, null=True)),
                ('affiliation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
        ),
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('uploading', 'En cours de dépôt'), ('deposited', 'Déposé'), ('sent', 'Envoyé'), ('archived', 'Archivé'), ('forwarded', 'Transmis à un autre office'), ('replaced', 'Remplacé'), ('destruction_asked', 'Destruction demandée'), ('destroyed', 'Détruit')], default='uploading', max_length=20)),
                ('source', models.CharField(choices=[('upload', 'Dépôt sur le web'), ('recorder', 'Enregistreur')], max_length=10)),
                ('interview_on', models.DateField()),
                ('name', models.CharField(max_length=120)),
                ('segments', models.JSONField(default=list)),
                ('ingest', models.CharField(choices=[('waiting', 'Contrôle en attente'), ('ready', 'Contrôlé'), ('refused', 'Fichier refusé')], default='waiting', max_length=10)),
                ('refusal', models.CharField(blank=True, max_length=40)),
                ('media', models.CharField(blank=True, max_length=20)),
                ('duration_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('quality', models.JSONField(default=dict)),
                ('spoken_start_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('spoken_end_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('parts', models.JSONField(default=list)),
                ('report_reference', models.CharField(blank=True, max_length=60)),
                ('report_date', models.DateField(blank=True, null=True)),
                ('confirmed', models.JSONField(default=list)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('deposited_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField()),
                ('destroyed_at', models.DateTimeField(blank=True, null=True)),
                ('affiliation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation')),
                ('copy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
                ('deposited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='recordings.mandate')),
                ('original', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
                ('peaks', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='recordings.recording')),
                ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RecordingEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('act', models.CharField(max_length=30)),
                ('side', models.CharField(max_length=10)),
                ('text', models.TextField(blank=True)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='recordings.recording')),
            ],
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('length', models.PositiveBigIntegerField()),
                ('offset', models.PositiveBigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('stored_id', models.UUIDField()),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('moved_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='recordings.recording')),
            ],
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('declared_on', models.DateField()),
                ('entered_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_on', models.DateField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='recordings.mandate')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['insurer', 'created_at', 'id'], name='mandate_list'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['affiliation', 'created_at', 'id'], name='mandate_of_expert'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['insurer', 'avs_number'], name='mandate_avs'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(fields=('insurer', 'number'), name='mandate_number_once'),
        ),
        migrations.AddIndex(
            model_name='recording',
            index=models.Index(models.F('insurer'), models.OrderBy(models.F('sent_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='recording_archive'),
        ),
        migrations.AddIndex(
            model_name='recording',
            index=models.Index(models.F('insurer'), models.F('status'), models.OrderBy(models.F('sent_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='recording_by_status'),
        ),
        migrations.AddIndex(
            model_name='recording',
            index=models.Index(models.F('affiliation'), models.OrderBy(models.F('started_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='recording_of_expert'),
        ),
        migrations.AddIndex(
            model_name='recording',
            index=models.Index(fields=['mandate', 'interview_on'], name='recording_of_mandate'),
        ),
        migrations.AddConstraint(
            model_name='recording',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['uploading', 'deposited', 'destroyed', 'destruction_asked']), models.Q(('original__isnull', False), ('sent_at__isnull', False)), _connector='OR'), name='recording_sent_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='recording',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at', None), ('sent_by', None)), models.Q(('sent_at__isnull', False), ('sent_by__isnull', False)), _connector='OR'), name='recording_sent_pair'),
        ),
        migrations.AddConstraint(
            model_name='recording',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('destroyed_at__isnull', False), ('status', 'destroyed')), models.Q(models.Q(('status', 'destroyed'), _negated=True), ('destroyed_at', None)), _connector='OR'), name='recording_destroyed_pair'),
        ),
        migrations.AddIndex(
            model_name='recordingevent',
            index=models.Index(fields=['recording', 'at'], name='recording_event_list'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('offset__lte', models.F('length'))), name='upload_offset_within'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_on', None)), fields=('mandate',), name='waiver_once'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None), ('revoked_on', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False), ('revoked_on__isnull', False)), _connector='OR'), name='waiver_revocation_whole'),
        ),
            protect('recordings_mandate'),
        protect('recordings_recording'),
        protect('recordings_recordingevent'),
        protect('recordings_upload'),
        protect('recordings_waiver'),
    ]
