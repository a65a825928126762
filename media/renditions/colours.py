"""Any picture in the colours screens show: eight bits of RGB, with alpha where there is some."""

from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageCms

_SIXTEEN = {"I;16", "I;16B", "I;16L", "I;16N", "I"}
LONGEST_PROFILE = 4 << 20
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
SRGB_BYTES = SRGB.tobytes()
"""For JPEGs that leave the web: some programs take what says nothing for what it is not."""


def resizable(image: Image.Image) -> Image.Image:
    """The same picture in a mode that can be made smaller without damage."""
    if image.mode in _SIXTEEN:
        return _eight_bits(image)
    if image.mode == "F":
        return _stretched(image)
    if image.mode == "1":
        return image.convert("L")
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        return image.convert(
            "RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB"
        )
    return image


def on_screen(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB or RGBA in sRGB, by the picture's own profile where it has a good one."""
    if profile and len(profile) <= LONGEST_PROFILE and not _is_srgb(profile):
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return _by_profile(image, profile)
    if image.mode in {"LA", "La", "RGBa"}:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")


def flattened(image: Image.Image) -> Image.Image:
    """Without alpha, on white."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    alpha = image.getchannel("A") if image.mode in {"RGBA", "LA"} else None
    plain = image.convert({"RGBA": "RGB", "LA": "L"}[image.mode]) if alpha else image
    if plain.mode == "L" and source.profile.xcolor_space.strip() == "RGB":
        plain = plain.convert("RGB")
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    shown = ImageCms.profileToProfile(plain, source, SRGB, intent, "RGB", flags=flags)
    if shown is None:
        raise ImageCms.PyCMSError("no picture came out")
    if alpha:
        shown.putalpha(alpha)
    return shown


def _is_srgb(profile: bytes) -> bool:
    """By the description, in the two encodings that profiles have it in."""
    return b"sRGB" in profile[:4096] or "sRGB".encode("utf-16-be") in profile[:4096]


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode not in {"I", "I;16"}:
        image = image.convert("I")
    return image.point(lambda value: value * (1 / 256)).convert("L")


def _stretched(image: Image.Image) -> Image.Image:
    """Floating point has no agreed white: from the darkest there is to the brightest."""
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    scale = 255 / (high - low) if high > low else 0
    return image.point(lambda value: value * scale - low * scale).convert("L")
