"""A stored ZIP as a pure function of its members: every byte's place is known beforehand.

Sizes and CRCs are in the database, so the length is exact, any range can be sent, and no temporary
file is needed. After PKWARE's APPNOTE 6.3.10: method 0, real sizes in the local headers (readers
that stream refuse data descriptors of stored members), names in UTF-8, ZIP64 where needed.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

from media.ranges import Extent, strong

VERSION = "1"
"""Part of the entity tag: the same members laid out otherwise are other bytes."""

_LARGE = 0xFFFFFFFF
_MANY = 0xFFFF
_UTF8 = 0x0800
_PLAIN, _ZIP64 = 20, 45  # versions needed to extract
_UNIX = 3 << 8  # made by: without it, permissions below are not read
_FILE = 0o100644 << 16

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_END64 = struct.Struct("<IQHHIIQQQQ")
_LOCATOR = struct.Struct("<IIQI")
_TIMESTAMP = struct.Struct("<HHBi")

Piece = bytes | Extent


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive; ``name`` is unique and safe. ``content``: bytes, or a storage key."""

    name: str
    size: int
    crc32: int
    sha256: str
    modified: datetime
    content: bytes | str


class Part(NamedTuple):
    """Bytes of one member that a range of the archive holds."""

    member: Member
    offset: int
    length: int


def written(name: str, content: bytes, modified: datetime) -> Member:
    """A member of bytes at hand."""
    return Member(
        name=name,
        size=len(content),
        crc32=crc32(content),
        sha256=sha256(content).hexdigest(),
        modified=modified,
        content=content,
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies. ``starts`` are those of ``pieces``, in bytes from the beginning."""

    members: tuple[Member, ...]
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    length: int
    etag: str

    def segments(self, start: int = 0, length: int | None = None) -> Iterator[Piece]:
        """The bytes of a range: literal ones, and extents of stored files."""
        stop = self.length if length is None else min(self.length, start + length)
        at = bisect_right(self.starts, start) - 1
        while start < stop:
            piece = self.pieces[at]
            skipped = start - self.starts[at]
            taken = min(_length_of(piece) - skipped, stop - start)
            if taken:
                yield _part_of(piece, skipped, taken)
            start += taken
            at += 1

    def parts(self, start: int, length: int) -> Iterator[Part]:
        """Which bytes of which members a range holds; empty members count as held."""
        stop = start + length
        for number, member in enumerate(self.members):
            begins = self.starts[2 * number + 1]
            first, last = max(start, begins), min(stop, begins + member.size)
            if first < last or (member.size == 0 and start <= begins < stop):
                yield Part(member, first - begins, last - first)


def lay_out(members: Sequence[Member]) -> Layout:
    """The archive of these members, in their order."""
    pieces: list[Piece] = []
    directory: list[bytes] = []
    offset = 0
    for member in members:
        name = member.name.encode()
        when = _moment(member.modified)
        header = _local(member, name, when)
        pieces += [header, _content(member)]
        directory.append(_central(member, name, when, offset))
        offset += len(header) + member.size
    pieces.append(b"".join(directory))
    pieces.append(_end(len(directory), len(pieces[-1]), offset))  # type: ignore[arg-type]
    ends = list(accumulate(_length_of(piece) for piece in pieces))
    return Layout(tuple(members), tuple(pieces), (0, *ends[:-1]), ends[-1], etag_of(members))


def etag_of(members: Sequence[Member]) -> str:
    """Strong: a hash over everything that the bytes depend on."""
    digest = sha256(VERSION.encode())
    for member in members:
        said = (member.name, member.size, member.crc32, member.sha256, member.modified.isoformat())
        digest.update(repr(said).encode())
    return strong(digest.hexdigest())


def _content(member: Member) -> Piece:
    if isinstance(member.content, bytes):
        return member.content
    return Extent(member.content, 0, member.size, member.size)


def _length_of(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece.length


def _part_of(piece: Piece, skipped: int, taken: int) -> Piece:
    if isinstance(piece, bytes):
        return piece[skipped : skipped + taken]
    return Extent(piece.key, piece.offset + skipped, taken, piece.size)


class _Moment(NamedTuple):
    time: int
    date: int
    extra: bytes


def _moment(at: datetime) -> _Moment:
    """MS-DOS time has no zone and even seconds only; Info-ZIP's extra field says it exactly."""
    seconds = int(at.timestamp())
    extra = b""
    if -(2**31) <= seconds < 2**31:
        extra = _TIMESTAMP.pack(0x5455, 5, 1, seconds)
    year = min(max(at.year, 1980), 2107)
    date = (year - 1980) << 9 | at.month << 5 | at.day
    return _Moment(at.hour << 11 | at.minute << 5 | at.second // 2, date, extra)


def _local(member: Member, name: bytes, when: _Moment) -> bytes:
    size, extra, version = member.size, b"", _PLAIN
    if size >= _LARGE:
        extra, size, version = struct.pack("<HHQQ", 1, 16, size, size), _LARGE, _ZIP64
    extra += when.extra
    return (
        _LOCAL.pack(
            0x04034B50, version, _UTF8, 0, when.time, when.date,
            member.crc32, size, size, len(name), len(extra),
        )
        + name + extra
    )  # fmt: skip


def _central(member: Member, name: bytes, when: _Moment, offset: int) -> bytes:
    size, large = member.size, []
    if size >= _LARGE:
        large, size = [size, size], _LARGE
    if offset >= _LARGE:
        large, offset = [*large, offset], _LARGE
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version = _ZIP64 if large else _PLAIN
    extra += when.extra
    return (
        _CENTRAL.pack(
            0x02014B50, _UNIX | version, version, _UTF8, 0, when.time, when.date,
            member.crc32, size, size, len(name), len(extra), 0, 0, 0, _FILE, offset,
        )
        + name + extra
    )  # fmt: skip


def _end(count: int, size: int, offset: int) -> bytes:
    """The end record, behind ZIP64's where a number does not fit. Sizes in bytes."""
    plain = _END.pack(
        0x06054B50, 0, 0, min(count, _MANY), min(count, _MANY),
        min(size, _LARGE), min(offset, _LARGE), 0,
    )  # fmt: skip
    if count < _MANY and size < _LARGE and offset < _LARGE:
        return plain
    rest = _END64.size - 12  # what follows the signature and this field
    end = _END64.pack(
        0x06064B50, rest, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, offset
    )  # fmt: skip
    return end + _LOCATOR.pack(0x07064B50, 0, offset + size, 1) + plain
