"""The one way in for uploads, whatever brought them: checked, cleaned, decently named."""

from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile, File

from media.checking import Checked, Refused, check, safe_name
from media.cleaning import LARGEST, clean_svg
from media.kinds import SVG


@dataclass(frozen=True, slots=True)
class Admitted:
    """A file that may be kept, with the name that people see."""

    file: File[bytes]
    checked: Checked


def admit(file: Any, name: str, field: str) -> Admitted:
    """Let an open file into a field of ``media.kinds.FIELDS``. Raises ``Refused``.

    What comes back is at its start, and is another file where an SVG was cleaned.
    """
    checked = check(file, name, field)
    if checked.content_type == SVG:
        file.seek(0)
        cleaned = clean_svg(file.read(LARGEST + 1), field)
        return Admitted(ContentFile(cleaned, name=safe_name(name)), checked)
    admitted = file if isinstance(file, File) else File(file)
    admitted.name = safe_name(name)
    return Admitted(admitted, checked)


__all__ = ["Admitted", "Refused", "admit"]
