"""Pictures opened without trust: known formats only, and never more pixels than allowed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF")
MOST_PIXELS = 120_000_000
# Pillow warns above this and refuses twice as many, for all who open pictures in this process.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

Source = Path | str | IO[bytes]


class NotAPicture(Exception):
    """No picture of a kind that is taken here, or broken from its start."""


class TooManyPixels(Exception):
    """The picture would need more memory than a picture may."""

    def __init__(self, pixels: int, most: int) -> None:
        super().__init__(f"{pixels / 1e6:.0f} megapixels, and {most / 1e6:.0f} are the most")
        self.pixels = pixels


class CutShort(Exception):
    """The picture's data ends too early, or is broken on the way."""


@contextmanager
def opened(source: Source, most_pixels: int = MOST_PIXELS) -> Iterator[Image.Image]:
    """The picture's head read, nothing of it decoded.

    Raises ``NotAPicture`` and ``TooManyPixels``.
    """
    if not isinstance(source, Path | str):
        source.seek(0)
    try:
        image = Image.open(source, formats=(*FORMATS, *_telephones(source)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(2 * MOST_PIXELS, most_pixels) from error
    except Exception as error:  # noqa: BLE001 - sorted out by what it is
        refuse(error, NotAPicture)
    with image:
        if (pixels := image.width * image.height) > most_pixels:
            raise TooManyPixels(pixels, most_pixels)
        yield image


def refuse(error: Exception, as_what: type[NotAPicture | CutShort]) -> NoReturn:
    """What a decoder raised is the picture's fault, and decoders raise what nobody lists.

    Except where the system itself has no memory, or its storage fails: that is raised as it is.
    """
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno is not None):
        raise error
    raise as_what(str(error) or type(error).__name__) from error


def _telephones(source: Source) -> tuple[str, ...]:
    """HEIF, if this may be one and its decoder is there: it is too large to load for nothing."""
    if isinstance(source, Path | str):
        with open(source, "rb") as file:
            head = file.read(12)
    else:
        head = source.read(12)
        source.seek(0)
    if head[4:8] != b"ftyp":
        return ()
    try:
        from pillow_heif import HeifImagePlugin  # noqa: F401 - tells Pillow of it
    except ImportError:  # such pictures are then refused by name, like any unknown kind
        return ()
    return ("HEIF",)
