"""The panel of filters: facets with counts, what is chosen of them, and the years as a chart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext

from cms.access.reader import Reader
from cms.entries import read, types
from cms.entries.portal.tongues import language
from search.contract import FACETS, FacetValue, Filters, Found
from search.portal import address
from search.service import Asked

AT_ONCE = 7
"""Values of a facet that are seen before it is unfolded."""
IN_THE_CHART = 5
_WIDTH, _HEIGHT, _GAP = 240, 44, 10
SINGLE = ("type", "locale", "year")
"""Facets of which an entry has one value: their counts add up to all that they leave in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value of a facet, to tick."""

    name: str
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A year in the chart: where it stands, and how high."""

    year: int
    count: int
    x: float
    y: float
    width: float
    height: float
    middle: float
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A facet."""

    name: str
    label: str
    first: Sequence[Choice]
    folded: Sequence[Choice]
    bars: Sequence[Bar] = ()

    @property
    def is_open(self) -> bool:
        return any(one.is_chosen for one in self.folded)

    @property
    def chart_in_words(self) -> str:
        return ", ".join(
            gettext("%(year)s: %(count)s") % {"year": bar.year, "count": bar.count}
            for bar in reversed(self.bars)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is set, and the query without it."""

    facet: str
    label: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosening:
    """One whole facet less: what it is called, the query, and what that would find, if known."""

    facet: str
    query: str
    count: int | None


def groups_of(asked: Asked, found: Found, reader: Reader) -> list[Group]:
    """The facets that have something to choose."""
    names = _names_of(asked, found, reader)
    groups = []
    for name in FACETS:
        choices = _choices(name, asked, found.facets.get(name, ()), names)
        if not choices or _says_nothing(choices, found):
            continue
        is_long = len(choices) > AT_ONCE + 1
        groups.append(
            Group(
                name=name,
                label=label_of(name),
                first=choices[:AT_ONCE] if is_long else choices,
                folded=choices[AT_ONCE:] if is_long else (),
                bars=_bars(choices) if name == "year" else (),
            )
        )
    return groups


def chips_of(asked: Asked, groups: Sequence[Group]) -> list[Chip]:
    """What is chosen, each with the way to undo it."""
    return [
        Chip(
            facet=group.label,
            label=choice.label,
            query=address.query_of(address.without(asked, group.name, choice.value)),
        )
        for group in groups
        for choice in (*group.first, *group.folded)
        if choice.is_chosen
    ]


def loosenings_of(asked: Asked, found: Found) -> list[Loosening]:
    """For each facet that narrows the search: the search without it, where that finds something."""
    counts = {name: sum(one.count for one in found.facets.get(name, ())) for name in FACETS}
    return [
        Loosening(
            facet=label_of(name),
            query=address.query_of(address.without(asked, name)),
            count=counts[name] if name in SINGLE else None,
        )
        for name in FACETS
        if address.chosen(asked.filters, name) and counts[name]
    ]


def in_words(filters: Filters, reader: Reader) -> str:
    """Filters as a person reads them, without a search. A query where there are sections."""
    titles = {key: card["title"] for key, card in read.cards_of(filters.sections, reader).items()}
    return ", ".join(
        _named(name, value, titles) for name in FACETS for value in address.chosen(filters, name)
    )


def label_of(name: str) -> str:
    """A facet by its name."""
    return {
        "type": pgettext("a facet", "Type"),
        "topic": pgettext("a facet", "Topic"),
        "locale": pgettext("a facet", "Language"),
        "section": pgettext("a facet", "Section"),
        "year": pgettext("a facet", "Year"),
    }[name]


def _names_of(asked: Asked, found: Found, reader: Reader) -> Mapping[str, str]:
    """Names of sections that their counts do not tell. No query without one.

    Chosen ones in which nothing was found, and such as are called the same in two languages.
    """
    counted = found.facets.get("section", ())
    labels = Counter(one.label for one in counted)
    alike = [one.value for one in counted if labels[one.label] > 1]
    unnamed = [key for key in asked.filters.sections if key not in {one.value for one in counted}]
    cards = read.cards_of([*alike, *unnamed], reader)
    return {
        key: f"{card['title']} ({language(card['locale'])})" if key in alike else card["title"]
        for key, card in cards.items()
    }


def _says_nothing(choices: Sequence[Choice], found: Found) -> bool:
    """Whether everything found has the one value that there is."""
    one = choices[0]
    return len(choices) == 1 and not one.is_chosen and one.count >= found.count


def _choices(
    name: str, asked: Asked, values: Sequence[FacetValue], names: Mapping[str, str]
) -> list[Choice]:
    wanted = dict.fromkeys(address.chosen(asked.filters, name))
    found = [
        Choice(
            name=name,
            value=one.value,
            label=capfirst(names.get(one.value, one.label) if name == "section" else one.label),
            count=one.count,
            is_chosen=one.value in wanted,
        )
        for one in values
    ]
    counted = {one.value for one in values}
    return found + [
        Choice(name=name, value=value, label=_named(name, value, names), count=0, is_chosen=True)
        for value in wanted
        if value not in counted
    ]


def _named(name: str, value: str, names: Mapping[str, str]) -> str:
    match name:
        case "type":
            return capfirst(types.label_of(value))
        case "locale":
            return language(value)
        case "section":
            return names.get(value, value)
        case _:
            return value


def _bars(choices: Sequence[Choice]) -> list[Bar]:
    """The last years up to the newest found, those without anything among them."""
    counts = {int(one.value): one.count for one in choices}
    if len(counts) < 2:
        return []
    last, most = max(counts), max(*counts.values(), 1)
    step = (_WIDTH + _GAP) / IN_THE_CHART
    bars = []
    for place, year in enumerate(range(last - IN_THE_CHART + 1, last + 1)):
        count = counts.get(year, 0)
        height = max(round(42 * count / most, 1), 2) if count else 0
        bars.append(
            Bar(
                year=year,
                count=count,
                x=place * step,
                y=_HEIGHT - height,
                width=step - _GAP,
                height=height,
                middle=place * step + (step - _GAP) / 2,
                is_last=year == last,
            )
        )
    return bars
