"""Reading pieces of bytes and of stored files in chunks, in a flat memory.

Never a byte that was not stored: a file that is shorter than it was, or another, is ``Truncated``.
"""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Protocol, cast

from django.core.files.storage import Storage, default_storage

from media.ranges import Extent

CHUNK = 256 * 1024
"""Bytes read at once."""
_SMALL = 64 * 1024

Piece = bytes | Extent


class Truncated(Exception):
    """A stored file is not what was announced."""


class Portion(Protocol):
    """An open part of a stored file."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, none only at the end."""
        ...

    def is_at_hand(self, size: int, /) -> bool:
        """Whether reading so many bytes will not wait for a disk or a network."""
        ...

    def close(self) -> None: ...


class ByRange(Protocol):
    """A storage that opens files in the middle. Raises ``Truncated`` where the size is another."""

    def portion(self, extent: Extent) -> Portion: ...


class Chunks:
    """The bytes of pieces, one chunk after the other; what is small goes together."""

    def __init__(self, pieces: Iterable[Piece], storage: Storage | None = None) -> None:
        self._source = cast(ByRange, storage or default_storage)
        self._open: Portion | None = None
        self._left = 0
        self._chunks = self._gathered(self._read(pieces))

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def next(self) -> bytes:
        """The next chunk, nothing at the end. Raises ``Truncated``."""
        return next(self._chunks, b"")

    def is_at_hand(self) -> bool:
        """Whether the next chunk will not wait for a disk or a network."""
        return self._open is not None and self._left > 0 and self._open.is_at_hand(self._size)

    def close(self) -> None:
        self._chunks.close()

    @property
    def _size(self) -> int:
        return min(CHUNK, self._left)

    def _read(self, pieces: Iterable[Piece]) -> Generator[bytes, None, None]:
        for piece in pieces:
            if isinstance(piece, bytes):
                yield from (piece[at : at + CHUNK] for at in range(0, len(piece), CHUNK))
            else:
                yield from self._read_stored(piece)

    def _read_stored(self, extent: Extent) -> Iterator[bytes]:
        with closing(self._source.portion(extent)) as self._open:
            self._left = extent.length
            while self._left:
                chunk = self._open.read(self._size)
                if not chunk:
                    raise Truncated(f"{extent.key} ended {self._left} bytes early")
                self._left -= len(chunk)
                yield chunk
        self._open = None

    def _gathered(self, chunks: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
        waiting = bytearray()
        with closing(chunks):
            for chunk in chunks:
                if len(chunk) >= _SMALL:
                    if waiting:
                        yield bytes(waiting)
                        waiting.clear()
                    yield chunk
                    continue
                waiting += chunk
                if len(waiting) >= CHUNK:
                    yield bytes(waiting)
                    waiting.clear()
        if waiting:
            yield bytes(waiting)


class FilePortion:
    """A part of a file on a disk of this machine."""

    def __init__(self, path: str, extent: Extent) -> None:
        try:
            self._descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError as error:
            raise Truncated(f"{extent.key} is gone") from error
        self._at = extent.offset
        size = os.fstat(self._descriptor).st_size
        if size != extent.size:
            self.close()
            raise Truncated(f"{extent.key} has {size} bytes and not {extent.size}")

    def read(self, size: int, /) -> bytes:
        chunk = os.pread(self._descriptor, size, self._at)
        self._at += len(chunk)
        return chunk

    def is_at_hand(self, size: int, /) -> bool:
        """Linux tells: when the last of the bytes is in memory, so are those before it."""
        try:
            last = os.preadv(self._descriptor, [bytearray(1)], self._at + size - 1, os.RWF_NOWAIT)
        except (AttributeError, OSError):
            return False
        return last == 1

    def close(self) -> None:
        os.close(self._descriptor)
