"""Experts who came with a forwarded case accept the office's terms of use at their next login."""

from django.db import migrations, models

_FORWARDED = """
UPDATE accounts_membership m SET owes_terms = true FROM accounts_affiliation a
WHERE a.id = m.affiliation_id AND a.kind IN ('expert', 'centre') AND m.removed_at IS NULL
AND NOT EXISTS (SELECT FROM accounts_registration r WHERE r.affiliation_id = a.id)
AND NOT EXISTS (
    SELECT FROM accounts_termsacceptance t WHERE t.person_id = m.person_id AND t.insurer_id = m.insurer_id
)
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_identity")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="owes_terms",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(_FORWARDED, migrations.RunSQL.noop),
    ]
