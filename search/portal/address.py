"""What the address of a search asks, and addresses that ask something near it.

An address is read softly, for people change and cut them: what makes no sense is left out.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import get_language

from cms.problems import InvalidParameters
from search.asking import Request
from search.contract import FACETS, ORDERS, RELEVANCE, Filters
from search.query import clean
from search.service import Asked

SHOWN = 20
MOST_VALUES = 50
LONGEST_VALUE = 160
LONGEST_CURSOR = 4000
FIELDS = {
    "type": "types",
    "topic": "topics",
    "locale": "locales",
    "section": "sections",
    "year": "years",
}
"""The parameters that are facets, and the filters they set."""


def read(given: QueryDict) -> Request:
    """What an address asks."""
    order = given.get("order", "")
    asked = Asked(
        text=clean(given.get("q", "")),
        filters=filters_of({FIELDS[name]: _values(given, name) for name in FACETS}),
        language=get_language() or "",
        order=order if order in ORDERS else RELEVANCE,
        limit=SHOWN,
        is_exact=given.get("exact") == "true",
        is_typing=given.get("typing") == "true",
    )
    cursor = given.get("cursor", "")
    return Request(asked, None, cursor if 0 < len(cursor) <= LONGEST_CURSOR else None)


def placed(wanted: Request) -> Asked:
    """At the page of its cursor, or at the first where the cursor is not ours."""
    try:
        return wanted.placed()
    except InvalidParameters:
        return wanted.asked


def filters_of(kept: Mapping[str, Any]) -> Filters:
    """Filters from values by field, as an address or a saved search has them."""
    known = {code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES}
    years = [str(one) for one in kept.get("years", ())]
    return Filters(
        types=tuple(kept.get("types", ())),
        topics=tuple(kept.get("topics", ())),
        locales=tuple(one for one in kept.get("locales", ()) if one in known),
        sections=tuple(kept.get("sections", ())),
        years=tuple(int(one) for one in years if one.isascii() and one.isdigit() and len(one) == 4),
    )


def kept(filters: Filters) -> dict[str, Any]:
    """Those of the filters that say something, to be saved."""
    return {name: value for name, value in asdict(filters).items() if value}


def chosen(filters: Filters, name: str) -> tuple[str, ...]:
    """The values that a facet has in an address."""
    return tuple(str(one) for one in getattr(filters, FIELDS[name]))


def query_of(asked: Asked, **more: str) -> str:
    """The query of an address that asks this, with nothing in it that goes without saying."""
    pairs: list[tuple[str, str]] = [("q", asked.text)] if asked.text else []
    pairs += [(name, value) for name in FACETS for value in chosen(asked.filters, name)]
    if asked.order != RELEVANCE:
        pairs.append(("order", asked.order))
    if asked.is_exact:
        pairs.append(("exact", "true"))
    pairs += more.items()
    return urlencode(pairs)


def without(asked: Asked, name: str, value: str | None = None) -> Asked:
    """The same with one value of a facet less, or with none of it."""
    values = getattr(asked.filters, FIELDS[name])
    left = [one for one in values if value not in {None, str(one)}]
    return replace(asked, filters=filters_of({**asdict(asked.filters), FIELDS[name]: left}))


def without_filters(asked: Asked) -> Asked:
    return replace(asked, filters=Filters())


def _values(given: QueryDict, name: str) -> tuple[str, ...]:
    """As checkboxes send them, one each, or with commas, as the API takes them."""
    values = [part.strip() for one in given.getlist(name)[:MOST_VALUES] for part in one.split(",")]
    good = [one for one in values if one and len(one) <= LONGEST_VALUE and clean(one) == one]
    return tuple(dict.fromkeys(good))[:MOST_VALUES]
