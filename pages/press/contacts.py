"""Press contacts: who answers journalists, about what, where, in which languages."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, TitleFieldPanel

from cms.entries import types
from cms.entries.projection import Block
from cms.entries.types import EntryType
from media.rights import check_territories
from pages.base.panels import tabs
from pages.base.sheet import Sheet
from pages.press.page import PressPage, codes_of
from pages.press.schemas import PressContactCard
from search import documents


class PressContactPage(PressPage):
    """Somebody who answers journalists. The title is the name."""

    entry_type_slug = "press-contact"

    role = models.CharField(_("role"), max_length=120, blank=True)
    beat = models.CharField(
        _("beat"),
        max_length=160,
        blank=True,
        help_text=_("What to ask them about: films, the company, one region."),
    )
    phone = models.CharField(
        _("telephone"), max_length=40, blank=True, help_text=_("As people dial it.")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    territories = models.CharField(
        _("territories"),
        max_length=120,
        blank=True,
        validators=[check_territories],
        help_text=_("Two letters each (ISO 3166), such as FR BE CH. Empty: everywhere."),
    )
    languages = models.CharField(
        _("languages"), max_length=60, blank=True, help_text=_("As codes, such as fr en.")
    )

    content_panels: ClassVar = [
        TitleFieldPanel("title", heading=_("name"), help_text=_("First name, family name.")),
        FieldRowPanel([FieldPanel("role"), FieldPanel("beat")]),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("phone"), FieldPanel("email")])],
            heading=_("How to reach them"),
            help_text=_("Whoever reads this page sees both, and so does every kit they are in."),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("territories"), FieldPanel("languages")])],
            heading=_("For whom"),
        ),
        MultiFieldPanel([FieldPanel("lead_image"), FieldPanel("lead_alt")], heading=_("Portrait")),
        FieldPanel("summary"),
        FieldPanel("found_by"),
    ]

    class Meta:
        verbose_name = _("press contact")
        verbose_name_plural = _("press contacts")

    def card_fields(self, sheet: Sheet) -> Mapping[str, Any]:
        return {
            "role": self.role,
            "beat": self.beat,
            "phone": self.phone,
            "email": self.email,
            "territories": codes_of(self.territories),
            "languages": codes_of(self.languages),
        }

    def blocks(self, sheet: Sheet) -> Sequence[Block]:
        sheet.say(self.role, self.beat)
        return []


PressContactPage.edit_handler = tabs(PressContactPage)
types.register(
    EntryType(
        slug=PressContactPage.entry_type_slug,
        label=PressContactPage._meta.verbose_name or "press contact",
        card=PressContactCard,
        template="pages/press-contact.html",
        in_streams=False,
        context=lambda _view, _reader: {},
    )
)
documents.register("press-contact", lambda card: [card["role"], card["beat"], card["email"]])
