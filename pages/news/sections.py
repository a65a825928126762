"""Sections: the places that news stands in."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from cms.entries import types
from cms.entries.types import EntryType
from pages.base.models import BasePage
from pages.base.panels import tabs
from pages.news.schemas import SectionCard


class SectionPage(BasePage):
    """A place in the site: it lists what is below it."""

    entry_type_slug = "section"
    parent_page_types: ClassVar = ["pages.HomePage", "pages.SectionPage"]
    show_in_menus_default = True

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")


SectionPage.edit_handler = tabs(SectionPage)
types.register(
    EntryType(
        slug=SectionPage.entry_type_slug,
        label=SectionPage._meta.verbose_name or "section",
        card=SectionCard,
        template="pages/section.html",
        in_streams=False,
    )
)
