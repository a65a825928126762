"""What an editor is asked to confirm, at upload."""

from typing import IO

from django.utils import timezone, translation

from media.metadata.reading import found_in
from media.metadata.values import Found


def said_by(file: IO[bytes]) -> Found:
    """What a picture's file says of itself, in the editor's language where it has several.

    Never raises on what is in the file, and leaves it at its start.
    """
    language = (translation.get_language() or "").split("-")[0]
    file.seek(0)
    found = found_in(file, timezone.get_current_timezone(), language)
    file.seek(0)
    return found
