"""A site of two addresses: a kit of all blobs in the storage, and how many downloads run."""

import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from media import blobs, streaming
from media.kits import archive

WHEN = datetime(2026, 5, 14, 8, 30, 12, tzinfo=UTC)


@cache
def packed():
    files = []
    for number, stored in enumerate(sorted((Path(settings.MEDIA_ROOT) / "blobs").glob("*/*"))):
        with stored.open("rb") as file:
            measured = blobs.measure(file)
        name = f"Été à Cannes {number} 夏天.bin"
        files.append(archive.File(path=("Photos", name), blob=measured, modified=WHEN))
    return archive.packed(files, archive.Papers(title="Le Kit", locale="fr", modified=WHEN))


def kit(request):
    return archive.respond(request, packed(), name="Dossier d’été", ended=ended)


def ended(layout, sent):
    sys.stderr.write(f"ended {sent.start} {sent.length} {sent.is_whole}\n")


def running(request):
    return HttpResponse(str(streaming.running.count))


urlpatterns = [path("kit.zip", kit), path("running", running)]
