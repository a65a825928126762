"""The home of a reader, in its first form: what is pinned, then the newest by section."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cms.access.reader import Reader
from cms.entries import read, types
from cms.entries.listing import Listing
from cms.entries.present import Card

NEWEST = 100
"""How many of the newest entries are spread over the sections."""
IN_A_SECTION = 12
PINNED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A section of the home and what is new in it."""

    key: str
    title: str
    url: str
    items: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Everything a home shows. Cards carry ``why``."""

    pinned: Sequence[dict[str, Any]]
    shelves: Sequence[Shelf]

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "pinned": self.pinned,
            "sections": [
                {"key": one.key, "title": one.title, "url": one.url, "items": one.items}
                for one in self.shelves
            ],
        }


def of(reader: Reader, locales: tuple[str, ...] = ()) -> Home:
    """The reader's home. Three queries."""
    streams = Listing(locales=locales, limit=NEWEST, without_types=_places())
    pinned = read.entries(
        Listing(locales=locales, limit=PINNED, pinned_at=reader.at), reader
    ).values
    shown = {card["key"] for card in pinned}
    newest = [card for card in read.entries(streams, reader).values if card["key"] not in shown]
    sections = read.entries(Listing(locales=locales, menu=True, limit=100, order="menu"), reader)
    return Home(
        pinned=[card.saying(why=_("Pinned by the editors")) for card in pinned],
        shelves=_shelves(sections.values, newest),
    )


def _places() -> tuple[str, ...]:
    return tuple(one.slug for one in types.all_types() if not one.in_streams)


def _shelves(sections: list[Card], newest: list[Card]) -> list[Shelf]:
    within: dict[str, list[Card]] = defaultdict(list)
    urls = {section["url"]: section for section in sections}
    for card in newest:
        top = "/".join(card["url"].split("/")[:3]) + "/"
        section = urls.get(top)
        if section and len(within[section["key"]]) < IN_A_SECTION:
            why = _("New in %(section)s") % {"section": section["title"]}
            within[section["key"]].append(card.saying(why=why))
    return [
        Shelf(key=section["key"], title=section["title"], url=section["url"], items=items)
        for section in sections
        if (items := within.get(section["key"]))
    ]
