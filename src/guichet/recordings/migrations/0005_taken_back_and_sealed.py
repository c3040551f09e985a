"""A request for a destruction can be taken back, a late one admitted; words beside a sound have room to be sealed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recordings', '0004_custody'),
        ('storage', '0002_held_in_parts'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='defectreport',
            name='defect_settled_whole',
        ),
        migrations.RemoveConstraint(
            model_name='destructionrequest',
            name='destruction_open_once',
        ),
        migrations.RemoveIndex(
            model_name='destructionrequest',
            name='destruction_open',
        ),
        migrations.AddField(
            model_name='destructionrequest',
            name='admission',
            field=models.CharField(blank=True, choices=[('standstill', 'Suspension des délais, art. 38 al. 4 LPGA'), ('restitution', 'Restitution du délai, art. 41 LPGA'), ('office', "Délai admis par l'office")], max_length=12),
        ),
        migrations.AddField(
            model_name='destructionrequest',
            name='admission_note',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='destructionrequest',
            name='withdrawal',
            field=models.CharField(blank=True, choices=[('person', 'Retrait écrit de la personne assurée'), ('own', 'Retrait par la personne assurée dans son compte'), ('wrong_person', 'Demande inscrite pour une autre personne'), ('typing', 'Erreur de saisie')], max_length=12),
        ),
        migrations.AddField(
            model_name='destructionrequest',
            name='withdrawal_document',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject'),
        ),
        migrations.AddField(
            model_name='destructionrequest',
            name='withdrawal_note',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='destructionrequest',
            name='withdrawal_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='destructionrequest',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='destructionrequest',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recording',
            name='asked_from',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AlterField(
            model_name='defectreport',
            name='outcome',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='defectreport',
            name='text',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='marker',
            name='text',
            field=models.TextField(blank=True),
        ),
        migrations.AddIndex(
            model_name='destructionrequest',
            index=models.Index(condition=models.Q(('executed_at', None), ('withdrawn_at', None)), fields=['insurer', 'entered_at', 'id'], name='destruction_open'),
        ),
        migrations.AddConstraint(
            model_name='defectreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at', None), ('settled_by', None)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='defect_settled_whole'),
        ),
        migrations.AddConstraint(
            model_name='destructionrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('executed_at', None), ('withdrawn_at', None)), fields=('mandate', 'interview_on'), name='destruction_open_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='destructionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('admission', ''), ('admission_note', '')), models.Q(('by_cockpit', False), ('kind', 'ten_days'), models.Q(('admission', ''), _negated=True), models.Q(('admission_note', ''), _negated=True)), _connector='OR'), name='destruction_admission_whole'),
        ),
        migrations.AddConstraint(
            model_name='destructionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawal', ''), ('withdrawal_note', ''), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('executed_at', None), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawal', ''), _negated=True)), _connector='OR'), name='destruction_withdrawn_whole'),
        ),
        migrations.AddConstraint(
            model_name='destructionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawal', 'person'), ('withdrawal_document__isnull', False), ('withdrawal_on__isnull', False)), models.Q(models.Q(('withdrawal', 'person'), _negated=True), ('withdrawal_document', None), ('withdrawal_on', None)), _connector='OR'), name='destruction_withdrawn_in_writing'),
        ),
    ]
