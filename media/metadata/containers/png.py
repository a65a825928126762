"""PNG (third edition, with APNG): chunks that make the picture, and those written anew."""

import struct
import zlib
from typing import IO

from media.metadata.containers.said import Said
from media.metadata.opening import CutShort, NotAPicture

CHUNK = 1 << 16
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# iCCP, cICP and the like say what the numbers mean; acTL, fcTL and fdAT are the moving ones.
_NEEDED = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sRGB", b"gAMA",
     b"cHRM", b"sBIT", b"bKGD", b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT")
)  # fmt: skip


def rewrite(source: IO[bytes], sink: IO[bytes], said: Said) -> None:
    """Needed chunks byte for byte, in their order; what is said stands behind the header."""
    if source.read(8) != SIGNATURE:
        raise NotAPicture("no PNG")
    sink.write(SIGNATURE)
    while True:
        head = source.read(8)
        if len(head) < 8:
            raise CutShort("the file ends before the picture does")
        size, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            sink.write(_chunk(b"IEND", b""))
            return
        if kind in _NEEDED:
            sink.write(head)
            _copy(source, sink, size + 4)
            if kind == b"IHDR":
                sink.write(_said(said))
        else:
            source.seek(size + 4, 1)


def _said(said: Said) -> bytes:
    written = b""
    if said.xmp:
        written += _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + said.xmp)
    if said.exif:
        written += _chunk(b"eXIf", said.exif)
    return written


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def _copy(source: IO[bytes], sink: IO[bytes], size: int) -> None:
    while size:
        part = source.read(min(size, CHUNK))
        if not part:
            raise CutShort("the file ends before the picture does")
        sink.write(part)
        size -= len(part)
