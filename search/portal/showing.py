"""An outcome as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext, ngettext

from cms.access.reader import Reader
from cms.entries import cursors
from cms.entries.portal.tongues import REGIONS, interface_language
from search.asking import Request
from search.contract import MOST_COUNTED, NEWEST, RELEVANCE, Passage
from search.portal import address, panel, places
from search.portal.panel import Chip, Group, Loosening
from search.service import Asked, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry in the list. ``title`` and ``text`` are HTML, escaped but for ``<mark>``."""

    card: Mapping[str, Any]
    title: str
    text: str
    position: int
    place: str
    passages: Sequence[Passage] = ()
    by: str = ""
    until: date | None = None
    is_advised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything that the templates of a search ask for."""

    asked: Asked
    outcome: Outcome
    query: str
    count: str
    said: str
    advised: Sequence[Line]
    lines: Sequence[Line]
    groups: Sequence[Group]
    chips: Sequence[Chip]
    loosenings: Sequence[Loosening]
    following: str
    is_first_page: bool
    queries: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        return not self.lines and self.is_first_page

    @property
    def is_by_date(self) -> bool:
        return self.asked.order != RELEVANCE or not self.asked.text


def shown(wanted: Request, asked: Asked, outcome: Outcome, reader: Reader, start: int) -> Shown:
    """The page of an outcome, ``start`` hits behind the first. Asks for the places of the hits."""
    found = outcome.found
    cards = [*(one.card for one in outcome.promoted), *(hit.card for hit in found.hits)]
    where = places.above(cards, reader)
    groups = panel.groups_of(asked, found, reader)
    counted = counted_in_words(found.count)
    text = outcome.query.text
    return Shown(
        asked=asked,
        outcome=outcome,
        query=address.query_of(asked),
        count=counted,
        said=gettext("%(count)s for “%(query)s”") % {"count": counted, "query": text}
        if text
        else counted,
        advised=_advised(outcome, where),
        lines=_lines(outcome, where, start),
        groups=groups,
        chips=panel.chips_of(asked, groups),
        loosenings=panel.loosenings_of(asked, found) if not found.count else (),
        following=_following(wanted, asked, outcome, start),
        is_first_page=asked.after is None,
        queries=_queries(asked),
    )


def counted_in_words(count: int) -> str:
    """36 results · more than 10,000 results · no result."""
    if count > MOST_COUNTED:
        return gettext("More than %(count)s results") % {"count": _number(MOST_COUNTED)}
    if not count:
        return gettext("No result")
    words = ngettext("%(count)s result", "%(count)s results", count)
    return words % {"count": _number(count)}


def _number(count: int) -> str:
    return str(format_decimal(count, locale=REGIONS[interface_language()]))


def _advised(outcome: Outcome, where: Mapping[str, Sequence[str]]) -> list[Line]:
    return [
        Line(
            card=one.card,
            title=escape(one.card["title"]),
            text=escape(one.note or one.card["summary"]),
            position=place,
            place=" / ".join(where.get(one.key, ())),
            by=one.by,
            until=one.until,
            is_advised=True,
        )
        for place, one in enumerate(outcome.promoted, 1)
    ]


def _lines(outcome: Outcome, where: Mapping[str, Sequence[str]], start: int) -> list[Line]:
    advised = {one.key for one in outcome.promoted}
    first = start + len(advised) + 1
    return [
        Line(
            card=hit.card,
            title=hit.title,
            text=hit.text,
            position=place,
            place=" / ".join(where.get(hit.key, ())),
            passages=hit.passages,
        )
        for place, hit in enumerate((h for h in outcome.found.hits if h.key not in advised), first)
    ]


def _following(wanted: Request, asked: Asked, outcome: Outcome, start: int) -> str:
    """The query of the next page, or nothing on the last."""
    if outcome.found.next is None:
        return ""
    cursor = cursors.encode(outcome.found.next, bound_to=wanted.bound_to(outcome.engine))
    more = {"typing": "true"} if asked.is_typing else {}
    start += len(outcome.found.hits)
    return address.query_of(asked, cursor=cursor, start=str(start), **more)


def _queries(asked: Asked) -> dict[str, str]:
    """Queries near this one, by what changes."""
    return {
        "all": address.query_of(replace(address.without_filters(asked), is_exact=False)),
        "relevance": address.query_of(replace(asked, order=RELEVANCE)),
        "date": address.query_of(replace(asked, order=NEWEST)),
        "exact": address.query_of(replace(asked, is_exact=True)),
        "meant": address.query_of(replace(asked, is_exact=False)),
    }
