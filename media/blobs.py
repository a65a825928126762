"""Stored bytes: measured when they come in, addressed by their content, never changed."""

import hashlib
import zlib
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models, transaction

from media import archives, sniffing
from media.scanning import UNSCANNED

CHUNK = 1 << 20


class Blob(models.Model):
    """Stored bytes. Immutable: a replaced file is another blob."""

    sha256 = models.CharField(max_length=64, unique=True)
    crc32 = models.BigIntegerField()
    size = models.BigIntegerField()  # in bytes
    content_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)  # in the storage
    # What the scanner said of these bytes, also when no file of the library holds them any more.
    scan = models.CharField(max_length=10, default=UNSCANNED)
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

    ``content_type``: for bytes of our own making, whose type is known. To be called in the
    transaction in which something names the blob: until its end no sweep takes one that was there.
    """
    measured = measure(file)
    was_there = default_storage.exists(measured.name)
    if not was_there:
        _store(measured, file)
    with transaction.atomic():
        # A sweep that has it in hand is waited for, and another begins after this transaction.
        blob, _ = Blob.objects.select_for_update(no_key=True).get_or_create(
            sha256=measured.sha256,
            defaults={
                "crc32": measured.crc32,
                "size": measured.size,
                "content_type": content_type or measured.content_type,
                "name": measured.name,
            },
        )
    if was_there and not default_storage.exists(measured.name):
        _store(measured, file)  # swept between the look and the lock
    return blob


def _store(measured: Measured, file: Any) -> None:
    default_storage.save(measured.name, file if isinstance(file, File) else File(file))


def opened(blob: Blob) -> IO[bytes]:
    """The bytes. Raises ``FileNotFoundError`` where somebody took them out of the storage."""
    file: IO[bytes] = default_storage.open(blob.name, "rb")
    return file
