"""The queue of an office is counted, paged and narrowed from its indexes alone."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_identity'),
        ('invoices', '0013_office_rules'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='invoice',
            name='invoice_queue',
        ),
        migrations.RemoveIndex(
            model_name='invoice',
            name='invoice_queue_free',
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['insurer', 'status', 'changed_at', 'id'], include=('sent_at',), name='invoice_queue'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('assigned_to', None), ('sent_at__isnull', False), ('status', 'in_review')), fields=['insurer', 'changed_at', 'id'], include=('form_code', 'total'), name='invoice_queue_free'),
        ),
    ]
