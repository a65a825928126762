"""Files that came in before there were blobs become blobs of their own."""

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import migrations


def keep(apps, schema_editor):
    from media import blobs

    Blob = apps.get_model("media", "Blob")
    for name in ("Image", "Document"):
        model = apps.get_model("media", name)
        for one in model.objects.filter(blob=None).iterator():
            if not one.file or not default_storage.exists(one.file.name):
                continue
            old = one.file.name
            with default_storage.open(old, "rb") as opened:
                measured = blobs.measure(opened)
                if not default_storage.exists(measured.name):
                    default_storage.save(measured.name, File(opened))
            blob, _ = Blob.objects.get_or_create(
                sha256=measured.sha256,
                defaults={
                    "crc32": measured.crc32,
                    "size": measured.size,
                    "content_type": measured.content_type,
                    "name": measured.name,
                },
            )
            model.objects.filter(pk=one.pk).update(
                blob=blob, name=old.rsplit("/", 1)[-1], file=measured.name,
                file_size=measured.size, file_hash=measured.sha256[:40], sha256=measured.sha256,
            )
            if old != measured.name:
                default_storage.delete(old)


class Migration(migrations.Migration):
    dependencies = [("media", "0002_blobs_rights_films")]
    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
