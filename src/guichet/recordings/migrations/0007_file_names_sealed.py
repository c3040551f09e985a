"""The name of the file, as the expert had it, is sealed with the key of the file."""

from typing import Any

from django.db import migrations, models

from guichet.storage.texts import MARK, seal_text


def seal(apps: Any, _schema_editor: object) -> None:
    """Needs the key store where there is a name; that of a file that is gone is emptied."""
    recordings, uploads = apps.get_model("recordings", "Recording"), apps.get_model("recordings", "Upload")
    named = recordings.objects.exclude(name="").exclude(name__startswith=MARK).select_related("original")
    for recording in named.order_by("pk").iterator():
        latest = uploads.objects.filter(recording=recording).select_related("stored").order_by("-started_at").first()
        obj = recording.original or (latest and latest.stored)
        gone = obj is None or obj.destroyed_at
        recordings.objects.filter(pk=recording.pk).update(name="" if gone else seal_text(obj, recording.name))


class Migration(migrations.Migration):
    dependencies = [("recordings", "0006_seal_words")]

    operations = [
        migrations.AlterField(
            model_name="recording",
            name="name",
            field=models.TextField(blank=True),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
