"""Pictures in Wagtail's admin, without what they would cost there."""

from copy import copy
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile, File
from wagtail.images.models import Filter, WagtailImageFieldFile

from media.metadata.opening import CutShort, NotAPicture, TooManyPixels
from media.metadata.reading import upright
from media.renditions.making import reduced

ORIGINAL = "original"
ENOUGH = 1600
"""Pixels of the longer side from which the admin's thumbnails are made: twice the largest."""
_FOCAL = ("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")


if TYPE_CHECKING:
    from wagtail.images.models import AbstractImage as _Image
else:
    _Image = object


class PictureFile(WagtailImageFieldFile):
    """Measured upright, as focal points and sizes are, and from its head: Wagtail decodes it all.

    To be the ``attr_class`` of a picture's ``file``.
    """

    def get_image_dimensions(self) -> tuple[int, int]:
        """Width and height in pixels. Raises ``NotAPicture`` and ``TooManyPixels``."""
        was_closed = self.closed
        try:
            self.open()
            return upright(self)
        finally:
            if was_closed:
                self.close()
            else:
                self.seek(0)


class AdminSizes(_Image):
    """To be put before Wagtail's own image.

    Wagtail decodes in full for every thumbnail, on three threads where several are asked for, and
    codes an ``original`` anew when an editor opens a picture.
    """

    def create_rendition(self, filter: Filter) -> Any:  # noqa: A002 - as Wagtail calls it
        """As Wagtail does; the original is the file itself, and is not stored once more."""
        if filter.spec != ORIGINAL:
            return super().create_rendition(filter)
        return self.get_rendition_model()(
            image=self,
            filter_spec=ORIGINAL,
            focal_point_key="",
            file=self.file.name,
            width=self.width,
            height=self.height,
        )

    def create_renditions(self, *filters: Filter) -> dict[Filter, Any]:
        """One after another: three at once need three pictures' memory."""
        return {one: self.create_rendition(one) for one in filters}

    def generate_rendition_file(
        self,
        filter: Filter,  # noqa: A002
        *,
        source: File[Any] | None = None,
    ) -> File[Any]:
        """Made of the picture at a size that is enough for every thumbnail."""
        small = None if source else self._small(filter)
        if small is None:
            return super().generate_rendition_file(filter, source=source)
        file, scale = small
        stand_in = copy(self)
        for name in _FOCAL:
            if (value := getattr(self, name)) is not None:
                setattr(stand_in, name, round(value * scale))
        return super(AdminSizes, stand_in).generate_rendition_file(filter, source=file)

    def _small(self, filter: Filter) -> tuple[File[Any], float] | None:  # noqa: A002
        """The upright picture, as large as is enough, and its scale; nothing for what is small."""
        longest = max(self.width, self.height)
        if longest <= ENOUGH or 2 * max(filter.get_transform(self).size) > ENOUGH:
            return None
        try:
            with self.open_file() as original:
                picture = reduced(original, ENOUGH)
        except (NotAPicture, TooManyPixels, CutShort):
            return None  # Wagtail has its own words for it
        buffer = BytesIO()
        if picture.mode == "RGBA":
            picture.save(buffer, "PNG", compress_level=1)
        else:
            picture.save(buffer, "JPEG", quality=92)
        return ContentFile(buffer.getvalue()), max(picture.size) / longest
