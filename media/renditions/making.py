"""Sizes of a picture: decoded once, made smaller step by step, with what was confirmed inside."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from media.metadata import exif
from media.metadata.opening import MOST_PIXELS, CutShort, Source, opened, refuse
from media.metadata.values import Confirmed
from media.metadata.writing import options
from media.renditions.colours import SRGB_BYTES, flattened, on_screen, resizable
from media.renditions.sizes import Size

VERSION = "1"
"""Changes when the same picture would come out differently: everything is then made anew."""
_LANCZOS = Image.Resampling.LANCZOS
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Focus:
    """What must be seen, in pixels of the upright picture: its centre and how large it is."""

    x: float
    y: float
    width: float = 0
    height: float = 0


@dataclass(frozen=True, slots=True)
class Made:
    """One size: its name, its bytes, what they are, and how wide and high in pixels."""

    name: str
    content: bytes
    content_type: str
    width: int
    height: int


def made(
    source: Source,
    sizes: Mapping[str, Size],
    confirmed: Confirmed,
    focus: Focus | None = None,
    most_pixels: int = MOST_PIXELS,
) -> Iterator[Made]:
    """The sizes, largest first, AVIF after everything else, one after another.

    The picture is decoded once, no larger than the largest size needs where its format allows
    that. Raises ``NotAPicture``, ``TooManyPixels`` and ``CutShort``, all before the first size.
    """
    with opened(source, most_pixels) as image:
        base, full = _decoded(image, list(sizes.values()))
    for name, size in sorted(sizes.items(), key=_order):
        picture = _sized(base, full, size, focus)
        if not size.is_filled or not size.height:
            base = picture  # the next size is smaller, and made of this one
        yield _coded(name, picture, size, confirmed)


def reduced(source: Source, longest: int, most_pixels: int = MOST_PIXELS) -> Image.Image:
    """The upright picture in sRGB, RGB or RGBA, with at most so many pixels on its longer side.

    Raises ``NotAPicture``, ``TooManyPixels`` and ``CutShort``.
    """
    with opened(source, most_pixels) as image:
        return _decoded(image, [Size(longest, longest, is_filled=False)])[0]


def crop(
    full: tuple[int, int], size: Size, focus: Focus | None
) -> tuple[float, float, float, float]:
    """The part of a picture of these measures that fills a size: left, top, right, bottom.

    As large as possible; the focal point keeps its place in it, and is whole where it fits.
    """
    width, height = full
    ratio = size.width / size.height
    crop_width = min(width, height * ratio)
    crop_height = crop_width / ratio
    focus = focus or Focus(width / 2, height / 2)
    left = _placed(focus.x, focus.width, width, crop_width)
    top = _placed(focus.y, focus.height, height, crop_height)
    return left, top, left + crop_width, top + crop_height


def _placed(centre: float, extent: float, length: float, cropped: float) -> float:
    start = centre - centre / length * cropped
    start = min(start, centre - extent / 2)
    start = max(start, centre + extent / 2 - cropped)
    return min(max(start, 0.0), length - cropped)


def _order(named: tuple[str, Size]) -> tuple[bool, bool, int]:
    """Sizes to fit into come first and feed the others; the quick encoders before the slow one."""
    _, size = named
    return size.form == "avif", size.is_filled and bool(size.height), -size.width


def _decoded(image: Image.Image, sizes: list[Size]) -> tuple[Image.Image, tuple[int, int]]:
    """The upright picture in sRGB, as large as needed, and the measures it had in full."""
    turned = exif.orientation(image)
    profile = image.info.get("icc_profile")
    lies = turned >= 5
    full = (image.height, image.width) if lies else image.size
    wide, high = (
        max(several) for several in zip(*(_needed(full, size) for size in sizes), strict=True)
    )
    needed = (high, wide) if lies else (wide, high)
    try:
        image.draft(image.mode, needed)
        image.load()
        base = resizable(image)
    except Exception as error:  # noqa: BLE001 - sorted out by what it is
        refuse(error, CutShort)
    if needed[0] < base.width:
        # At these measures no eye tells Lanczos, which costs a third more.
        base = base.resize(needed, Image.Resampling.BICUBIC, reducing_gap=2.0)
    base = on_screen(base, profile if isinstance(profile, bytes) else None)
    if turned in _TURNS:
        base = base.transpose(_TURNS[turned])
    if base is image:
        base = image.copy()  # the picture's own memory goes when it is closed
    base.info = {}
    return base, full


def _needed(full: tuple[int, int], size: Size) -> tuple[int, int]:
    """How large the whole picture must be for this size, in pixels."""
    if not (size.height and size.is_filled):
        return size.measures(*full)
    scale = min(1.0, max(size.width / full[0], size.height / full[1]))
    return math.ceil(full[0] * scale), math.ceil(full[1] * scale)


def _sized(
    base: Image.Image, full: tuple[int, int], size: Size, focus: Focus | None
) -> Image.Image:
    target = size.measures(*full)
    box = (0.0, 0.0, float(base.width), float(base.height))
    if size.height and size.is_filled:
        across, down = base.width / full[0], base.height / full[1]
        left, top, right, bottom = crop(full, size, focus)
        box = (left * across, top * down, right * across, bottom * down)
        box = (box[0], box[1], min(box[2], base.width), min(box[3], base.height))
    elif base.size == target:
        return base
    return base.resize(target, _LANCZOS, box=box, reducing_gap=2.0)


def _coded(name: str, picture: Image.Image, size: Size, confirmed: Confirmed) -> Made:
    form = size.form.upper()
    given: dict[str, Any] = {"quality": size.quality, **options(confirmed, form)}
    if form == "JPEG":
        picture = flattened(picture)
        given |= {"icc_profile": SRGB_BYTES, "optimize": size.width <= 1600}
    elif form == "WEBP":
        given |= {"method": 4}
    else:
        given |= {"speed": 8, "max_threads": 1}
    buffer = BytesIO()
    picture.save(buffer, form, **given)
    return Made(name, buffer.getvalue(), size.content_type, *picture.size)
