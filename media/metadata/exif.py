"""EXIF (CIPA DC-008): the few tags that speak of rights, and how the picture is to be turned."""

import struct
from datetime import date

from PIL import Image
from PIL.ExifTags import IFD, Base

from media.metadata.texts import clean, day, decoded
from media.metadata.values import Confirmed, Found

# What cameras write where nobody wrote anything.
_CAMERAS_CAPTIONS = (
    "OLYMPUS DIGITAL CAMERA",
    "SONY DSC",
    "DCIM",
    "DIGITAL CAMERA",
    "MINOLTA",
    "KONICA",
)
_ASCII, _SHORT, _UNDEFINED, _LONG = 2, 3, 7, 4


def found(exif: Image.Exif) -> Found:
    caption = _text(exif, Base.ImageDescription)
    return Found(
        creator=_text(exif, Base.Artist),
        copyright=_text(exif, Base.Copyright),
        caption="" if caption.startswith(_CAMERAS_CAPTIONS) else caption,
        taken_on=_taken_on(exif),
    )


def orientation(image: Image.Image) -> int:
    """1 to 8, as EXIF counts; 1 where nothing sensible is said."""
    try:
        value = image.getexif().get(Base.Orientation, 1)
    except (OSError, ValueError, SyntaxError, struct.error, KeyError, TypeError):
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def written(confirmed: Confirmed, turned: int = 1) -> bytes:
    """A big-endian TIFF structure of what was confirmed; empty if there is nothing to say."""
    tags: list[tuple[int, int, bytes]] = [
        (tag, _ASCII, text.encode("utf-8", "replace")[:4000] + b"\0")
        for tag, text in (
            (Base.ImageDescription, confirmed.caption),
            (Base.Artist, confirmed.creator),
            (Base.Copyright, confirmed.copyright),
        )
        if text
    ]
    if turned != 1:
        tags.append((Base.Orientation, _SHORT, struct.pack(">H", turned)))
    taken = _original(confirmed.taken_on)
    if not tags and not taken:
        return b""
    return b"MM\0*\0\0\0\x08" + _directory(sorted(tags), 8, taken)


def _directory(tags: list[tuple[int, int, bytes]], start: int, taken: bytes) -> bytes:
    """A directory at this offset, what it points at, and the sub-directory for the day if any."""
    count = len(tags) + bool(taken)
    rest = start + 2 + 12 * count + 4
    entries, data = b"", b""
    for tag, kind, value in tags:
        amount = len(value) if kind in {_ASCII, _UNDEFINED} else len(value) // 2
        if len(value) <= 4:
            held = value.ljust(4, b"\0")
        else:
            held = struct.pack(">I", rest + len(data))
            data += value + b"\0" * (len(value) % 2)
        entries += struct.pack(">HHI", tag, kind, amount) + held
    if taken:
        entries += struct.pack(">HHII", IFD.Exif, _LONG, 1, rest + len(data))
        inner = [(Base.ExifVersion, _UNDEFINED, b"0232"), (Base.DateTimeOriginal, _ASCII, taken)]
        data += _directory(
            [(int(tag), kind, value) for tag, kind, value in inner], rest + len(data), b""
        )
    return struct.pack(">H", count) + entries + b"\0\0\0\0" + data


def _original(taken_on: date | None) -> bytes:
    return f"{taken_on:%Y:%m:%d} 00:00:00\0".encode() if taken_on else b""


def _text(exif: Image.Exif, tag: int) -> str:
    value = exif.get(tag, "")
    if isinstance(value, str):  # Pillow reads Latin-1, and writers write UTF-8
        value = value.encode("latin-1", "replace")
    if not isinstance(value, bytes):
        return ""
    return clean(decoded(value.strip(b"\0 ").split(b"\0")[0]))


def _taken_on(exif: Image.Exif) -> date | None:
    value = exif.get_ifd(IFD.Exif).get(Base.DateTimeOriginal, "")
    return day(value) if isinstance(value, str) else None
