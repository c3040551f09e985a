"""Objects held by somebody else than the insurer, arriving in parts, or come from another insurer."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('storage', '0001_initial'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='storedobject',
            name='stored_object_sha256_whole',
        ),
        migrations.AddField(
            model_name='storedobject',
            name='bound_insurer',
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='storedobject',
            name='bound_object',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='storedobject',
            name='holder',
            field=models.CharField(blank=True, max_length=36),
        ),
        migrations.AddField(
            model_name='storedobject',
            name='unfinished',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='storedobject',
            name='sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='storedobject',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$'), models.Q(('sha256', ''), ('unfinished', True)), _connector='OR'), name='stored_object_sha256_whole'),
        ),
        migrations.AddConstraint(
            model_name='storedobject',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bound_insurer', None), ('bound_object', None)), models.Q(('bound_insurer__isnull', False), ('bound_object__isnull', False)), _connector='OR'), name='stored_object_bound_pair'),
        ),
    ]
