"""Facets for people: counted values with their names, in the order they are shown."""

from collections.abc import Callable, Iterable, Mapping

from django.conf import settings

from cms.access.reader import Reader
from cms.entries import read
from cms.entries.types import label_of
from search.contract import FACETS, FacetValue

Counts = Mapping[str, int]


def labelled(
    counts: Mapping[str, Counts], sections: Mapping[str, str]
) -> dict[str, tuple[FacetValue, ...]]:
    """Every facet with its values, the most frequent first, years the newest first.

    ``counts`` maps a facet to how many entries have each value; a topic's value is its slug, a tab
    and its name. ``sections`` has the titles of those that the reader may read: others are left
    out, and so are values that nothing has.
    """
    languages = dict(settings.LANGUAGES)
    values: dict[str, Iterable[FacetValue]] = {
        "type": _named(counts.get("type", {}), label_of),
        "topic": _topics(counts.get("topic", {})),
        "locale": _named(counts.get("locale", {}), lambda code: languages.get(code, code)),
        "section": _named(
            {key: number for key, number in counts.get("section", {}).items() if key in sections},
            lambda key: sections[key],
        ),
        "year": _named(counts.get("year", {}), str),
    }
    found = {facet: sorted(values[facet], key=_most_first) for facet in FACETS}
    found["year"].sort(key=lambda one: int(one.value), reverse=True)
    return {facet: tuple(found[facet]) for facet in FACETS}


def _named(counts: Counts, label: Callable[[str], str]) -> list[FacetValue]:
    return [
        FacetValue(value, label(value), count) for value, count in counts.items() if value and count
    ]


def _topics(counts: Counts) -> Iterable[FacetValue]:
    """Topics by slug: one whose name differs among its entries has the most frequent name."""
    merged: dict[str, FacetValue] = {}
    for value, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        slug, _, name = value.partition("\t")
        if slug and count:
            first = merged.get(slug)
            merged[slug] = (
                FacetValue(slug, first.label, first.count + count)
                if first
                else FacetValue(slug, name or slug, count)
            )
    return merged.values()


def sections_in(counts: Mapping[str, Counts]) -> list[str]:
    """The keys of the counted sections, readable or not."""
    return [key for key, count in counts.get("section", {}).items() if key and count]


def titles_of_sections(counts: Mapping[str, Counts], reader: Reader) -> dict[str, str]:
    """The titles of the counted sections that the reader may read. One query.

    Raises ``StaleReader``.
    """
    cards = read.cards_of(sections_in(counts), reader)
    return {key: card["title"] for key, card in cards.items()}


def _most_first(one: FacetValue) -> tuple[int, str, str]:
    return -one.count, one.label, one.value
