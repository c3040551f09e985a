"""Rights and the role of those who manage, hear and hand over recordings."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='staffmember',
            name='rights',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('vet', 'Valider les inscriptions'), ('review', 'Traiter les factures'), ('listen', 'Écouter les enregistrements'), ('records', 'Gérer les enregistrements'), ('court', 'Remettre un enregistrement à un tribunal'), ('support', 'Répondre au support')], max_length=20), default=list, size=None),
        ),
        migrations.AlterField(
            model_name='staffmember',
            name='role',
            field=models.CharField(choices=[('agent', 'Collaborateur AI'), ('administrator', 'Administrateur'), ('auditor', 'Auditeur'), ('adviser', 'Conseiller'), ('commission', 'Commission de la qualité')], max_length=20),
        ),
    ]
