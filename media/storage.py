"""Where bytes lie. Nothing is served from here by path."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from media.chunks import FilePortion, Portion
from media.ranges import Extent

BLOBS = "blobs/"
"""Below this everything is named by its content, and shared: no one file's owner deletes it."""


class StorageDown(OSError):
    """The storage does not answer, or refuses us."""


def editors_url(name: str | None) -> str:
    """What Wagtail's admin gets when it asks for an address: only editors can open it."""
    return reverse("editor_stored_file", args=[name or ""])


class PrivateStorage(FileSystemStorage):
    """Files under ``MEDIA_ROOT``, outside everything a web server shows."""

    def url(self, name: str | None) -> str:
        return editors_url(name)

    def portion(self, extent: Extent) -> Portion:
        """Open a file at an offset. Raises ``Truncated`` where it is not of the announced size."""
        return FilePortion(self.path(extent.key), extent)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """What is named by its content has no other name."""
        if name.startswith(BLOBS):
            return name
        return super().get_available_name(name, max_length)

    def delete(self, name: str) -> None:
        """Delete a file, unless other records share it."""
        if not name.startswith(BLOBS):
            super().delete(name)

    def discard(self, name: str) -> None:
        """Delete a blob that nothing refers to any more."""
        super().delete(name)

    def _save(self, name: str, content: File[Any]) -> str:
        """Write beside the place, then rename: a full disk or a killed process leaves no half file.

        Whoever looks sees nothing, or the whole.
        """
        whole = Path(self.path(name))
        beside = f"{os.path.dirname(name)}/.{uuid4().hex}.part".lstrip("/")
        written = ""
        try:
            written = super()._save(beside, content)  # type: ignore[misc]
            part = Path(self.path(written))
            _to_disk(part)
            if name.startswith(BLOBS):
                part.replace(whole)  # the same bytes, should it be there already
            else:
                name = self._placed(part, name)
        except BaseException:
            with suppress(OSError):
                Path(self.path(written or beside)).unlink(missing_ok=True)
            raise
        _to_disk(Path(self.path(name)).parent)
        return name

    def _placed(self, part: Path, name: str) -> str:
        """Under this name, or another if somebody has it by now."""
        while True:
            try:
                os.link(part, self.path(name))
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                part.unlink()
                return name


def _to_disk(path: Path) -> None:
    """What is renamed after it is on the disk is whole, even after a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
