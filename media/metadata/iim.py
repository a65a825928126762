"""IPTC IIM 4.2, record 2, as it stands in JPEG's APP13 and TIFF's tag 33723."""

import hashlib
import struct
from datetime import datetime, timedelta, tzinfo
from typing import Any

from media.metadata.texts import clean, day, decoded, listed, moment
from media.metadata.values import Confirmed, Found

DATASETS = {
    80: "creator",
    110: "credit",
    116: "copyright",
    120: "caption",
    105: "headline",
    5: "title",
}
KEYWORDS, CREATED = 25, 55
RELEASE, EXPIRES = (30, 35), (37, 38)
MOST_DATASETS = 2000
LONGEST_DATASET = 0x7FFF
_UTF8 = b"\x1b%G"
_PHOTOSHOP = b"Photoshop 3.0\0"
_IPTC, _DIGEST = 0x0404, 0x0425


def found(block: bytes, zone: tzinfo) -> Found:
    """What a block says; empty where it is broken."""
    datasets = _datasets(block)
    is_utf8 = _UTF8 in datasets.get((1, 90), [])

    def texts(number: int) -> list[str]:
        return [decoded(raw, is_utf8=is_utf8) for raw in datasets.get((2, number), [])]

    def text(number: int) -> str:
        several = listed(texts(number))
        return ", ".join(several) if number == 80 else (several[0] if several else "")

    def at(numbers: tuple[int, int], *, is_end: bool = False) -> datetime | None:
        on, clock = (clean(" ".join(texts(number)[:1])) for number in numbers)
        return moment(f"{on}T{clock}" if on and clock else on, zone, is_end=is_end)

    said: dict[str, Any] = {name: text(number) for number, name in DATASETS.items()}
    return Found(
        **said,
        keywords=listed(texts(KEYWORDS)),
        taken_on=day(text(CREATED)),
        release=at(RELEASE),
        expires=at(EXPIRES, is_end=True),
    )


def written(confirmed: Confirmed) -> bytes:
    """A block in UTF-8, datasets in the order of their numbers; empty if nothing is said."""
    sets: list[tuple[int, str]] = [
        (number, text)
        for number, name in DATASETS.items()
        if (text := getattr(confirmed, name, ""))
    ]
    if confirmed.expires is not None:
        # The last second allowed: with a full stop after it, as IIM has only that.
        last = confirmed.expires - timedelta(seconds=1)
        sets += [(EXPIRES[0], f"{last:%Y%m%d}"), (EXPIRES[1], f"{last:%H%M%S%z}")]
    if confirmed.taken_on is not None:
        sets.append((CREATED, f"{confirmed.taken_on:%Y%m%d}"))
    if not sets:
        return b""
    head = _dataset(1, 90, _UTF8) + _dataset(2, 0, b"\0\4")
    return head + b"".join(
        _dataset(2, number, _cut(text.encode("utf-8", "replace"))) for number, text in sorted(sets)
    )


def app13(block: bytes) -> bytes:
    """The payload of JPEG's APP13: the block as a Photoshop image resource, with its digest."""
    digest = hashlib.md5(block, usedforsecurity=False).digest()
    return _PHOTOSHOP + _resource(_IPTC, block) + _resource(_DIGEST, digest)


def block_in(resources: bytes) -> bytes:
    """The IIM block among Photoshop image resources (``8BIM``); empty if there is none."""
    position = 0
    for _ in range(MOST_DATASETS):
        if resources[position : position + 4] != b"8BIM" or position + 12 > len(resources):
            break
        (number,) = struct.unpack_from(">H", resources, position + 4)
        name = resources[position + 6]
        position += 6 + name + 1 + (name + 1) % 2
        if position + 4 > len(resources):
            break
        (size,) = struct.unpack_from(">I", resources, position)
        if number == _IPTC:
            return resources[position + 4 : position + 4 + size]
        position += 4 + size + size % 2
    return b""


def _datasets(block: bytes) -> dict[tuple[int, int], list[bytes]]:
    read: dict[tuple[int, int], list[bytes]] = {}
    position = 0
    for _ in range(MOST_DATASETS):
        head = block[position : position + 5]
        if len(head) < 5 or head[0] != 0x1C:
            break
        size = int.from_bytes(head[3:5], "big")
        position += 5
        if size & 0x8000:  # an extended dataset: the size of its size comes first
            count = size & 0x7FFF
            if count > 4:
                break
            size = int.from_bytes(block[position : position + count], "big")
            position += count
        read.setdefault((head[1], head[2]), []).append(block[position : position + size])
        position += size
    return read


def _dataset(record: int, number: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def _resource(number: int, value: bytes) -> bytes:
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(value)) + value + b"\0" * (len(value) % 2)


def _cut(value: bytes) -> bytes:
    """As much as a dataset holds, in whole characters."""
    return value[:LONGEST_DATASET].decode("utf-8", "ignore").encode()
