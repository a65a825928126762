"""What every portal page shows around its subject: menu, reader, language switch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from cms.access.reader import Person, Reader
from cms.entries import read
from cms.entries.present import EntryView


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One choice of the language switch."""

    code: str
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The masthead and the foot of a page."""

    site_name: str
    menu: Sequence[Mapping[str, Any]]
    person: Person | None
    tongues: Sequence[Tongue]
    current_section: str
    locale: str
    is_demo: bool
    seen_by: str = ""  # the administrator who looks through this reader's eyes

    @property
    def is_known(self) -> bool:
        return self.person is not None

    @property
    def has_styleguide(self) -> bool:
        return self.is_demo or (self.person is not None and self.person.is_editor)


def frame_of(request: HttpRequest, reader: Reader, view: EntryView | None = None) -> Frame:
    """The frame of a page. One query."""
    locale = str(view.card["locale"]) if view else (get_language() or settings.LANGUAGE_CODE)
    crumbs = list(view.breadcrumb) if view else []
    top = crumbs[1]["url"] if len(crumbs) > 1 else (str(view.card["url"]) if view else "")
    return Frame(
        site_name=settings.WAGTAIL_SITE_NAME,
        menu=read.menu(reader, locale),
        person=reader.person,
        tongues=_tongues(locale, view),
        current_section=top,
        locale=locale,
        is_demo=settings.DEMO,
        seen_by=reader.grants.seen_by,
    )


def _tongues(locale: str, view: EntryView | None) -> list[Tongue]:
    urls = {one["locale"]: one["url"] for one in (view.translations if view else ())}
    if view is not None:
        urls[locale] = str(view.card["url"])
    names = dict(settings.LANGUAGES)
    spoken = settings.INTERFACE_LANGUAGES
    codes = [*spoken, *(code for code in sorted(urls) if code not in spoken)]
    return [
        Tongue(
            code=code,
            name=str(names.get(code, code)),
            url=urls.get(code) or f"/{code}/",
            is_current=code == locale,
        )
        for code in codes
    ]
