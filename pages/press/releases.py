"""Press releases."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.fields import RichTextField, StreamField

from cms.entries import types
from cms.entries.projection import Block
from cms.entries.types import EntryType
from pages.base.panels import tabs
from pages.base.sheet import Sheet, Wanted
from pages.blocks.reading import (
    in_its_place,
    point_at,
    point_at_links,
    read_story,
    rich_text,
)
from pages.blocks.story import StoryBlock
from pages.blocks.text import RICH
from pages.press import shown
from pages.press.page import EmbargoedPage, pages_block
from pages.press.publishable import Named, Refusal, refusals_of
from pages.press.schemas import PressReleaseCard
from search import documents


class PressReleasePage(EmbargoedPage):
    """What the company tells the press. Without an embargo it is for immediate release."""

    entry_type_slug = "press-release"

    place = models.CharField(
        _("place"), max_length=80, blank=True, help_text=_("Of the dateline, such as Paris.")
    )
    dated = models.DateField(
        _("date"), null=True, blank=True, help_text=_("Of the dateline. Empty: when it appears.")
    )
    story = StreamField(StoryBlock(), verbose_name=_("text"), blank=True)
    boilerplate = RichTextField(
        _("about the company"),
        features=RICH,
        blank=True,
        help_text=_("Empty: that of the press room."),
    )
    film_title = models.CharField(_("film"), max_length=200, blank=True)
    release_on = models.DateField(_("in cinemas from"), null=True, blank=True)
    kit = models.ForeignKey(
        "pages.PressKitPage",
        verbose_name=_("press kit"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    content_panels: ClassVar = [
        TitleFieldPanel("title"),
        FieldPanel("summary"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("place"), FieldPanel("dated")])],
            heading=_("Dateline"),
            help_text=_("Stands before the first words, in print and in feeds."),
        ),
        FieldPanel("story"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("film_title"), FieldPanel("release_on")]),
                FieldPanel("kit"),
            ],
            heading=_("The film"),
        ),
        MultiFieldPanel(
            [FieldPanel("lead_image"), FieldPanel("lead_alt")],
            heading=_("Lead picture"),
            help_text=_("Cleared for the press, its rights confirmed and what it shows described."),
        ),
        MultiFieldPanel(
            [FieldPanel("contacts"), FieldPanel("boilerplate")], heading=_("At the end")
        ),
        FieldPanel("topics"),
        FieldPanel("found_by"),
    ]

    class Meta:
        verbose_name = _("press release")
        verbose_name_plural = _("press releases")

    def refusals(self) -> Sequence[Refusal]:
        return refusals_of([*lead_of(self), *_pictures(self.story)], self.use)

    def point_at(self, wanted: Wanted) -> None:
        super().point_at(wanted)
        point_at(self.story.get_prep_value(), wanted)
        point_at_links(self.boilerplate, wanted)
        wanted.add(wanted.pages, self.kit_id)

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        corrected = [
            str(line["at"])
            for block in self.update_blocks()
            for line in block["value"]
            if line["is_material"]
        ]
        release_on = self.release_on.isoformat() if self.release_on else None
        film = {"title": self.film_title, "release_on": release_on} if self.film_title else None
        return {
            **super().card_fields(sheet),
            "place": self.place,
            "dated": self.dated.isoformat() if self.dated else None,
            "film": film,
            "corrected_at": max(corrected, default=None),
            "updates": len(self.updates),
        }

    def blocks(self, sheet: Sheet) -> Sequence[Block]:
        story = read_story(self.story.get_prep_value(), sheet)
        sheet.say(self.film_title, self.place)
        return [
            *story,
            *text_block("boilerplate", self.boilerplate, sheet),
            *pages_block("kit", [self.kit_id], sheet),
            *self.contact_blocks(sheet),
            *self.update_blocks(),
        ]


def text_block(name: str, markup: str, sheet: Sheet) -> list[Block]:
    """Rich text that has a place of its own on the page."""

    def read() -> Block | None:
        value = rich_text(markup, sheet)
        sheet.say(value)
        return {"type": "text", "id": name, "value": value} if value else None

    return list(in_its_place(name, read, sheet))


def lead_of(page: Any) -> list[Named]:
    """The lead picture, as something that must be fit for the press."""
    if page.lead_image is None:
        return []
    place = str(page._meta.get_field("lead_image").verbose_name).capitalize()
    return [Named(field="lead_image", place=place, asset=page.lead_image, alt=page.lead_alt)]


def _pictures(story: Any) -> list[Named]:
    """The pictures and files of a story, its restricted sections included."""
    found = []
    for one in story:
        if one.block_type == "image" and one.value.get("image"):
            found.append(_named(one.block.label, one.value))
        elif one.block_type == "gallery":
            found += [_named(one.block.label, item) for item in one.value["images"]]
        elif one.block_type == "file" and one.value.get("document"):
            asset = one.value["document"]
            found.append(Named(field="story", place=str(one.block.label), asset=asset))
        elif one.block_type == "restricted":
            found += _pictures(one.value["content"])
    return found


def _named(place: Any, value: Any) -> Named:
    alt = value.get("alt") or ""
    return Named(field="story", place=str(place), asset=value["image"], alt=alt)


PressReleasePage.edit_handler = tabs(PressReleasePage)
types.register(
    EntryType(
        slug=PressReleasePage.entry_type_slug,
        label=PressReleasePage._meta.verbose_name or "press release",
        card=PressReleaseCard,
        template="pages/press-release.html",
        context=shown.release,
    )
)
documents.register(
    "press-release", lambda card: [card["film"]["title"]] if card.get("film") else []
)
