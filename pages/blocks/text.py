"""Text: paragraphs, headings, quotes, callouts."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

RICH = ["bold", "italic", "cite", "ol", "ul", "link", "document-link"]


class HeadingBlock(blocks.StructBlock):
    """A heading, with an anchor that the update log can lead to."""

    text = blocks.CharBlock(label=_("heading"), max_length=160)
    anchor = blocks.RegexBlock(
        regex=r"^[a-z0-9][a-z0-9-]*$",
        label=_("anchor"),
        required=False,
        max_length=64,
        help_text=_("Small letters and dashes. Lets the update log and other pages lead here."),
        error_messages={"invalid": _("Use small letters, digits and dashes only.")},
    )

    class Meta:
        icon = "title"
        label = _("Heading")


class QuoteBlock(blocks.StructBlock):
    words = blocks.TextBlock(label=_("words"), max_length=1000)
    speaker = blocks.CharBlock(label=_("who says it"), required=False, max_length=120)
    role = blocks.CharBlock(label=_("role"), required=False, max_length=160)

    class Meta:
        icon = "openquote"
        label = _("Quote")


class CalloutBlock(blocks.StructBlock):
    """A passage set off from the text."""

    kind = blocks.ChoiceBlock(
        label=_("kind"),
        choices=[
            ("note", _("Note")),
            ("say", _("What to say")),
            ("dont_say", _("What not to say")),
            ("warning", _("Warning")),
        ],
        default="note",
    )
    title = blocks.CharBlock(label=_("title"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("text"), features=RICH)

    class Meta:
        icon = "info-circle"
        label = _("Callout")


def text_block() -> blocks.RichTextBlock:
    return blocks.RichTextBlock(label=_("Text"), features=RICH, icon="pilcrow")
