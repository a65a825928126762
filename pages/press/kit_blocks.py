"""The items of a kit, for editors: photos, films, documents, logos; each with its own readers."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.accounts.models import Organisation
from media.videos.blocks import VideoChooserBlock

EVERYBODY, ACCREDITED = "public", "accredited"


def outlet_choices() -> list[tuple[str, str]]:
    """The media outlets, as an item's early readers are chosen among them."""
    outlets = Organisation.objects.filter(kind=Organisation.Kind.OUTLET).order_by("name")
    return [(str(pk), name) for pk, name in outlets.values_list("pk", "name")]


class ItemBlock(blocks.StructBlock):
    """What every item has beside its file."""

    title = blocks.CharBlock(
        label=_("title"), required=False, max_length=160, help_text=_("Empty: the library's.")
    )
    readers = blocks.ChoiceBlock(
        label=_("readers"),
        choices=[
            (EVERYBODY, _("whoever reads the kit")),
            (ACCREDITED, _("accredited press only")),
        ],
        default=EVERYBODY,
        help_text=_("Others see neither the item nor that there is one."),
    )
    embargo_until = blocks.DateTimeBlock(
        label=_("embargo of its own"),
        required=False,
        help_text=_("Nobody gets it before, to the second, except the outlets below."),
    )
    early_outlets = blocks.MultipleChoiceBlock(
        label=_("outlets that get it early"), choices=outlet_choices, required=False
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["early_outlets"] and not cleaned["embargo_until"]:
            message = _("Say until when the others wait: set the embargo of its own.")
            raise blocks.StructBlockValidationError({"early_outlets": ValidationError(message)})
        return cleaned


class PhotoBlock(ItemBlock):
    image = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(
        label=_("caption"), required=False, max_length=600, help_text=_("Empty: the library's.")
    )

    class Meta:
        icon = "image"
        label = _("Photo")
        form_layout = ["image", "title", "caption", "readers", "embargo_until", "early_outlets"]


class VideoBlock(ItemBlock):
    video = VideoChooserBlock(label=_("film"))

    class Meta:
        icon = "media"
        label = _("Film")
        form_layout = ["video", "title", "readers", "embargo_until", "early_outlets"]


class DocumentBlock(ItemBlock):
    document = DocumentChooserBlock(label=_("file"))

    class Meta:
        icon = "doc-full-inverse"
        label = _("Document")
        form_layout = ["document", "title", "readers", "embargo_until", "early_outlets"]


class LogoBlock(ItemBlock):
    image = ImageChooserBlock(label=_("picture"), required=False)
    document = DocumentChooserBlock(
        label=_("file"), required=False, help_text=_("Instead of a picture: a vector file, a ZIP.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["image"] and cleaned["document"]:
            message = _("A picture or a file, not both: add another logo for the other.")
            raise blocks.StructBlockValidationError({"document": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "pick"
        label = _("Logo")
        form_layout = ["image", "document", "title", "readers", "embargo_until", "early_outlets"]


class ItemsBlock(blocks.StreamBlock):
    """What the kit is made of, in order."""

    photo = PhotoBlock()
    video = VideoBlock()
    document = DocumentBlock()
    logo = LogoBlock()


class FactBlock(blocks.StructBlock):
    """One line of what may be taken over word for word."""

    label = blocks.CharBlock(label=_("what"), max_length=80)
    value = blocks.TextBlock(label=_("the fact"), max_length=1000)

    class Meta:
        icon = "list-ul"
        label = _("Fact")


class BiographyBlock(blocks.StructBlock):
    """Somebody of the film."""

    name = blocks.CharBlock(label=_("name"), max_length=120)
    role = blocks.CharBlock(label=_("role"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("text"), features=["bold", "italic", "cite", "link"])

    class Meta:
        icon = "user"
        label = _("Biography")
