"""Planting the site: homes, sections, who may read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import Group
from wagtail.models import Locale, Page, PageViewRestriction, Site

from cms.accounts.models import User
from cms.demo.content import Calendar
from cms.demo.places import ENGLISH, FRENCH, HOMES, Place
from cms.demo.press import room
from cms.demo.publishing import publish
from pages.base.models import BasePage
from pages.models import HomePage, PressRoomPage, SectionPage

FOUNDED_DAYS_AGO = 420


def is_planted() -> bool:
    """Whether the demo's site stands."""
    return HomePage.objects.filter(locale__language_code="fr").exists()


@dataclass(slots=True)
class Gardener:
    """Plants the tree, leaving alone whatever stands already."""

    groups: Mapping[str, Group]
    by: User
    calendar: Calendar
    sections: dict[tuple[str, str], BasePage] = field(default_factory=dict)

    def plant(self) -> dict[tuple[str, str], BasePage]:
        """Homes and sections of both languages. Gives the sections by language and slug."""
        for code in ("fr", "en", "zh"):
            Locale.objects.get_or_create(language_code=code)
        homes = self._homes()
        for code, places in (("fr", FRENCH), ("en", ENGLISH)):
            for place in places:
                self._place(place, homes[code], in_menu=True)
        return self.sections

    def _homes(self) -> dict[str, HomePage]:
        there = {home.locale.language_code: home for home in HomePage.objects.filter(depth=2)}
        root = Page.objects.get(depth=1)
        for code, (title, summary) in HOMES.items():
            if code not in there:
                home = HomePage(
                    title=title, slug=code, summary=summary, show_in_menus=False,
                    locale=Locale.objects.get(language_code=code),
                )  # fmt: skip
                if code != "fr":
                    home.translation_key = there["fr"].translation_key
                self._add(root, home)
                there[code] = home
        _only_ours(there["fr"])
        return there

    def _place(self, place: Place, parent: BasePage, *, in_menu: bool) -> None:
        code = parent.locale.language_code
        model = PressRoomPage if place.is_press_room else SectionPage
        page = model.objects.child_of(parent).filter(slug=place.slug).first()
        if page is None:
            _make_way(parent, place.slug)
            page = model(
                title=place.title, slug=place.slug, summary=place.summary, locale=parent.locale,
                show_in_menus=in_menu,
                **(room.words_of(code, self.calendar) if place.is_press_room else {}),
            )  # fmt: skip
            if place.french:
                page.translation_key = self.sections["fr", place.french].translation_key
            self._add(parent, page)
            self._restrict(page, place.readers)
        self.sections[code, place.slug] = page
        for below in place.places:
            self._place(below, page, in_menu=False)

    def _add(self, parent: Page, page: BasePage) -> None:
        at = self.calendar.ago(FOUNDED_DAYS_AGO)
        page.owner = self.by
        page.first_published_at = page.last_published_at = at
        parent.add_child(instance=page)
        publish(page, by=self.by, at=at)

    def _restrict(self, page: BasePage, readers: Sequence[str]) -> None:
        if readers:
            restriction = PageViewRestriction.objects.create(
                page=page, restriction_type=PageViewRestriction.GROUPS
            )
            restriction.groups.set([self.groups[name] for name in readers])


def _make_way(parent: Page, slug: str) -> None:
    """What an earlier demo had at an address keeps its pages, a little further."""
    for page in parent.get_children().filter(slug=slug).specific():
        page.slug, page.show_in_menus = f"{slug}-1", False
        page.save()


def _only_ours(home: HomePage) -> None:
    """Point the site at our home, and take away the page that Wagtail welcomes with."""
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "site_name": "Cabestan", "root_page": home},
    )
    for page in _welcome_pages():
        page.delete()


def _welcome_pages() -> Iterator[Page]:
    for page in Page.objects.filter(depth=2, numchild=0):
        if page.specific_class is Page:
            yield page
