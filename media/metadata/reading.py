"""What a picture's file says of itself: XMP first, then IIM, then EXIF."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, tzinfo
from typing import Any

from PIL import Image, TiffImagePlugin

from media.metadata import exif, iim, xmp
from media.metadata.opening import MOST_PIXELS, NotAPicture, Source, TooManyPixels, opened
from media.metadata.values import Found

_XMP_TAG, _PHOTOSHOP_TAG = 700, 34377


def found_in(
    source: Source, zone: tzinfo = UTC, language: str = "", most_pixels: int = MOST_PIXELS
) -> Found:
    """What JPEG, TIFF, PNG, WebP, AVIF, HEIC or GIF says of itself.

    Moments without an offset are in ``zone``; of texts in several languages the one in
    ``language`` is taken, else the default. What is broken or hostile counts as absent: no
    picture, or one with too many pixels, says nothing. Decodes no pixel.
    """
    try:
        with opened(source, most_pixels) as image:
            return found_of(image, zone, language)
    except (NotAPicture, TooManyPixels):
        return Found()


def found_of(image: Image.Image, zone: tzinfo = UTC, language: str = "") -> Found:
    """The same of a picture that is open already."""
    return _first_said(
        _unless_broken(lambda: xmp.found(_packet(image), zone, language)),
        _unless_broken(lambda: iim.found(_block(image), zone)),
        _unless_broken(lambda: exif.found(image.getexif())),
    )


def upright(source: Source, most_pixels: int = MOST_PIXELS) -> tuple[int, int]:
    """Width and height in pixels as people see the picture, turned as its EXIF says.

    Raises ``NotAPicture`` and ``TooManyPixels``.
    """
    with opened(source, most_pixels) as image:
        width, height = image.size
        return (height, width) if exif.orientation(image) >= 5 else (width, height)


def _unless_broken(reading: Callable[[], Found]) -> Found:
    try:
        return reading()
    except Exception:  # noqa: BLE001 - parsers fail on hostile bytes in ways nobody lists
        return Found()


def _first_said(*said: Found) -> Found:
    names = [field.name for field in fields(Found)]
    values: dict[str, Any] = {
        name: next((value for one in said if (value := getattr(one, name))), None) for name in names
    }
    return Found(**{name: value for name, value in values.items() if value})


def _packet(image: Image.Image) -> bytes:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if not packet and isinstance(image, TiffImagePlugin.TiffImageFile):
        packet = image.tag_v2.get(_XMP_TAG, b"")
    if isinstance(packet, tuple):
        packet = bytes(packet)
    return packet.encode() if isinstance(packet, str) else packet


def _block(image: Image.Image) -> bytes:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        # Often written as long integers, so that only the bytes as they stand are right.
        raw = image.tag_v2._tagdata
        return raw.get(TiffImagePlugin.IPTC_NAA_CHUNK) or iim.block_in(raw.get(_PHOTOSHOP_TAG, b""))
    resources = image.info.get("photoshop")
    block = resources.get(0x0404, b"") if isinstance(resources, dict) else b""
    return block if isinstance(block, bytes) else b""
