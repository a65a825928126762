"""WebP (RFC 9649): the chunks that make the picture, in the extended form if anything is said."""

import struct
from typing import IO

from media.metadata.containers.said import Said
from media.metadata.opening import CutShort, NotAPicture

CHUNK = 1 << 16
_IMAGE = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")
_ICC, _ALPHA, _EXIF, _XMP, _ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02
Chunk = tuple[bytes, int, int]
"""Its name, where its data stands, how many bytes."""


def rewrite(source: IO[bytes], sink: IO[bytes], said: Said) -> None:
    """The picture's chunks byte for byte."""
    chunks = _chunks(source)
    pieces = [chunk for chunk in chunks if chunk[0] in _IMAGE]
    profile = next((chunk for chunk in chunks if chunk[0] == b"ICCP"), None)
    last = [(name, data) for name, data in ((b"EXIF", said.exif), (b"XMP ", said.xmp)) if data]
    begin = sink.tell()
    sink.write(b"RIFF\0\0\0\0WEBP")
    if len(pieces) > 1 or profile or last or pieces[0][0] in {b"ANIM", b"ANMF"}:
        _write(sink, b"VP8X", _header(source, chunks, said))
    for name, at, size in [profile, *pieces] if profile else pieces:
        sink.write(struct.pack("<4sI", name, size))
        _copy(source, sink, at, size)
    for name, data in last:
        _write(sink, name, data)
    end = sink.tell()
    sink.seek(begin + 4)
    sink.write(struct.pack("<I", end - begin - 8))
    sink.seek(end)


def _chunks(source: IO[bytes]) -> list[Chunk]:
    head = source.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise NotAPicture("no WebP")
    end = 8 + int.from_bytes(head[4:8], "little")
    position, found = 12, []
    while position + 8 <= end:
        source.seek(position)
        head = source.read(8)
        if len(head) < 8:
            raise CutShort("the file ends before the picture does")
        name, size = struct.unpack("<4sI", head)
        found.append((name, position + 8, size))
        position += 8 + size + size % 2
    if not any(name in _IMAGE for name, _, _ in found):
        raise NotAPicture("a WebP without a picture")
    return found


def _header(source: IO[bytes], chunks: list[Chunk], said: Said) -> bytes:
    names = {name for name, _, _ in chunks}
    flags = (
        (_ICC if b"ICCP" in names else 0)
        | (_EXIF if said.exif else 0)
        | (_XMP if said.xmp else 0)
        | (_ANIMATION if b"ANIM" in names else 0)
    )
    first, at, _ = chunks[0]
    source.seek(at)
    head = source.read(10)
    if first == b"VP8X":
        return struct.pack("<I", flags | head[0] & _ALPHA) + head[4:10]
    if first == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 1)
        width, height = bits & 0x3FFF, bits >> 14 & 0x3FFF  # one less than they are, as here
        flags |= _ALPHA if bits >> 28 & 1 else 0
    else:
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", head, 6))
        width, height = width - 1, height - 1
    return struct.pack("<I", flags) + width.to_bytes(3, "little") + height.to_bytes(3, "little")


def _write(sink: IO[bytes], name: bytes, data: bytes) -> None:
    sink.write(struct.pack("<4sI", name, len(data)) + data + b"\0" * (len(data) % 2))


def _copy(source: IO[bytes], sink: IO[bytes], at: int, size: int) -> None:
    source.seek(at)
    left = size
    while left:
        part = source.read(min(left, CHUNK))
        if not part:
            raise CutShort("the file ends before the picture does")
        sink.write(part)
        left -= len(part)
    sink.write(b"\0" * (size % 2))
