"""Who changed which rule of the office, and what waits for a second administrator."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0012_queue_indexes'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SettingChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=40)),
                ('before', models.JSONField(blank=True, null=True)),
                ('after', models.JSONField(blank=True, null=True)),
                ('reason', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('waiting', "En attente d'une deuxième personne"), ('applied', 'En vigueur'), ('refused', 'Refusé')], max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
            ],
            options={
                'indexes': [models.Index(fields=['insurer', '-asked_at'], name='setting_change_history')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('insurer', 'key'), name='setting_change_waits_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='setting_change_decided_by_somebody'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='setting_change_second_person')],
            },
        ),
        protect('invoices_settingchange'),
    ]
