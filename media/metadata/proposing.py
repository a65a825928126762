"""What an editor is asked to confirm, at upload."""

from django.utils import timezone, translation

from media import blobs
from media.metadata.reading import found_in
from media.metadata.values import Found
from media.models import Image


def propose(image: Image) -> Found:
    """What the picture's file says of itself, in the editor's language where it has several.

    Never raises on what is in the file; a file that is gone from the storage says nothing.
    """
    if image.blob is None:
        return Found()
    language = (translation.get_language() or "").split("-")[0]
    try:
        with blobs.opened(image.blob) as file:
            return found_in(file, timezone.get_current_timezone(), language)
    except FileNotFoundError:
        return Found()
