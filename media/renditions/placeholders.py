"""What stands where a size is still being made."""

import struct
import zlib
from functools import lru_cache

from media.renditions.sizes import Size

TONE = b"\xd9\xd6\xd0"
CONTENT_TYPE = "image/png"


def placeholder(width: int, height: int, size: Size) -> tuple[bytes, str]:
    """A plain picture of the right measures, some hundred bytes, and its media type.

    ``width`` and ``height``: the picture's own, in pixels. Never to be cached by anybody: the size
    itself has the same address.
    """
    return _plain(*size.measures(width, height)), CONTENT_TYPE


@lru_cache(maxsize=256)
def _plain(width: int, height: int) -> bytes:
    """One colour, one bit a pixel."""
    rows = zlib.compress(bytes(1 + (width + 7) // 8) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)),
            (b"PLTE", TONE),
            (b"IDAT", rows),
            (b"IEND", b""),
        )
    )
