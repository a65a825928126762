"""The page types of the news section."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField

from cms.entries import types
from cms.entries.projection import Block
from cms.entries.types import EntryType
from pages.base.models import BasePage
from pages.base.panels import tabs
from pages.base.sheet import Sheet, Wanted
from pages.blocks.reading import point_at, point_at_links, read_lines, read_story
from pages.blocks.story import StoryBlock
from pages.blocks.text import RICH
from pages.news import schemas
from pages.news.byline import byline_of
from search import documents

WORDS_A_MINUTE = 200


class NewsPage(BasePage):
    """What the news types share: a story."""

    story = StreamField(StoryBlock(), verbose_name=_("story"), blank=True)

    content_panels: ClassVar = [*BasePage.content_panels, FieldPanel("story")]
    parent_page_types: ClassVar = ["pages.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        abstract = True

    def point_at(self, wanted: Wanted) -> None:
        super().point_at(wanted)
        point_at(self.story.get_prep_value(), wanted)

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        words = sum(len(text.split()) for text in sheet.words)
        return {
            "author": byline_of(self.author_id, sheet),
            "owner": byline_of(self.keeper_id, sheet),
            "on_behalf_of": self.on_behalf_of,
            "minutes": max(1, round(words / WORDS_A_MINUTE)),
            "updates": len(self.updates),
        }

    def blocks(self, sheet: Sheet) -> Sequence[Block]:
        story = read_story(self.story.get_prep_value(), sheet)
        return [*self.leading_blocks(sheet), *story, *self.update_blocks()]

    def leading_blocks(self, sheet: Sheet) -> Sequence[Block]:
        """What the type says before its story."""
        return []


class ArticlePage(NewsPage):
    """News told as a story."""

    entry_type_slug = "article"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class BriefPage(NewsPage):
    """What has happened, and what to say about it."""

    entry_type_slug = "brief"

    facts = StreamField(
        [("line", blocks.RichTextBlock(label=_("fact"), features=RICH))],
        verbose_name=_("the facts"),
        blank=True,
        help_text=_("One sentence a line. What nobody can dispute."),
    )
    say = StreamField(
        [("line", blocks.RichTextBlock(label=_("sentence"), features=RICH))],
        verbose_name=_("what to say"),
        blank=True,
        help_text=_("As a colleague would say it on the telephone."),
    )
    dont_say = StreamField(
        [("line", blocks.RichTextBlock(label=_("sentence"), features=RICH))],
        verbose_name=_("what not to say"),
        blank=True,
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(
        _("valid to"),
        null=True,
        blank=True,
        help_text=_("From the day after, readers are told that the brief is out of date."),
    )

    content_panels: ClassVar = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [FieldPanel("facts"), FieldPanel("say"), FieldPanel("dont_say")],
            heading=_("The brief"),
        ),
        FieldPanel("story"),
    ]
    date_panels: ClassVar = [
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
        *BasePage.date_panels,
    ]

    class Meta:
        verbose_name = _("operational brief")
        verbose_name_plural = _("operational briefs")

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("It ends before it begins: choose a later day.")})

    def point_at(self, wanted: Wanted) -> None:
        super().point_at(wanted)
        for lines in (self.facts, self.say, self.dont_say):
            for one in lines.get_prep_value():
                point_at_links(one["value"], wanted)

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        return {
            **super().card_fields(sheet),
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }

    def leading_blocks(self, sheet: Sheet) -> Sequence[Block]:
        found: list[Block] = []
        for name, lines in (("facts", self.facts), ("say", self.say), ("dont_say", self.dont_say)):
            found += read_lines(name, lines.get_prep_value(), sheet)
        return found


class RumourPage(NewsPage):
    """An answer to a rumour: what is claimed, whether it is true, and on what that rests."""

    entry_type_slug = "rumour"

    class Status(models.TextChoices):
        OPEN = "open", _("being checked")
        TRUE = "true", _("true")
        FALSE = "false", _("false")

    claim = models.CharField(
        _("the claim"),
        max_length=250,
        help_text=_("As people say it, in one sentence."),
    )
    status = models.CharField(
        _("status"), max_length=5, choices=Status.choices, default=Status.OPEN
    )
    answer = models.CharField(_("the answer in one sentence"), max_length=300, blank=True)
    evidence = StreamField(
        [
            (
                "item",
                blocks.StructBlock(
                    [
                        ("title", blocks.CharBlock(label=_("what it is"), max_length=200)),
                        (
                            "detail",
                            blocks.TextBlock(
                                label=_("what it shows"), required=False, max_length=600
                            ),
                        ),
                        ("page", blocks.PageChooserBlock(label=_("page"), required=False)),
                    ],
                    icon="clipboard-list",
                ),
            )
        ],
        verbose_name=_("evidence"),
        blank=True,
        help_text=_("On what the answer rests, each thing where readers can look at it."),
    )
    words = models.TextField(
        _("words it answers"),
        blank=True,
        help_text=_("What people will type when they look for it. One phrase a line."),
    )

    content_panels: ClassVar = [
        *BasePage.content_panels[:2],
        MultiFieldPanel(
            [
                FieldPanel("claim"),
                FieldPanel("status"),
                FieldPanel("answer"),
                FieldPanel("evidence"),
                FieldPanel("words"),
            ],
            heading=_("Checking"),
        ),
        FieldPanel("story"),
        *BasePage.content_panels[2:],
    ]

    class Meta:
        verbose_name = _("answer to a rumour")
        verbose_name_plural = _("answers to rumours")

    def clean(self) -> None:
        super().clean()
        if self.status != self.Status.OPEN and not self.answer:
            raise ValidationError({"answer": _("A rumour that is settled needs its answer.")})

    @property
    def phrases(self) -> list[str]:
        return [line.strip() for line in self.words.splitlines() if line.strip()]

    def point_at(self, wanted: Wanted) -> None:
        super().point_at(wanted)
        for one in self.evidence.get_prep_value():
            wanted.add(wanted.pages, one["value"].get("page"))

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        return {
            **super().card_fields(sheet),
            "claim": self.claim,
            "status": self.status,
            "answer": self.answer,
            "words": self.phrases,
        }

    def leading_blocks(self, sheet: Sheet) -> Sequence[Block]:
        items = []
        for one in self.evidence.get_prep_value():
            value = one["value"]
            key = sheet.page(value.get("page"))
            detail = value.get("detail") or ""
            sheet.say(value["title"], detail)
            link = f'<a href="entry:{key}">{_escaped(value["title"])}</a>' if key else ""
            items.append({"title": value["title"], "detail": detail, "link": link})
        sheet.say(self.claim, self.answer)
        return [{"type": "evidence", "id": "evidence", "value": items}] if items else []


class GuidancePage(NewsPage):
    """How things are done here, kept true by an owner until a review date."""

    entry_type_slug = "guidance"

    review_at = models.DateField(
        _("review by"),
        null=True,
        blank=True,
        help_text=_("After this day readers are told that the page awaits its review."),
    )

    date_panels: ClassVar = [FieldPanel("review_at"), *BasePage.date_panels]

    class Meta:
        verbose_name = _("guidance")
        verbose_name_plural = _("guidance")

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        return {
            **super().card_fields(sheet),
            "review_at": self.review_at.isoformat() if self.review_at else None,
        }


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


for _model, _card in (
    (ArticlePage, schemas.ArticleCard),
    (BriefPage, schemas.BriefCard),
    (RumourPage, schemas.RumourCard),
    (GuidancePage, schemas.GuidanceCard),
):
    _model.edit_handler = tabs(_model)
    types.register(
        EntryType(
            slug=_model.entry_type_slug,
            label=_model._meta.verbose_name,
            card=_card,
            template=f"pages/{_model.entry_type_slug}.html",
            schema_org="Article" if _model is GuidancePage else "NewsArticle",
        )
    )
# Words that a rumour answers are what people type: they find it, and are no passage of its text.
documents.register(RumourPage.entry_type_slug, lambda card: card.get("words", ()))
