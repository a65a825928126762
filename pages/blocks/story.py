"""The story: what every news type's text is made of."""

from typing import Any

from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock

from pages.blocks.media import EmbedBlock, FileBlock, GalleryBlock, ImageBlock
from pages.blocks.text import CalloutBlock, HeadingBlock, QuoteBlock, text_block

TEXT, PICTURES, DATA, BOXES, LINKS, RESERVED = (
    _("Text"), _("Pictures"), _("Data"), _("Boxes"), _("Links"), _("Reserved"),
)  # fmt: skip


class PagesBlock(blocks.ListBlock):
    """Links to other pages. Each reader sees those that they may read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(blocks.PageChooserBlock(label=_("page")), **kwargs)

    class Meta:
        icon = "link"
        label = _("Pages")


def _open_blocks() -> list[tuple[str, blocks.Block]]:
    return [
        ("text", text_block_in(TEXT)),
        ("heading", HeadingBlock(group=TEXT)),
        ("quote", QuoteBlock(group=TEXT)),
        ("image", ImageBlock(group=PICTURES)),
        ("gallery", GalleryBlock(group=PICTURES)),
        ("table", TableBlock(group=DATA, label=_("Table"))),
        ("file", FileBlock(group=DATA)),
        ("callout", CalloutBlock(group=BOXES)),
        ("pages", PagesBlock(group=LINKS)),
        ("embed", EmbedBlock(group=LINKS)),
    ]


def text_block_in(group: Any) -> blocks.RichTextBlock:
    block = text_block()
    block.meta.group = group
    return block


def group_choices() -> list[tuple[str, str]]:
    """The groups of readers, as the restricted section offers them."""
    return [
        (str(pk), name) for pk, name in Group.objects.order_by("name").values_list("pk", "name")
    ]


class RestrictedBlock(blocks.StructBlock):
    """A passage whose content only some groups get; for others not even its place exists."""

    readers = blocks.MultipleChoiceBlock(
        label=_("readers"),
        choices=group_choices,
        help_text=_("Whoever reads the page and is in one of these groups."),
    )
    title = blocks.CharBlock(label=_("title"), required=False, max_length=160)
    content = blocks.StreamBlock(_open_blocks(), label=_("content"), min_num=1)

    class Meta:
        icon = "lock"
        label = _("Restricted section")
        form_classname = "struct-block restricted-block"
        help_text = _("Other readers see neither this passage nor its place.")


class StoryBlock(blocks.StreamBlock):
    """Text, pictures, data, boxes, links, and sections for some readers only."""

    def __init__(self, **kwargs: Any) -> None:
        restricted = RestrictedBlock(group=RESERVED)
        super().__init__([*_open_blocks(), ("restricted", restricted)], **kwargs)
