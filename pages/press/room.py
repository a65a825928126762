"""The press room of a language: what journalists open first."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.fields import RichTextField, StreamField

from cms.entries import types
from cms.entries.present import FILE_LINK, LINK
from cms.entries.projection import Block
from cms.entries.types import EntryType
from media import conditions
from pages.base.panels import tabs
from pages.base.sheet import Sheet, Wanted
from pages.blocks.reading import point_at_links, rich_text
from pages.blocks.text import RICH
from pages.press import desk, shown
from pages.press.page import (
    ContactsBlock,
    PressPage,
    at_or_null,
    contact_ids,
    moment_in,
    pages_block,
)
from pages.press.publishable import Refusal, refusals_of
from pages.press.releases import lead_of
from pages.press.schemas import PressRoomCard


class ScreeningBlock(blocks.StructBlock):
    """A press screening. When it is over it is no longer shown."""

    at = blocks.DateTimeBlock(label=_("when"))
    film = blocks.CharBlock(label=_("film"), max_length=160)
    place = blocks.CharBlock(
        label=_("where"), required=False, max_length=200, help_text=_("Cinema, town.")
    )
    version = blocks.CharBlock(
        label=_("version"), required=False, max_length=20, help_text=_("Such as VF or VOSTF.")
    )
    note = blocks.CharBlock(
        label=_("note"),
        required=False,
        max_length=200,
        help_text=_("How to come in, or whom to write to."),
    )

    class Meta:
        icon = "calendar-alt"
        label = _("Screening")


class PressRoomPage(PressPage):
    """Releases, kits, contacts and screenings of a language."""

    entry_type_slug = "press-room"
    parent_page_types: ClassVar = ["pages.HomePage"]
    subpage_types: ClassVar = [
        "pages.PressReleasePage",
        "pages.PressKitPage",
        "pages.PressContactPage",
        "pages.SectionPage",
    ]
    max_count_per_parent = 1
    show_in_menus_default = True

    boilerplate = RichTextField(
        _("about the company"),
        features=RICH,
        blank=True,
        help_text=_("Stands under every release that has none of its own."),
    )
    contacts = StreamField(
        ContactsBlock(required=False),
        verbose_name=_("contacts"),
        blank=True,
        help_text=_("Who answers journalists, in order."),
    )
    screenings = StreamField(
        [("screening", ScreeningBlock())], verbose_name=_("press screenings"), blank=True
    )
    terms_text = models.CharField(
        _("words of the link to the terms"),
        max_length=120,
        blank=True,
        help_text=_("Such as “What the press may do with our files”. Empty: no link."),
    )

    content_panels: ClassVar = [
        TitleFieldPanel("title"),
        FieldPanel("summary"),
        MultiFieldPanel(
            [FieldPanel("contacts"), FieldPanel("screenings")],
            heading=_("People and dates"),
        ),
        MultiFieldPanel(
            [FieldPanel("boilerplate"), FieldPanel("terms_text")], heading=_("About the company")
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("lead_image"), FieldPanel("lead_alt")])],
            heading=_("Lead picture"),
        ),
        FieldPanel("found_by"),
    ]

    class Meta:
        verbose_name = _("press room")
        verbose_name_plural = _("press rooms")

    def refusals(self) -> Sequence[Refusal]:
        return refusals_of(lead_of(self), self.use)

    def point_at(self, wanted: Wanted) -> None:
        super().point_at(wanted)
        point_at_links(self.boilerplate, wanted)
        for pk in contact_ids(self.contacts):
            wanted.add(wanted.pages, pk)

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        # A card is the same for all who read it: it names nothing that some of them may not.
        sheet.asks_for_more()
        text = LINK.sub(r"\3", rich_text(self.boilerplate, sheet))
        asks_for_more = sheet.asks_for_more() is not None
        return {"boilerplate": FILE_LINK.sub(r"\1", text) if asks_for_more else text}

    def blocks(self, sheet: Sheet) -> Sequence[Block]:
        rows = [one["value"] for one in self.screenings.get_prep_value()]
        value = [
            {
                "at": at_or_null(moment_in(row["at"])),
                **{name: row.get(name) or "" for name in ("film", "place", "version", "note")},
            }
            for row in sorted(rows, key=lambda row: str(row["at"]))
        ]
        sheet.say(*(str(row["film"]) for row in value))
        screenings = [{"type": "screenings", "id": "screenings", "value": value}] if value else []
        terms = {"type": "terms", "id": "terms", "value": {"text": self.terms_text}}
        return [
            *screenings,
            *pages_block("contacts", contact_ids(self.contacts), sheet),
            *([terms] if self.terms_text else []),
        ]


PressRoomPage.edit_handler = tabs(PressRoomPage)
conditions.register(
    ("press-room", "press-release", "press-kit", "press-contact"), desk.ask_for_terms
)
types.register(
    EntryType(
        slug=PressRoomPage.entry_type_slug,
        label=PressRoomPage._meta.verbose_name or "press room",
        card=PressRoomCard,
        template="pages/press-room.html",
        in_streams=False,
        context=shown.room,
    )
)
