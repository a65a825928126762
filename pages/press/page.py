"""What the pages of the press section share: outlets that read early, contacts, refusals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField

from cms.access.rule import Rule
from cms.accounts.models import Organisation
from cms.entries.projection import Block
from cms.entries.records import rfc3339
from pages.base.audience_panel import AudiencePanel
from pages.base.models import BasePage
from pages.base.sheet import Sheet, Wanted
from pages.press import early
from pages.press.forms import PressPageForm
from pages.press.publishable import Refusal


class ContactsBlock(blocks.StreamBlock):
    """Who answers, in order."""

    contact = blocks.PageChooserBlock(label=_("contact"), page_type="pages.PressContactPage")


READERS: list[Panel] = [
    AudiencePanel(heading=_("Who will see this")),
    MultiFieldPanel(
        [FieldPanel("early_outlets"), FieldPanel("early_readers")],
        heading=_("Before the embargo ends"),
        help_text=_(
            "They read before the embargo ends, to prepare. It never lets in anybody else: of an "
            "outlet, only people whose accreditation is in force."
        ),
    ),
]


class PressPage(BasePage):
    """A page of the press section: its files must be cleared for the press."""

    use = "press"
    base_form_class = PressPageForm
    parent_page_types: ClassVar = ["pages.PressRoomPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        abstract = True

    def refusals(self) -> Sequence[Refusal]:
        """Why it cannot be published as it is, each for the field that its form shows it at."""
        return []

    def unfit(self) -> Sequence[str]:
        return [one.message for one in self.refusals()]


class EmbargoedPage(PressPage):
    """A page that named outlets may read before its embargo ends, and whose contacts answer."""

    early_outlets = ParentalManyToManyField(
        Organisation,
        verbose_name=_("outlets that read early"),
        blank=True,
        related_name="+",
        limit_choices_to={"kind": Organisation.Kind.OUTLET},
        help_text=_("Their accredited journalists need not wait for the embargo."),
    )
    contacts = StreamField(
        ContactsBlock(required=False),
        verbose_name=_("contacts"),
        blank=True,
        help_text=_("Who answers journalists about it. Empty: the contacts of the press room."),
    )

    reader_panels: ClassVar = READERS

    class Meta:
        abstract = True

    def early_rule(self) -> Rule | None:
        """Who need not wait: an early group, or somebody accredited of an early outlet."""
        outlets = [one.pk for one in self.early_outlets.all()]
        return early.rule(
            groups=[group.pk for group in self.early_readers.all()],
            outlets=outlets,
            press=early.press_group() if outlets else None,
        )

    def point_at(self, wanted: Wanted) -> None:
        super().point_at(wanted)
        for pk in contact_ids(self.contacts):
            wanted.add(wanted.pages, pk)

    def contact_blocks(self, sheet: Sheet) -> list[Block]:
        return pages_block("contacts", contact_ids(self.contacts), sheet)

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        return {"embargo_until": at_or_null(self.embargo_until)}


def contact_ids(contacts: Any) -> list[Any]:
    return [one["value"] for one in contacts.get_prep_value() if one["value"]]


def pages_block(name: str, pks: Sequence[Any], sheet: Sheet) -> list[Block]:
    """Pages that this one names. Each reader gets the cards of those that they may read."""
    keys = [key for pk in pks if (key := sheet.page(pk)) is not None]
    return [{"type": "pages", "id": name, "value": keys}] if keys else []


def at_or_null(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def moment_in(value: Any) -> datetime | None:
    """A moment as block values are stored."""
    if isinstance(value, datetime) or not value:
        return value or None
    return parse_datetime(str(value))


def lines_of(text: str) -> list[str]:
    """What a field holds, one thing a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def codes_of(text: str) -> list[str]:
    return text.replace(",", " ").split()
