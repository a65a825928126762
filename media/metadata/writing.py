"""Cleaned originals: the same pixels, nothing that came with them, and what an editor confirmed."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from PIL import Image

from media.metadata import exif, iim
from media.metadata.containers import gif, jpeg, png, tiff, webp
from media.metadata.containers.said import Said
from media.metadata.opening import MOST_PIXELS, CutShort, NotAPicture, Source, opened, refuse
from media.metadata.values import Confirmed

IN_MEMORY = 4 << 20
"""Bytes held in memory; what is larger lies in a temporary file."""
Rewriter = Callable[[IO[bytes], IO[bytes], Said], None]
REWRITERS: dict[str, tuple[Rewriter, str]] = {
    "JPEG": (jpeg.rewrite, "image/jpeg"),
    "MPO": (jpeg.rewrite, "image/jpeg"),
    "PNG": (png.rewrite, "image/png"),
    "WEBP": (webp.rewrite, "image/webp"),
    "TIFF": (tiff.rewrite, "image/tiff"),
    "GIF": (gif.rewrite, "image/gif"),
}
"""Formats whose pixels are copied as they are coded, and the media types that come out."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An open file at its start, its media type, and its upright width and height in pixels."""

    file: IO[bytes]
    content_type: str
    width: int
    height: int


def clean_original(source: Source, confirmed: Confirmed, most_pixels: int = MOST_PIXELS) -> Cleaned:
    """The picture without any metadata of its own, and with what was confirmed.

    JPEG, PNG, WebP, TIFF and GIF keep their coded pixels, ICC profile and orientation; what stands
    behind the picture's end is cut. AVIF is coded anew at a quality that no eye tells apart, and
    HEIC becomes such a JPEG: their containers would take more trust in them than is due.
    Raises ``NotAPicture``, ``TooManyPixels`` and ``CutShort``.
    """
    with opened(source, most_pixels) as image:
        form, turned = image.format or "", exif.orientation(image)
        width, height = image.size
        upright = (height, width) if turned >= 5 else (width, height)
        if form not in REWRITERS:
            return _coded_anew(image, form, confirmed)
    rewriter, content_type = REWRITERS[form]
    file: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is what is given
    try:
        if isinstance(source, Path | str):
            with Path(source).open("rb") as original:
                rewriter(original, file, Said.of(confirmed, turned))
        else:
            source.seek(0)
            rewriter(source, file, Said.of(confirmed, turned))
    except (struct.error, ValueError, OverflowError) as error:
        file.close()
        raise NotAPicture(str(error)) from error
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return Cleaned(file, content_type, *upright)


def options(confirmed: Confirmed, form: str) -> dict[str, Any]:
    """What Pillow's ``save`` is given so that a JPEG, WebP or AVIF carries what was confirmed."""
    said = Said.of(confirmed)
    given: dict[str, Any] = {}
    if said.xmp:
        given["xmp"] = said.xmp
    if said.exif:
        given["exif"] = b"Exif\0\0" + said.exif
    if said.iim and form == "JPEG":
        payload = iim.app13(said.iim)
        given["extra"] = b"\xff\xed" + (len(payload) + 2).to_bytes(2, "big") + payload
    return given


def _coded_anew(image: Image.Image, form: str, confirmed: Confirmed) -> Cleaned:
    from PIL import ImageOps

    profile = image.info.get("icc_profile")
    target = "AVIF" if form == "AVIF" else "JPEG"
    try:
        picture = ImageOps.exif_transpose(image)
    except Exception as error:  # noqa: BLE001 - sorted out by what it is
        refuse(error, CutShort)
    if target == "JPEG":
        picture = picture.convert("RGB")
    quality: dict[str, Any] = {"quality": 95, "subsampling": "4:4:4"}
    if target == "AVIF":
        quality |= {"speed": 8}
    file: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is what is given
    picture.info.clear()
    picture.save(file, target, icc_profile=profile, **quality, **options(confirmed, target))
    file.seek(0)
    return Cleaned(file, f"image/{target.lower()}", *picture.size)
