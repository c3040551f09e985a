"""Files full of invoices or people, and keys for the sender's software."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from guichet.tenancy.protect import protect


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_rights'),
        ('invoices', '0005_bank_answers'),
        ('storage', '0002_held_in_parts'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('invoices', 'Factures'), ('people', 'Bénéficiaires')], max_length=10)),
                ('form_code', models.CharField(blank=True, max_length=12)),
                ('edition', models.CharField(blank=True, max_length=10)),
                ('file_name', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('ready', 'À confirmer'), ('running', 'En cours'), ('done', 'Terminé'), ('discarded', 'Abandonné')], default='ready', max_length=10)),
                ('wish', models.CharField(blank=True, max_length=10)),
                ('rows', models.PositiveIntegerField()),
                ('units', models.PositiveIntegerField()),
                ('faults', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('affiliation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.storedobject')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('no', models.PositiveIntegerField()),
                ('row', models.PositiveIntegerField()),
                ('key', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('draft', 'Brouillon créé'), ('sent', 'Envoyée'), ('failed', 'Non envoyée')], default='draft', max_length=10)),
                ('problem', models.TextField(blank=True)),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='invoices.invoice')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units_made', to='invoices.importrun')),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Lire'), ('send', 'Saisir et envoyer')], max_length=10), size=None)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('affiliation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.affiliation')),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.insurer')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['affiliation', '-created_at'], name='api_token_list')],
            },
        ),
        migrations.AddIndex(
            model_name='importrun',
            index=models.Index(fields=['affiliation', '-created_at', '-id'], name='import_run_list'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('run', 'no'), name='import_row_once'),
        ),
        protect("invoices_importrun"),
        protect("invoices_importrow"),
        protect("invoices_apitoken"),
    ]
