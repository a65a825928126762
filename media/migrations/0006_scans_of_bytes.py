"""What the scanner said is kept with the bytes: older versions of kits hold bytes of no file."""

from typing import Any

from django.db import migrations, models

WORST_FIRST = ("infected", "failed", "pending", "clean")


def take_over(apps: Any, _schema_editor: Any) -> None:
    """Bytes are what their files are; of several, the worst. Others wait for ``manage.py scan``."""
    blobs = apps.get_model("media", "Blob").objects
    for state in reversed(WORST_FIRST):
        for name in ("Image", "Document", "Video"):
            held = apps.get_model("media", name).objects.filter(scan=state).exclude(blob=None)
            blobs.filter(pk__in=held.values("blob")).update(scan=state)


class Migration(migrations.Migration):
    dependencies = [("media", "0005_downloads")]

    operations = [
        migrations.AddField("blob", "scan", models.CharField(default="unscanned", max_length=10)),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
