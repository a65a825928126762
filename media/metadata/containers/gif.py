"""GIF89a: the blocks that make the picture and its movement; comments stay behind."""

from typing import IO

from media.metadata.containers.said import Said
from media.metadata.opening import CutShort, NotAPicture

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
# XMP stands in a GIF as it is, not in sub-blocks; whoever skips sub-blocks lands in this slide.
_SLIDE = bytes((1, *range(255, -1, -1), 0))


def rewrite(source: IO[bytes], sink: IO[bytes], said: Said) -> None:
    """Pictures, their timing and how often they repeat, byte for byte."""
    head = _exactly(source, 13)
    if head[:6] not in {b"GIF87a", b"GIF89a"}:
        raise NotAPicture("no GIF")
    sink.write(b"GIF89a" + head[6:])
    sink.write(_exactly(source, _table(head[10])))
    if said.xmp:
        sink.write(b"\x21\xff\x0bXMP DataXMP" + said.xmp + _SLIDE)
    while (kind := _exactly(source, 1)[0]) != _TRAILER:
        if kind == _EXTENSION:
            label = _exactly(source, 1)
            block = _sub_blocks(source)
            if label[0] == _CONTROL or (label[0] == _APPLICATION and _repeats(block)):
                sink.write(b"\x21" + label + block)
        elif kind == _IMAGE:
            described = _exactly(source, 9)
            sink.write(b"\x2c" + described + _exactly(source, _table(described[8]) + 1))
            sink.write(_sub_blocks(source))
        else:
            raise CutShort("something that is no block of a GIF")
    sink.write(b"\x3b")


def _table(flags: int) -> int:
    """Bytes of the colour table that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _repeats(block: bytes) -> bool:
    return block.startswith((b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"))


def _sub_blocks(source: IO[bytes]) -> bytes:
    parts = []
    while size := _exactly(source, 1)[0]:
        parts.append(bytes((size,)) + _exactly(source, size))
    return b"".join(parts) + b"\0"


def _exactly(source: IO[bytes], size: int) -> bytes:
    read = source.read(size)
    if len(read) < size:
        raise CutShort("the file ends before the picture does")
    return read
