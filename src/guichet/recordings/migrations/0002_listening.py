"""Grants, listenings, their codes, markers and reports of defects."""

import django.db.models.deletion
import guichet.recordings.models.listening
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('recordings', '0001_initial'),
        ('storage', '0001_initial'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ListeningGrant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('insured', 'Personne assurée'), ('authorised', 'Personne autorisée'), ('physician', 'Médecin désigné'), ('commission', 'Commission fédérale de la qualité')], max_length=10)),
                ('name', models.CharField(max_length=120)),
                ('mobile', models.CharField(blank=True, max_length=16)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('language', models.CharField(default='fr', max_length=2)),
                ('ground', models.CharField(max_length=20)),
                ('case_reference', models.CharField(max_length=60)),
                ('document_name', models.CharField(blank=True, max_length=120)),
                ('token_hash', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('granted_at', models.DateTimeField()),
                ('until', models.DateField()),
                ('expires_at', models.DateTimeField()),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='recordings.recording')),
                ('renews', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recordings.listeninggrant')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ListeningCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('browser_hash', models.CharField(max_length=64, unique=True)),
                ('code_hash', models.CharField(max_length=64)),
                ('reference', models.CharField(max_length=2)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sends', models.PositiveSmallIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recordings.listeninggrant')),
            ],
        ),
        migrations.CreateModel(
            name='Listening',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(max_length=10)),
                ('ground', models.CharField(max_length=20)),
                ('case_reference', models.CharField(max_length=60)),
                ('key_hash', models.CharField(max_length=64)),
                ('salt', models.BinaryField(max_length=16)),
                ('started_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, choices=[('', 'En cours'), ('finished', 'Terminée'), ('replaced', 'Reprise ailleurs'), ('withdrawn', 'Droit retiré'), ('revoked', 'Accès révoqué'), ('expired', 'Durée écoulée')], max_length=10)),
                ('allowance_ms', models.PositiveIntegerField()),
                ('paced_at', models.DateTimeField()),
                ('throttled', models.PositiveIntegerField(default=0)),
                ('served', guichet.recordings.models.listening.Spans(default=list)),
                ('played', guichet.recordings.models.listening.Spans(default=list)),
                ('ip', models.GenericIPAddressField(blank=True, null=True)),
                ('user_agent', models.CharField(blank=True, max_length=120)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listenings', to='recordings.recording')),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='listenings', to='recordings.listeninggrant')),
            ],
        ),
        migrations.CreateModel(
            name='DefectReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at_ms', models.PositiveIntegerField()),
                ('text', models.CharField(max_length=1000)),
                ('reported_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, max_length=1000)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='defects', to='recordings.recording')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recordings.listeninggrant')),
            ],
        ),
        migrations.CreateModel(
            name='Marker',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at_ms', models.PositiveIntegerField()),
                ('text', models.CharField(max_length=500)),
                ('shared', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='markers', to='recordings.recording')),
            ],
        ),
        migrations.AddIndex(
            model_name='listeninggrant',
            index=models.Index(fields=['recording', 'granted_at'], name='grant_of_recording'),
        ),
        migrations.AddIndex(
            model_name='listeninggrant',
            index=models.Index(condition=models.Q(('reminded_at', None), ('revoked_at', None)), fields=['insurer', 'expires_at'], name='grant_to_remind'),
        ),
        migrations.AddConstraint(
            model_name='listeninggrant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'commission'), ('token_hash', None)), models.Q(models.Q(('mobile', ''), _negated=True), ('token_hash__isnull', False)), _connector='OR'), name='grant_has_mobile_and_link'),
        ),
        migrations.AddConstraint(
            model_name='listeninggrant',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('insured', 'commission')), ('document__isnull', False), _connector='OR'), name='grant_authorised_on_file'),
        ),
        migrations.AddConstraint(
            model_name='listeninggrant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='grant_revocation_pair'),
        ),
        migrations.AddConstraint(
            model_name='listeninggrant',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'commission'), ('revoked_at', None)), fields=('recording',), name='grant_commission_once'),
        ),
        migrations.AddConstraint(
            model_name='listeningcode',
            constraint=models.CheckConstraint(condition=models.Q(('tries__lte', 5)), name='listening_code_five_tries'),
        ),
        migrations.AddConstraint(
            model_name='listeningcode',
            constraint=models.CheckConstraint(condition=models.Q(('sends__lte', 4)), name='listening_code_three_resends'),
        ),
        migrations.AddIndex(
            model_name='listening',
            index=models.Index(models.F('recording'), models.OrderBy(models.F('started_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='listening_of_recording'),
        ),
        migrations.AddIndex(
            model_name='listening',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['insurer', 'expires_at'], name='listening_running'),
        ),
        migrations.AddConstraint(
            model_name='listening',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), ('person__isnull', False)), fields=('recording', 'person'), name='listening_once'),
        ),
        migrations.AddConstraint(
            model_name='listening',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), ('person', None)), fields=('grant',), name='listening_on_grant_once'),
        ),
        migrations.AddConstraint(
            model_name='listening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('role__in', ('staff', 'commission'))), models.Q(('grant__isnull', False), ('person', None), ('role', 'listener')), _connector='OR'), name='listening_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='listening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='listening_end_pair'),
        ),
        migrations.AddIndex(
            model_name='defectreport',
            index=models.Index(fields=['recording', 'reported_at'], name='defect_of_recording'),
        ),
        migrations.AddConstraint(
            model_name='defectreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at', None), ('settled_by', None)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='defect_settled_whole'),
        ),
        migrations.AddConstraint(
            model_name='defectreport',
            constraint=models.CheckConstraint(condition=models.Q(('grant__isnull', False), ('person__isnull', False), _connector='OR'), name='defect_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='marker',
            index=models.Index(fields=['recording', 'at_ms'], name='marker_of_recording'),
        ),
        migrations.RunSQL(
            sql="ALTER TABLE recordings_listening ADD CONSTRAINT listening_played_within_served CHECK (played <@ served)",
            reverse_sql="ALTER TABLE recordings_listening DROP CONSTRAINT listening_played_within_served",
        ),
        protect('recordings_listeninggrant'),
        protect('recordings_listeningcode'),
        protect('recordings_listening'),
        protect('recordings_marker'),
        protect('recordings_defectreport'),
    ]
