"""Notes and reports of defects are sealed with the key of their recording; requests under way can be taken back."""

from typing import Any

from django.db import migrations

from guichet.storage.texts import MARK, seal_text

_ASKED_FROM = """
UPDATE recordings_recording r SET asked_from = CASE
    WHEN r.sent_at IS NULL THEN CASE WHEN r.deposited_at IS NULL THEN 'uploading' ELSE 'deposited' END
    WHEN EXISTS (SELECT FROM recordings_recordingevent e WHERE e.recording_id = r.id AND e.act = 'replaced')
        THEN 'replaced'
    WHEN EXISTS (SELECT FROM recordings_recordingevent e WHERE e.recording_id = r.id AND e.act = 'archived')
        THEN 'archived'
    ELSE 'sent' END
WHERE r.status = 'destruction_asked'
"""


def seal(apps: Any, _schema_editor: object) -> None:
    """Needs the key store where there is anything to seal. What belongs to no sound any more is emptied."""
    for name, columns in (("Marker", ["text"]), ("DefectReport", ["text", "outcome"])):
        model = apps.get_model("recordings", name)
        for row in model.objects.select_related("recording__original").order_by("pk").iterator():
            words = {column: getattr(row, column) for column in columns}
            open_ones = {column: said for column, said in words.items() if said and not said.startswith(MARK)}
            if open_ones:
                obj = row.recording.original
                gone = obj is None or obj.destroyed_at
                changes = {column: "" if gone else seal_text(obj, said) for column, said in open_ones.items()}
                model.objects.filter(pk=row.pk).update(**changes)


class Migration(migrations.Migration):
    dependencies = [("recordings", "0005_taken_back_and_sealed")]

    operations = [
        migrations.RunSQL(_ASKED_FROM, migrations.RunSQL.noop),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
