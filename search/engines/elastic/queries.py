"""Whole requests to Elasticsearch, from what is wanted and who asks. Pure.

The rule of access stands in ``query`` as a filter, always, so that hits, counts and facets all have
it. Filters that are facets stand in ``post_filter``, and each facet counts under all but its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cms.access.clauses import elasticsearch_filter
from cms.access.reader import Reader
from cms.entries.cursors import Place
from search import worth
from search.contract import Filters, Unit, Wanted
from search.engines.elastic import matching
from search.engines.elastic.mapping import language_of
from search.planning import beginnings_of
from search.query import Query

Json = dict[str, Any]

TIMEOUT = "1500ms"
"""The server stops by itself, and says so, before the client does."""
FIELDS = {
    "type": "type",
    "topic": "topics",
    "locale": "locale",
    "section": "section",
    "year": "year",
}
MOST_VALUES = 100
VALUES = "values"
"""The level of a facet that is under filters."""
FRAGMENT = 160
"""Characters of a passage that is shown around what was found."""
LONGEST_TITLE = 300
LONGEST_HIGHLIGHTED = 200_000
"""Characters of a text that are read again to highlight it: the rest is searched all the same."""


def without(body: Mapping[str, Any], keys: Sequence[str]) -> Json:
    """The same request as if these entries were not in the index."""
    if not keys:
        return dict(body)
    unfit = {"terms": {"key": list(keys)}}
    return {**body, "query": {"bool": {"must": [body["query"]], "must_not": [unfit]}}}


def page(wanted: Wanted, reader: Reader, *, after: Place | None, size: int) -> Json:
    """Hits alone, after a place."""
    body: Json = {
        "size": size,
        "timeout": TIMEOUT,
        "track_total_hits": False,
        "_source": False,
        "docvalue_fields": [{"field": "updated_at", "format": "epoch_millis"}],
        "query": _query(wanted, reader),
        "sort": [{"published_at" if wanted.by_date else "_score": "desc"}, {"entry": "desc"}],
        "highlight": highlight(wanted, matching.OPEN),
    }
    facets = _facet_filters(wanted.filters)
    if facets:
        body["post_filter"] = _all(facets.values())
    if after is not None:
        body["search_after"] = [_sort_value(after.value, by_date=wanted.by_date), after.id]
    return body


def first_page(wanted: Wanted, reader: Reader, *, size: int) -> Json:
    """Hits with the count, which is exact, and the facets."""
    return {
        **page(wanted, reader, after=wanted.after, size=size),
        "track_total_hits": True,
        "aggs": _facets(wanted.filters),
    }


def occurrences(units: Sequence[Unit], reader: Reader) -> Json:
    """How many readable entries have each of the units, which the answer numbers from 0."""
    asked = {
        str(number): matching.has(unit, reader)
        for number, unit in enumerate(matching.affordable(units))
    }
    body: Json = {
        "size": 0,
        "timeout": TIMEOUT,
        "track_total_hits": 1,  # whether there is anything at all
        "query": _all([elasticsearch_filter(reader)]),
    }
    if asked:
        body["aggs"] = {"units": {"filters": {"filters": asked}}}
    return body


def suggestions(typed: Query, reader: Reader, *, size: int) -> Json:
    """Titles that have a word beginning with each of those typed."""
    words = beginnings_of(typed.text)
    begins = [{"match": {"title.edge": {"query": one, "operator": "and"}}} for one in words]
    whole = {"match": {"title.fold": {"query": " ".join(words), "boost": 2.0}}}
    return {
        "size": size,
        "timeout": TIMEOUT,
        "track_total_hits": False,
        "_source": False,
        "query": {
            "bool": {
                "filter": [elasticsearch_filter(reader)],
                "must": begins or [{"match_none": {}}],
                "should": [whole],
            }
        },
        "sort": [{"_score": "desc"}, {"published_at": "desc"}, {"entry": "desc"}],
    }


def highlight(wanted: Wanted, area: matching.Area) -> Json:
    """The sub-fields that a text may lie in, each on its own: most are empty in a document.

    Everything is escaped but for ``<mark>``. A text in which nothing was found shows its beginning.
    Titles of parts are whole, found or not; that of an entry stands in its card.
    """
    kinds: dict[str, Json] = {"text": {"number_of_fragments": 2, "no_match_size": FRAGMENT}}
    if area is matching.PARTS:
        kinds["title"] = {"number_of_fragments": 0, "no_match_size": LONGEST_TITLE}
    plan, text, prefix = wanted.plan, wanted.query.text, area.prefix
    return {
        "type": "unified",
        "encoder": "html",
        "pre_tags": ["<mark>"],
        "post_tags": ["</mark>"],
        "fragment_size": FRAGMENT,
        "max_analyzed_offset": LONGEST_HIGHLIGHTED,
        "fields": {
            f"{prefix}{name}.{group}": {
                **options,
                "highlight_query": matching.shown(plan, text, f"{prefix}{name}", group),
            }
            for group in matching.GROUPS
            for name, options in kinds.items()
        },
    }


def _query(wanted: Wanted, reader: Reader) -> Json:
    plan, text = wanted.plan, wanted.query.text
    marked = highlight(wanted, matching.PARTS)
    must = [
        matching.has(unit, reader, told_as=f"phrase-{number}", marked=marked)
        for number, unit in enumerate(plan.phrases)
    ]
    language = language_of(wanted.language) if wanted.language else None
    should = (
        [matching.words(plan, text, reader, marked=marked, language=language)] if plan.words else []
    )
    if not must:
        # Beside phrases, which an entry must have, words say no more than which come first.
        must, should = should, []
    if plan.is_empty:
        must = [{"match_none": {}}]
    found: Json = {
        "filter": [elasticsearch_filter(reader), *_scope(wanted.filters)],
        "must": must,
        "should": should,
        "must_not": [matching.has(unit, reader) for unit in plan.excluded],
    }
    if wanted.by_date:
        return {"bool": found}
    found["should"] += matching.first_of_all(plan, text)
    return _worth_more({"bool": found}, wanted, reader.at)


def _worth_more(query: Json, wanted: Wanted, at: datetime) -> Json:
    """The score, multiplied by what ``search.worth`` says of language, age and popularity."""
    functions = [{"weight": 1.0}, _of_news(at), *_of_popular(wanted.popular)]
    if wanted.language:
        mine = {"term": {"locale": wanted.language}}
        functions.append({"filter": mine, "weight": worth.LANGUAGE})
    return {
        "function_score": {
            "query": query,
            "functions": functions,
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def _of_news(at: datetime) -> Json:
    return {
        "filter": {"terms": {"type": list(worth.NEWS)}},
        "weight": worth.RECENCY,
        "linear": {
            "published_at": {
                "origin": worth.today(at).isoformat(),
                "offset": f"{worth.FRESH.days}d",
                "scale": f"{worth.FADING.days // 2}d",
                "decay": 0.5,  # at the half of what it fades in
            }
        },
    }


def _of_popular(levels: Mapping[int, int]) -> list[Json]:
    by_level: dict[int, list[int]] = {}
    for id_, level in sorted(levels.items()):
        by_level.setdefault(level, []).append(id_)
    return [
        {"filter": {"terms": {"entry": ids}}, "weight": worth.of_level(level)}
        for level, ids in sorted(by_level.items())
    ]


def _scope(filters: Filters) -> list[Json]:
    """Filters that are not facets: where in the site, and when."""
    clauses: list[Json] = []
    if filters.under is not None:
        clauses.append({"prefix": {"path": filters.under}})
    moments = {"gte": filters.since, "lt": filters.until}
    bounds = {name: at.isoformat() for name, at in moments.items() if at is not None}
    if bounds:
        clauses.append({"range": {"published_at": bounds}})
    return clauses


def _facet_filters(filters: Filters) -> Mapping[str, Json]:
    """What was chosen, by facet."""
    chosen: dict[str, tuple[object, ...]] = {
        "type": filters.types,
        "locale": filters.locales,
        "section": filters.sections,
        "year": filters.years,
    }
    clauses: dict[str, Json] = {
        facet: {"terms": {FIELDS[facet]: list(values)}}
        for facet, values in chosen.items()
        if values
    }
    if filters.topics:
        # A topic is kept with its name behind its slug.
        begins = [{"prefix": {"topics": f"{slug}\t"}} for slug in filters.topics]
        clauses["topic"] = {"bool": {"should": begins, "minimum_should_match": 1}}
    return clauses


def _facets(filters: Filters) -> Json:
    """Each facet under all filters but its own, which takes a level more where there are any."""
    chosen = _facet_filters(filters)
    facets: Json = {}
    for facet, field in FIELDS.items():
        values: Json = {
            "terms": {"field": field, "size": MOST_VALUES, "shard_size": 10 * MOST_VALUES}
        }
        others = [clause for other, clause in chosen.items() if other != facet]
        facets[facet] = {"filter": _all(others), "aggs": {VALUES: values}} if others else values
    return facets


def _all(clauses: Any) -> Json:
    return {"bool": {"filter": list(clauses)}}


def _sort_value(value: str, *, by_date: bool) -> int | float:
    """What a place holds, as Elasticsearch sorts by it: a score, or milliseconds."""
    return milliseconds(value) if by_date else float(value)


def milliseconds(moment: str) -> int:
    """An RFC 3339 moment as Elasticsearch counts it."""
    at = datetime.fromisoformat(moment)
    return int(at.timestamp() // 1 * 1000) + at.microsecond // 1000
