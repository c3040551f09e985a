"""Deposits: uploads point at what they fill, warnings at 30 and 100 days, new deposits that were asked for."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_rights'),
        ('recordings', '0002_listening'),
        ('storage', '0002_held_in_parts'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RedepositRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=500)),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='recording',
            name='recording_sent_is_whole',
        ),
        migrations.RemoveField(
            model_name='upload',
            name='stored_id',
        ),
        migrations.AddField(
            model_name='recording',
            name='office_told_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='recording',
            name='warned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='upload',
            name='failure',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='upload',
            name='stored',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='mandate_search', opclasses=('gin_trgm_ops',)),
        ),
        migrations.AddIndex(
            model_name='recording',
            index=models.Index(condition=models.Q(('status', 'deposited')), fields=['deposited_at'], name='recording_unsent'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['moved_at'], name='upload_forgotten'),
        ),
        migrations.AddConstraint(
            model_name='recording',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['deposited', 'destroyed', 'destruction_asked', 'uploading']), models.Q(('original__isnull', False), ('sent_at__isnull', False)), _connector='OR'), name='recording_sent_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('recording',), name='upload_one_at_a_time'),
        ),
        migrations.AddField(
            model_name='redepositrequest',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='recordings.recording'),
        ),
        migrations.AddField(
            model_name='redepositrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='redepositrequest',
            name='insurer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer'),
        ),
        migrations.AddField(
            model_name='redepositrequest',
            name='recording',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redeposits', to='recordings.recording'),
        ),
        migrations.AddConstraint(
            model_name='redepositrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('recording',), name='redeposit_open_once'),
        ),
        migrations.AddConstraint(
            model_name='redepositrequest',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at', None), models.Q(('answer__isnull', False), ('answered_at__isnull', False)), _connector='OR'), name='redeposit_answer_pair'),
        ),
        protect('recordings_redepositrequest'),
    ]
