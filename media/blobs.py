"""Stored bytes: measured when they come in, addressed by their content, never changed."""

import hashlib
import zlib
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models, transaction

from media import archives, sniffing

CHUNK = 1 << 20


class Blob(models.Model):
    """Stored bytes. Immutable: a replaced file is another blob."""

    sha256 = models.CharField(max_length=64, unique=True)
    crc32 = models.BigIntegerField()
    size = models.BigIntegerField()  # in bytes
    content_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)  # in the storage
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.content_type}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of bytes once they were read: SHA-256, CRC-32, size in bytes, true type."""

    sha256: str
    crc32: int
    size: int
    content_type: str

    @property
    def name(self) -> str:
        """Where in the storage such bytes lie."""
        return f"blobs/{self.sha256[:2]}/{self.sha256}"


def measure(file: Any) -> Measured:
    """Read an open file through, once, and leave it at its start."""
    digest = hashlib.sha256()
    crc = size = 0
    head = b""
    file.seek(0)
    while chunk := file.read(CHUNK):
        head = head or chunk[: sniffing.SNIFFED]
        digest.update(chunk)
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    content_type = archives.true_type(file, sniffing.type_of(head))
    file.seek(0)
    return Measured(digest.hexdigest(), crc, size, content_type)


def keep(file: Any, *, content_type: str = "") -> Blob:
    """The blob of these bytes: stored now, unless they are there already.

    ``content_type``: for bytes of our own making, whose type is known.
    """
    measured = measure(file)
    stored = Blob.objects.filter(sha256=measured.sha256).first()
    if stored is not None and default_storage.exists(stored.name):
        return stored
    if not default_storage.exists(measured.name):
        default_storage.save(measured.name, file if isinstance(file, File) else File(file))
    with transaction.atomic():
        blob, _ = Blob.objects.get_or_create(
            sha256=measured.sha256,
            defaults={
                "crc32": measured.crc32,
                "size": measured.size,
                "content_type": content_type or measured.content_type,
                "name": measured.name,
            },
        )
    return blob


def opened(blob: Blob) -> IO[bytes]:
    """The bytes. Raises ``FileNotFoundError`` where somebody took them out of the storage."""
    file: IO[bytes] = default_storage.open(blob.name, "rb")
    return file
