"""Confirmed values in the three forms in which they are written."""

from dataclasses import dataclass

from media.metadata import exif, iim, xmp
from media.metadata.values import Confirmed

MOST_XMP = 65_000
"""A JPEG segment holds 64 kB, and readers of longer ones are rare."""


@dataclass(frozen=True, slots=True)
class Said:
    """An XMP packet, an IIM block and a TIFF structure of EXIF; each empty if nothing is said."""

    xmp: bytes = b""
    iim: bytes = b""
    exif: bytes = b""

    @classmethod
    def of(cls, confirmed: Confirmed, turned: int = 1) -> "Said":
        """``turned``: the orientation that the pixels stay in, as EXIF counts."""
        packet = xmp.written(confirmed)
        if len(packet) > MOST_XMP:  # texts full of what XML escapes, or very many people
            packet = xmp.written(confirmed, longest=400)
        return cls(packet, iim.written(confirmed)[:MOST_XMP], exif.written(confirmed, turned))
