"""A kit of two gigabytes of noise, as the storage has it, and an address that sends it."""

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from tqdm import tqdm

from media.blobs import Measured
from media.kits import archive
from media.kits.layout import Layout

FILES = 40
SIZE = 1 << 31  # bytes, of all files
_BLOCK = 1 << 22
_WHEN = datetime(2026, 5, 14, 8, 30, tzinfo=UTC)


def make(media: Path) -> None:
    """Write the files where blobs lie; every name is made up, for nobody asks for the hash."""
    for number in tqdm(range(FILES), desc="files", leave=False, disable=None):
        blob = _blob(number)
        file = media / blob.name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as output:
            for start in range(0, blob.size, _BLOCK):
                output.write(os.urandom(min(_BLOCK, blob.size - start)))


def _blob(number: int) -> Measured:
    weights = [1 + one % 7 for one in range(FILES)]
    size = SIZE * weights[number] // sum(weights)
    return Measured(f"{number:02}{'0' * 62}", number, size, "image/jpeg")


@cache
def packed() -> Layout:
    """Laid out as the product does it: from what is known of the files, reading none."""
    return archive.packed(
        [
            archive.File(path=("Photos", f"photo {number}.jpg"), blob=_blob(number), modified=_WHEN)
            for number in range(FILES)
        ]
    )


def kit(request: HttpRequest) -> HttpResponseBase:
    return archive.respond(request, packed(), name="kit")


if __name__ == settings.ROOT_URLCONF:
    from cms.urls import urlpatterns as product

    urlpatterns = [path("kit.zip", kit), *product]
