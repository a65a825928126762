"""Files on their way in: what is known of each lies beside its bytes, and no database is asked.

The offset of an upload is the size of its file. So a process that is killed, a connection that is
cut and a disk that is full lose nothing that was written, and there is no second place that could
say otherwise. Two writers exclude each other by the offset: whoever finds more there than they
expected is refused.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

EXPIRES_AFTER = timedelta(hours=24)
"""Without a byte for so long, an upload is given up."""
MOST_AT_ONCE = 500
"""Uploads that one person may have open."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
"""By which a piece may be proved; tus asks for the first."""
_ID = re.compile(r"[A-Za-z0-9_-]{32}")


class UploadRefused(Exception):
    """Why bytes were not taken."""


class NoSuchUpload(UploadRefused):
    """It never was, it expired, it is finished and taken, or it is somebody else's."""


class OffsetMoved(UploadRefused):
    """The file does not end where the piece begins: another client was here."""


class ChecksumWrong(UploadRefused):
    """What arrived is not what was sent. Nothing of it was kept."""


class DiskFull(UploadRefused):
    """There is no room. What was written stays, and the upload can go on."""


class OverQuota(UploadRefused):
    """The person has too much on its way already."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way: whose, what it is called, where it is to go, how long it will be."""

    id: str
    owner: int
    name: str
    field: str
    length: int
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / f"{self.id}.part"

    @property
    def offset(self) -> int:
        """Bytes that are here. Raises ``NoSuchUpload`` where it is gone."""
        return self._stat().st_size

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self._stat().st_mtime, UTC) + EXPIRES_AFTER

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length

    def _stat(self) -> os.stat_result:
        try:
            return self.path.stat()
        except FileNotFoundError as error:
            raise NoSuchUpload from error


@dataclass(frozen=True, slots=True)
class Limits:
    """What a place of uploads allows: bytes on their way for a person, bytes to leave free."""

    quota: int
    reserve: int


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a piece must come to, by one of ``ALGORITHMS``."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of all uploads. Every person has a folder in it."""

    root: Path
    limits: Limits

    def begin(self, *, owner: int, name: str, field: str, length: int) -> Upload:
        """Announce a file. Raises ``OverQuota``, or ``DiskFull`` where it will not fit."""
        folder = self.root / str(owner)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            self._check(folder, owner, length)
            upload = Upload(secrets.token_urlsafe(24), owner, name, field, length, folder)
            said = json.dumps({"name": name, "field": field, "length": length})
            try:
                _told(upload).write_text(said)
                upload.path.touch(mode=0o600)
            except OSError as error:
                discard(upload)
                raise _named(error) from error
        return upload

    def find(self, upload_id: str, *, owner: int, at: datetime) -> Upload:
        """Somebody's own upload. Raises ``NoSuchUpload`` for whatever else is asked."""
        if not _ID.fullmatch(upload_id):
            raise NoSuchUpload
        upload = _read(self.root / str(owner), upload_id)
        if upload is None or upload.expires_at <= at:
            raise NoSuchUpload
        return upload

    def of(self, owner: int) -> list[Upload]:
        """What a person has on its way."""
        return list(_all_in(self.root / str(owner)))

    def sweep(self, at: datetime) -> int:
        """Remove what expired, and what killed processes left. How many uploads went."""
        gone = 0
        for folder in self._folders():
            for upload in _all_in(folder):
                with suppress(NoSuchUpload):
                    if upload.expires_at <= at:
                        discard(upload)
                        gone += 1
            for left in folder.iterdir():
                with suppress(FileNotFoundError):
                    if left.stat().st_mtime <= (at - EXPIRES_AFTER).timestamp():
                        left.unlink()
        return gone

    def everything(self) -> list[Upload]:
        return [upload for folder in self._folders() for upload in _all_in(folder)]

    def _folders(self) -> list[Path]:
        return [one for one in self.root.iterdir() if one.is_dir()] if self.root.is_dir() else []

    def _check(self, folder: Path, owner: int, length: int) -> None:
        open_ones = self.of(owner)
        announced = sum(upload.length for upload in open_ones)
        if len(open_ones) >= MOST_AT_ONCE or announced + length > self.limits.quota:
            raise OverQuota
        if shutil.disk_usage(folder).free < length + self.limits.reserve:
            raise DiskFull


def append(
    upload: Upload, offset: int, pieces: Iterable[bytes], checksum: Checksum | None = None
) -> int:
    """Write what follows on ``offset``, and give the offset after it.

    With a checksum nothing is kept unless all of it is right. Raises ``OffsetMoved``,
    ``ChecksumWrong`` and ``DiskFull``.
    """
    if offset != upload.offset:
        raise OffsetMoved
    try:
        if checksum is not None:
            return _append_proved(upload, offset, pieces, checksum)
        with upload.path.open("ab", buffering=0) as file:
            for piece in pieces:
                offset = _written(file, offset, piece)
            if offset == upload.length:
                os.fsync(file.fileno())
    except OSError as error:
        raise _named(error) from error
    return offset


def _append_proved(upload: Upload, offset: int, pieces: Iterable[bytes], checksum: Checksum) -> int:
    digest = ALGORITHMS[checksum.algorithm]()
    aside = upload.folder / f"{upload.id}.{secrets.token_hex(8)}.piece"
    try:
        with aside.open("w+b") as held, upload.path.open("ab", buffering=0) as file:
            for piece in pieces:
                digest.update(piece)
                held.write(piece)
            if digest.digest() != checksum.digest:
                raise ChecksumWrong
            held.seek(0)
            while piece := held.read(1 << 20):
                offset = _written(file, offset, piece)
            if offset == upload.length:
                os.fsync(file.fileno())
    finally:
        aside.unlink(missing_ok=True)
    return offset


def _written(file: BinaryIO, offset: int, piece: bytes) -> int:
    """Add a piece where it belongs, or nothing. The lock is held for no longer than that.

    Were it held while waiting for the network, a client that vanished would shut itself out.
    """
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        if os.fstat(file.fileno()).st_size != offset:
            raise OffsetMoved
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(file.fileno(), rest) :]
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)
    return offset + len(piece)


def discard(upload: Upload) -> None:
    """Forget an upload, whole or not."""
    _told(upload).unlink(missing_ok=True)
    upload.path.unlink(missing_ok=True)


def _told(upload: Upload) -> Path:
    return upload.folder / f"{upload.id}.json"


def _read(folder: Path, upload_id: str) -> Upload | None:
    try:
        said = json.loads((folder / f"{upload_id}.json").read_text())
        return Upload(
            upload_id, int(folder.name), said["name"], said["field"], said["length"], folder
        )
    except (FileNotFoundError, ValueError, KeyError):
        return None  # a process was killed while it wrote it


def _all_in(folder: Path) -> Iterator[Upload]:
    if not folder.is_dir():
        return
    for told in list(folder.glob("*.json")):
        upload = _read(folder, told.stem)
        if upload is not None and upload.path.exists():
            yield upload


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One announcement of a person at a time, or a quota would be counted twice over."""
    with (folder / "announcing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _named(error: OSError) -> UploadRefused:
    if error.errno in FULL:
        return DiskFull()
    if isinstance(error, FileNotFoundError):
        return NoSuchUpload()
    raise error
