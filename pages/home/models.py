"""The home page of a language."""

from typing import ClassVar, Literal

from django.utils.translation import gettext_lazy as _

from cms.entries import types
from cms.entries.schemas import Card
from cms.entries.types import EntryType
from pages.base.models import BasePage
from pages.base.panels import tabs


class HomeCard(Card):
    type: Literal["home"] = "home"


class HomePage(BasePage):
    """The root of a language. What it shows is each reader's own."""

    entry_type_slug = "home"
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["pages.SectionPage", "pages.PressRoomPage"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


HomePage.edit_handler = tabs(HomePage)
types.register(
    EntryType(
        slug="home",
        label=HomePage._meta.verbose_name or "home",
        card=HomeCard,
        template="pages/home.html",
        in_streams=False,
    )
)
