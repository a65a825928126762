"""The fixed set of picture sizes that readers can ask for, by name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """A named size: a box to fill, or a width to keep to (``height`` 0)."""

    width: int
    height: int = 0
    quality: int = 76

    @property
    def filter_spec(self) -> str:
        """As Wagtail's image operations write it."""
        box = f"fill-{self.width}x{self.height}" if self.height else f"width-{self.width}"
        return f"{box}|format-webp|webpquality-{self.quality}"

    def measures(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in pixels that a picture of these measures comes out with."""
        if self.height:
            # Wagtail never enlarges: a box larger than the picture shrinks to the same ratio.
            scale = min(1.0, width / self.width, height / self.height)
            return round(self.width * scale), round(self.height * scale)
        scale = min(1.0, self.width / width)
        return round(width * scale), round(height * scale)


SIZES: dict[str, Size] = {
    "thumb": Size(240, 160),
    "card": Size(720, 480),
    "poster": Size(480, 640),
    "lead": Size(1280),
    "wide": Size(1920),
}
