"""The editor's four tabs, the same for every type: Content, Readers, Dates, Record."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)

from pages.base.audience_panel import AudiencePanel

CONTENT: list[Panel] = [
    TitleFieldPanel("title"),
    FieldPanel("summary"),
    MultiFieldPanel(
        [FieldPanel("lead_image"), FieldPanel("lead_alt")],
        heading=_("Lead picture"),
        help_text=_("Shown above the text and in lists, with the credit kept in the library."),
    ),
    FieldPanel("topics"),
    FieldPanel("found_by"),
]
READERS: list[Panel] = [
    AudiencePanel(heading=_("Who will see this")),
    MultiFieldPanel(
        [FieldPanel("early_readers")],
        heading=_("Early readers"),
        help_text=_("They read before the embargo ends. It never lets in anybody else."),
    ),
]
DATES: list[Panel] = [
    PublishingPanel(),
    FieldPanel("embargo_until"),
    FieldPanel("pinned_until"),
]
RECORD: list[Panel] = [
    FieldRowPanel([FieldPanel("author"), FieldPanel("keeper")]),
    FieldPanel("on_behalf_of"),
    MultiFieldPanel(
        [FieldPanel("change_weight"), FieldPanel("change_note")],
        heading=_("This change"),
    ),
    FieldPanel("updates"),
    MultiFieldPanel(
        [FieldPanel("slug"), FieldPanel("show_in_menus")],
        heading=_("Address"),
        help_text=_("Changing the address moves everything below this page."),
    ),
]


def tabs(model: Any) -> TabbedInterface:
    """The tabs of a page type, from its four lists of panels."""
    return TabbedInterface(
        [
            ObjectList(model.content_panels, heading=_("Content")),
            ObjectList(model.reader_panels, heading=_("Readers")),
            ObjectList(model.date_panels, heading=_("Dates")),
            ObjectList(model.record_panels, heading=_("Record")),
        ]
    )
