"""Indexes of the queue: what narrows it is read from the index, and each mark has its own in the order of the queue."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_identity'),
        ('invoices', '0011_powers'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='invoice',
            name='invoice_queue_free',
        ),
        migrations.RemoveIndex(
            model_name='invoice',
            name='invoice_queue_flags',
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('assigned_to', None), ('status', 'in_review')), fields=['insurer', 'changed_at', 'id'], include=('form_code', 'total'), name='invoice_queue_free'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('flags__contains', ['new_iban'])), fields=['insurer', 'status', 'changed_at', 'id'], name='invoice_mark_new_iban'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('flags__contains', ['duplicate'])), fields=['insurer', 'status', 'changed_at', 'id'], name='invoice_mark_duplicate'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('flags__contains', ['first'])), fields=['insurer', 'status', 'changed_at', 'id'], name='invoice_mark_first'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('flags__contains', ['over_quota'])), fields=['insurer', 'status', 'changed_at', 'id'], name='invoice_mark_over_quota'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('flags__contains', ['no_power'])), fields=['insurer', 'status', 'changed_at', 'id'], name='invoice_mark_no_power'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('flags__contains', ['contested'])), fields=['insurer', 'status', 'changed_at', 'id'], name='invoice_mark_contested'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('flags__contains', ['deadline'])), fields=['insurer', 'status', 'changed_at', 'id'], name='invoice_mark_deadline'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('flags__contains', ['warned'])), fields=['insurer', 'status', 'changed_at', 'id'], name='invoice_mark_warned'),
        ),
    ]
