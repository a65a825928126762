"""What an editor is asked to confirm, at upload."""

from typing import IO

from django.utils import timezone, translation

from media import blobs
from media.metadata.reading import found_in
from media.metadata.values import Found
from media.models import Image


def propose(image: Image) -> Found:
    """What a picture of the library says of itself; one whose file is gone says nothing."""
    if image.blob is None:
        return Found()
    try:
        with blobs.opened(image.blob) as file:
            return said_by(file)
    except FileNotFoundError:
        return Found()


def said_by(file: IO[bytes]) -> Found:
    """What a picture's file says of itself, in the editor's language where it has several.

    Never raises on what is in the file, and leaves it at its start.
    """
    language = (translation.get_language() or "").split("-")[0]
    file.seek(0)
    found = found_in(file, timezone.get_current_timezone(), language)
    file.seek(0)
    return found
