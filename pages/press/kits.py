"""Press kits: everything the press needs of one film."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.fields import StreamField

from cms.entries import types
from cms.entries.projection import Block
from cms.entries.types import EntryType
from media.kits import desk, numbering
from pages.base.panels import tabs
from pages.base.sheet import Sheet, Wanted
from pages.blocks.reading import in_its_place, point_at_links, rich_text
from pages.press import early, shown
from pages.press.desk import PressDesk
from pages.press.kit_blocks import BiographyBlock, FactBlock, ItemsBlock
from pages.press.kit_items import named_items, point_at_items, read_items
from pages.press.page import EmbargoedPage, lines_of, pages_block
from pages.press.publishable import Refusal, refusals_of
from pages.press.releases import PressReleasePage, lead_of
from pages.press.schemas import PressKitCard
from search import documents


class PressKitPage(EmbargoedPage):
    """A film's kit. Publishing a change of its items makes the next version."""

    entry_type_slug = "press-kit"

    film_title = models.CharField(_("film"), max_length=200, help_text=_("As it is to be printed."))
    director = models.CharField(_("director"), max_length=200, blank=True)
    cast = models.TextField(_("cast"), blank=True, help_text=_("One name a line."))
    genre = models.CharField(_("genre"), max_length=80, blank=True)
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), null=True, blank=True)
    release_on = models.DateField(_("in cinemas from"), null=True, blank=True)
    synopsis = models.TextField(
        _("synopsis"), blank=True, help_text=_("To be taken over word for word.")
    )
    facts = StreamField(
        [("fact", FactBlock())],
        verbose_name=_("credits and facts"),
        blank=True,
        help_text=_("Screenplay, photography, production, shooting: one fact a line."),
    )
    biographies = StreamField(
        [("person", BiographyBlock())], verbose_name=_("biographies"), blank=True
    )
    items = StreamField(
        ItemsBlock(required=False),
        verbose_name=_("items"),
        blank=True,
        help_text=_(
            "Photos, films, documents, logos, in the order of the kit. Each may be for the "
            "accredited press only, or wait for an embargo of its own."
        ),
    )
    release = models.ForeignKey(
        PressReleasePage,
        verbose_name=_("press release"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    content_panels: ClassVar = [
        TitleFieldPanel("title"),
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("film_title"), FieldPanel("director")]),
                FieldPanel("cast"),
                FieldRowPanel(
                    [FieldPanel("genre"), FieldPanel("minutes"), FieldPanel("release_on")]
                ),
            ],
            heading=_("The film"),
            help_text=_("The line under the title is made of these."),
        ),
        MultiFieldPanel(
            [FieldPanel("lead_image"), FieldPanel("lead_alt")],
            heading=_("Lead picture"),
            help_text=_("Cleared for the press, its rights confirmed and what it shows described."),
        ),
        FieldPanel("items"),
        MultiFieldPanel(
            [FieldPanel("synopsis"), FieldPanel("facts"), FieldPanel("biographies")],
            heading=_("To be taken over word for word"),
            help_text=_("Journalists copy these with one click: write them as they are printed."),
        ),
        MultiFieldPanel([FieldPanel("release"), FieldPanel("contacts")], heading=_("Beside it")),
        FieldPanel("topics"),
        FieldPanel("found_by"),
    ]

    class Meta:
        verbose_name = _("press kit")
        verbose_name_plural = _("press kits")

    def refusals(self) -> Sequence[Refusal]:
        return refusals_of([*lead_of(self), *named_items(self.items, "items")], self.use)

    def point_at(self, wanted: Wanted) -> None:
        super().point_at(wanted)
        point_at_items(self.items.get_prep_value(), wanted)
        for one in self.biographies.get_prep_value():
            point_at_links(one["value"]["text"], wanted)
        wanted.add(wanted.pages, self.release_id)

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        release_on = self.release_on.isoformat() if self.release_on else None
        return {
            **super().card_fields(sheet),
            "film": {
                "title": self.film_title,
                "director": self.director,
                "cast": lines_of(self.cast),
                "genre": self.genre,
                "minutes": self.minutes,
                "release_on": release_on,
            },
            "release_on": release_on,
        }

    def blocks(self, sheet: Sheet) -> Sequence[Block]:
        items = read_items(self.items.get_prep_value(), sheet)
        sheet.say(self.film_title, self.director, self.genre, *lines_of(self.cast))
        return [
            *items,
            *self._facts(sheet),
            *self._biographies(sheet),
            *pages_block("release", [self.release_id], sheet),
            *self.contact_blocks(sheet),
            *self.update_blocks(),
        ]

    def _facts(self, sheet: Sheet) -> list[Block]:
        lines = [one["value"] for one in self.facts.get_prep_value()]
        rows = [{"label": one["label"], "value": one["value"]} for one in lines]
        sheet.say(self.synopsis, *(f"{one['label']} {one['value']}" for one in rows))
        synopsis: Block = {"type": "synopsis", "id": "synopsis", "value": {"text": self.synopsis}}
        facts: Block = {"type": "film_facts", "id": "facts", "value": rows}
        return [*([synopsis] if self.synopsis else []), *([facts] if rows else [])]

    def _biographies(self, sheet: Sheet) -> list[Block]:
        return list(in_its_place("biographies", lambda: self._people(sheet), sheet))

    def _people(self, sheet: Sheet) -> Block | None:
        people = []
        for one in self.biographies.get_prep_value():
            value = one["value"]
            text = rich_text(value["text"], sheet)
            sheet.say(value["name"], value.get("role") or "", text)
            people.append(
                {"id": one["id"], "name": value["name"], "role": value.get("role") or "",
                 "html": text}
            )  # fmt: skip
        return {"type": "biographies", "id": "biographies", "value": people} if people else None


def _names(card: Mapping[str, Any]) -> list[str]:
    film = card.get("film") or {}
    return [film.get("title", ""), film.get("director", ""), *film.get("cast", ())]


PressKitPage.edit_handler = tabs(PressKitPage)
types.register(
    EntryType(
        slug=PressKitPage.entry_type_slug,
        label=PressKitPage._meta.verbose_name or "press kit",
        card=PressKitCard,
        template="pages/press-kit.html",
        context=shown.kit,
    )
)
documents.register("press-kit", _names)
desk.register("press-kit", PressDesk())
numbering.register("press-kit", early.circles)
