"""The fixed set of picture sizes that readers can ask for, by name."""

from dataclasses import dataclass

LONGEST = 16_000
"""Pixels of any side: WebP and AVIF have no more."""
MEDIA_TYPES = {"webp": "image/webp", "avif": "image/avif", "jpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Size:
    """A named size: a box to fill, or one to fit into (``height`` 0: a width to keep to).

    ``form`` is ``webp``, ``avif`` or ``jpeg``; empty: the original's pixels, cleaned.
    """

    width: int
    height: int = 0
    quality: int = 76
    form: str = "webp"
    is_filled: bool = True

    @property
    def content_type(self) -> str:
        """Empty where it is the original's."""
        return MEDIA_TYPES.get(self.form, "")

    def measures(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in pixels that an upright picture of these measures comes out with.

        Nothing is ever enlarged: a box larger than the picture shrinks to the same ratio.
        """
        if not self.width:
            return width, height
        if self.height and self.is_filled:
            scale = min(1.0, width / self.width, height / self.height)
            return max(1, round(self.width * scale)), max(1, round(self.height * scale))
        scale = min(1.0, self.width / width, (self.height or LONGEST) / height)
        return max(1, round(width * scale)), max(1, round(height * scale))


WEB: dict[str, Size] = {
    "thumb": Size(240, 160),
    "card": Size(720, 480),
    "poster": Size(480, 640),
    "lead": Size(1280),
    "wide": Size(1920),
}
"""What pages show."""

AVIF: dict[str, Size] = {
    f"{name}.avif": Size(size.width, size.height, 58, "avif") for name, size in WEB.items()
}
"""The same for browsers that know better; made last, and nobody waits for them."""

PRESS: dict[str, Size] = {
    "share": Size(1200, 630, 84, "jpeg"),
    "web": Size(1600, 1600, 85, "jpeg", is_filled=False),
    "press": Size(3200, 3200, 90, "jpeg", is_filled=False),
    "original": Size(0, form=""),
}
"""What people take away: a card for social networks, two JPEGs, and every pixel there is."""

SIZES: dict[str, Size] = WEB | PRESS
"""All that readers ask for by name. An AVIF twin is what a size is answered with, not asked for."""

ALL: dict[str, Size] = SIZES | AVIF
