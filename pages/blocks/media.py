"""Pictures, files, films."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("picture"))
    alt = blocks.CharBlock(
        label=_("what it shows"),
        required=False,
        max_length=250,
        help_text=_("For those who do not see it. Empty: the library's own description."),
    )
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=300)

    class Meta:
        icon = "image"
        label = _("Picture")


class GalleryBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), required=False, max_length=120)
    images = blocks.ListBlock(ImageBlock(), label=_("pictures"), min_num=1, max_num=60)

    class Meta:
        icon = "image"
        label = _("Gallery")


class FileBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("file"))
    title = blocks.CharBlock(label=_("title"), required=False, max_length=160)

    class Meta:
        icon = "doc-full-inverse"
        label = _("File")


# The address a person copies, and the player that the portal frames. No other host is accepted.
PLAYERS = [
    (
        re.compile(r"https://(?:www\.)?(?:youtube\.com/watch\?v=|youtu\.be/)([\w-]{11})\b"),
        "https://www.youtube-nocookie.com/embed/{}",
        "YouTube",
    ),
    (re.compile(r"https://vimeo\.com/(\d+)"), "https://player.vimeo.com/video/{}", "Vimeo"),
    (
        re.compile(r"https://(?:www\.)?dailymotion\.com/video/(\w+)"),
        "https://geo.dailymotion.com/player.html?video={}",
        "Dailymotion",
    ),
]


def player_of(url: str) -> tuple[str, str] | None:
    """The player's address and the provider's name, for an address on the list."""
    for pattern, player, provider in PLAYERS:
        if match := pattern.match(url):
            return player.format(match[1]), provider
    return None


class EmbedBlock(blocks.StructBlock):
    """A film that lies elsewhere. Nothing is fetched from there until a reader opens it."""

    url = blocks.URLBlock(
        label=_("address"), help_text=_("A film's page on YouTube, Vimeo or Dailymotion.")
    )
    caption = blocks.CharBlock(label=_("caption"), max_length=300)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if player_of(cleaned["url"]) is None:
            message = _("Only films on YouTube, Vimeo and Dailymotion can be shown here.")
            raise blocks.StructBlockValidationError({"url": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "media"
        label = _("Film")
