"""TIFF 6.0: the first picture, its strips or tiles byte for byte behind a directory of our own."""

import struct
from functools import partial
from typing import IO

from media.metadata.containers.said import Said
from media.metadata.opening import CutShort, NotAPicture

CHUNK = 1 << 16
_OFFSETS = {273: 279, 324: 325}  # where strips or tiles stand, and how long they are
_XMP, _IPTC = 700, 33723
# Tags that say how to read the pixels; 34675 is the ICC profile, 338 what extra samples mean.
_NEEDED = frozenset(
    (254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 290, 291,
     292, 293, 296, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332, 334, 336, 338, 339, 340,
     341, 347, 529, 530, 531, 532, 34675)
)  # fmt: skip
# The only ones of them that may have many values: offsets, colour maps and curves, tables, profile.
_LISTS = frozenset((273, 279, 291, 301, 320, 324, 325, 347, 34675))
_ICC = 34675
MOST_VALUES = 16
_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_COMPRESSION, _NOT_COMPRESSED, _OLD_JPEG = 259, 1, 6
_TOGETHER = 1
"""The samples of a pixel stand one after the other, not each kind in a plane of its own."""
LARGEST = 1 << 26
"""Bytes of one tag: the offsets of a picture of one line a strip are far fewer."""

Tag = tuple[int, int, bytes]
"""Its type, how many values, and these as they stand."""


def rewrite(source: IO[bytes], sink: IO[bytes], said: Said) -> None:
    """Further pictures of the file, thumbnails among them, stay behind."""
    order, tags = _directory(source)
    where = next((tag for tag in _OFFSETS if tag in tags and _OFFSETS[tag] in tags), None)
    if where is None or _number(order, tags, _COMPRESSION, _NOT_COMPRESSED) == _OLD_JPEG:
        raise NotAPicture("a TIFF of a kind that is not rewritten")
    begin = sink.tell()
    sink.write((b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 0))
    offsets, told = _numbers(order, tags[where]), _numbers(order, tags[_OFFSETS[where]])
    # What a piece has beyond its pixels may be anything that stands behind it in the file.
    most = _most_of_a_piece(order, tags)
    sizes = told if most is None else [min(size, most) for size in told]
    placed = []
    for offset, size in zip(offsets, sizes, strict=True):
        placed.append(sink.tell() - begin)
        _copy(source, sink, offset, size)
    tags[where] = (4, len(placed), struct.pack(f"{order}{len(placed)}I", *placed))
    tags[_OFFSETS[where]] = (4, len(sizes), struct.pack(f"{order}{len(sizes)}I", *sizes))
    tags |= _said(order, said)
    directory = sink.tell() - begin
    directory += directory % 2
    _write(sink, order, tags, directory, begin)
    end = sink.tell()
    sink.seek(begin + 4)
    sink.write(struct.pack(f"{order}I", directory))
    sink.seek(end)


def _directory(source: IO[bytes]) -> tuple[str, dict[int, Tag]]:
    head = source.read(8)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4])
    if order is None or len(head) < 8:
        raise NotAPicture("no TIFF of the common kind")
    source.seek(*struct.unpack_from(f"{order}I", head, 4))
    (count,) = struct.unpack(f"{order}H", _exactly(source, 2))
    entries = _exactly(source, 12 * count)
    tags: dict[int, Tag] = {}
    for at in range(0, 12 * count, 12):
        tag, kind, amount = struct.unpack_from(f"{order}HHI", entries, at)
        if tag not in _NEEDED or kind not in _WIDTHS:
            continue
        if amount > MOST_VALUES and tag not in _LISTS:
            raise NotAPicture("a TIFF with a tag of too many values")
        size = _WIDTHS[kind] * amount
        if size > LARGEST:
            raise NotAPicture("a TIFF with a tag that is too large")
        value = entries[at + 8 : at + 8 + size]
        if size > 4:
            source.seek(*struct.unpack_from(f"{order}I", entries, at + 8))
            value = _exactly(source, size)
        if tag == _ICC:  # which says itself how long it is (ICC.1, 7.2.2)
            value = value[: int.from_bytes(value[:4], "big")]
            amount = len(value) // _WIDTHS[kind]
        tags[tag] = (kind, amount, value)
    return order, tags


def _most_of_a_piece(order: str, tags: dict[int, Tag]) -> int | None:
    """Bytes of the pixels in a strip or tile; nothing where they are compressed."""
    number = partial(_number, order, tags)
    if number(_COMPRESSION, _NOT_COMPRESSED) != _NOT_COMPRESSED:
        return None
    height = number(257, 0)
    wide, high = number(322, number(256, 0)), number(323, min(number(278, height), height))
    bits = (_numbers(order, tags[258]) if 258 in tags else None) or [1]
    samples = number(277, 1) if number(284, _TOGETHER) == _TOGETHER else 1
    return (wide * max(bits) * samples + 7) // 8 * high


def _number(order: str, tags: dict[int, Tag], tag: int, otherwise: int) -> int:
    """The first value of a tag."""
    return (_numbers(order, tags[tag]) or [otherwise])[0] if tag in tags else otherwise


def _numbers(order: str, tag: Tag) -> list[int]:
    kind, amount, value = tag
    if kind not in {3, 4}:
        raise NotAPicture("a TIFF whose offsets are no numbers")
    return list(struct.unpack(f"{order}{amount}{'H' if kind == 3 else 'I'}", value))


def _said(order: str, said: Said) -> dict[int, Tag]:
    tags: dict[int, Tag] = {}
    if said.xmp:
        tags[_XMP] = (1, len(said.xmp), said.xmp)
    if said.iim:
        tags[_IPTC] = (7, len(said.iim), said.iim)
    for tag, text in _texts(said.exif):
        tags[tag] = (2, len(text), text)
    return tags


def _texts(exif: bytes) -> list[tuple[int, bytes]]:
    """Caption, creator and copyright of a structure as ``media.metadata.exif`` writes it."""
    if not exif:
        return []
    (count,) = struct.unpack_from(">H", exif, 8)
    texts = []
    for at in range(10, 10 + 12 * count, 12):
        tag, kind, amount = struct.unpack_from(">HHI", exif, at)
        if kind == 2:
            start = at + 8 if amount <= 4 else struct.unpack_from(">I", exif, at + 8)[0]
            texts.append((tag, exif[start : start + amount]))
    return texts


def _write(sink: IO[bytes], order: str, tags: dict[int, Tag], at: int, begin: int) -> None:
    sink.seek(begin + at)
    rest = at + 2 + 12 * len(tags) + 4
    entries, data = b"", b""
    for tag in sorted(tags):
        kind, amount, value = tags[tag]
        held = value.ljust(4, b"\0")
        if len(value) > 4:
            held = struct.pack(f"{order}I", rest + len(data))
            data += value + b"\0" * (len(value) % 2)
        entries += struct.pack(f"{order}HHI", tag, kind, amount) + held
    sink.write(struct.pack(f"{order}H", len(tags)) + entries + b"\0\0\0\0" + data)


def _copy(source: IO[bytes], sink: IO[bytes], offset: int, size: int) -> None:
    source.seek(offset)
    while size:
        part = source.read(min(size, CHUNK))
        if not part:
            raise CutShort("the file ends before the picture does")
        sink.write(part)
        size -= len(part)


def _exactly(source: IO[bytes], size: int) -> bytes:
    read = source.read(size)
    if len(read) < size:
        raise CutShort("the file ends before the picture does")
    return read
