"""The SQL that finds, ranks and counts. Pure: nothing here runs a query.

One statement does it all: each unit of the plan is a look-up in the index, sieved by the rule; what
they find is added up by entry; hits, facets and the frequency of each unit are read from that.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, pairwise

from cms.access.clauses import Clause, gate_is_open, readable
from cms.access.reader import Reader
from cms.entries.listing import Statement
from cms.entries.select import headed, starts_with
from search.contract import Filters, Unit, Wanted
from search.engines.embedded.scoring import Corpus, rarity, score_of
from search.engines.embedded.terms import (
    beginnings,
    match,
    match_others,
    near,
    tsquery,
    tsquery_of_beginnings,
    tsquery_of_others,
)

TITLE_ITSELF = 1000.0
"""Added where the title is just the query: nothing else comes near."""
BEGINS = 0.5
"""What a title word that begins as typed counts."""

OTHERS = 0.5
"""What synonyms count beside the word itself."""
PAIRS = 1000
"""The number of the first pair of words; whatever has a pair has its words too."""
MOST_PAIRS = 8
TOGETHER = 0.5
"""What it counts that two neighbours of the query stand close together."""

HIT, SHELF, UNIT = "hit", "shelf", "unit"
ALL = -1
"""The unit of a search for everything."""


def search(wanted: Wanted, reader: Reader, corpus: Corpus, *, vendor: str) -> Statement:
    """Rows ``(kind, id, score, moment, n, a, b, c)``.

    A hit has card, text and locale in ``a`` to ``c`` and says in ``n`` whether it has parts. A
    shelf has its topics in ``a`` and the number of entries in ``n``; a unit its number in ``id``,
    and in ``n`` how many readable passages have it.
    """
    found = _found(wanted, reader, corpus, vendor)
    merged = _merged(wanted, corpus, vendor)
    hits = _hits(wanted, vendor)
    moment = "NULL::timestamptz" if vendor == "postgresql" else "NULL"
    sql = (
        f"WITH found AS MATERIALIZED ({found.sql}), merged AS MATERIALIZED ({merged.sql}) "
        f"SELECT '{HIT}' AS kind, h.* FROM ({hits.sql}) h "
        f"UNION ALL SELECT '{SHELF}', m.shelf_id, 0, {moment}, count(*), m.topics, '', '' "
        "FROM merged m GROUP BY m.shelf_id, m.topics "
        f"UNION ALL SELECT '{UNIT}', f.unit, 0, {moment}, count(*), '', '', '' "
        "FROM found f GROUP BY f.unit"
    )
    return headed(reader, sql, (*found.params, *merged.params, *hits.params), vendor=vendor)


def frequencies(units: Sequence[Unit], reader: Reader, *, vendor: str) -> Statement:
    """Rows ``(unit, n)``: in how many readable entries each unit occurs."""
    lookups = [
        _lookup(place, unit, _rule(reader, vendor), vendor) for place, unit in enumerate(units)
    ]
    found = _together([one for some in lookups for one in some])
    sql = f"SELECT f.unit, count(DISTINCT f.entry_id) AS n FROM ({found.sql}) f GROUP BY f.unit"
    return headed(reader, sql, found.params, vendor=vendor)


def titles(words: Sequence[str], reader: Reader, *, limit: int, vendor: str) -> Statement:
    """Rows ``(key, card)`` of entries whose title has words that begin so, newest first."""
    rule = readable(reader, "p", vendor=vendor, once=True, sieve=True)
    if vendor == "postgresql":
        source = "search_passage p WHERE p.part = '' AND p.terms @@ %s::tsquery"
        asked = tsquery_of_beginnings(words)
    else:
        source = (
            "search_titles CROSS JOIN search_passage p ON p.id = search_titles.rowid "
            "WHERE search_titles MATCH %s"
        )
        asked = beginnings(words)
    sql = (
        f"SELECT e.key, e.card FROM (SELECT p.entry_id, p.published_at FROM {source} "
        f"AND {rule.sql} ORDER BY p.published_at DESC, p.id DESC LIMIT {limit}) t "
        "JOIN entries_entry e ON e.id = t.entry_id ORDER BY t.published_at DESC, e.id DESC"
    )
    return headed(reader, sql, (asked, *rule.params), vendor=vendor)


def parts(entry_ids: Sequence[int], reader: Reader, *, vendor: str) -> Statement:
    """Rows ``(entry_id, anchor, title, text)`` of the parts of these entries that are readable."""
    rule = _rule(reader, vendor)
    marks = ", ".join(["%s"] * len(entry_ids))
    sql = (
        "SELECT t.entry_id, t.anchor, t.title, t.text FROM search_passage p "
        "JOIN entries_part t ON t.entry_id = p.entry_id AND t.anchor = p.part "
        f"WHERE p.entry_id IN ({marks}) AND p.part <> '' AND {rule.sql}"
    )
    return headed(reader, sql, (*entry_ids, *rule.params), vendor=vendor)


def _rule(reader: Reader, vendor: str) -> Clause:
    """The rule for a passage: its entry's, and its own gate where it is a part."""
    rule = readable(reader, "p", vendor=vendor, once=True, sieve=True)
    own = gate_is_open(reader, "p.part_gate_id", vendor=vendor, once=True, sieve=True)
    return Clause(f"{rule.sql} AND (p.part_gate_id IS NULL OR {own})", rule.params)


def _found(wanted: Wanted, reader: Reader, corpus: Corpus, vendor: str) -> Clause:
    """A row for each readable passage and unit that it has."""
    plan = wanted.plan
    rule = _within(_rule(reader, vendor), wanted.filters)
    ranking = None if wanted.by_date else corpus
    lookups = [
        one
        for place, unit in enumerate((*plan.wanted, *plan.excluded))
        for one in _lookup(place, unit, rule, vendor, ranking)
    ]
    if ranking:
        lookups += [
            _pair(PAIRS + place, left, right, rule, vendor)
            for place, (left, right) in enumerate(islice(pairwise(plan.words), MOST_PAIRS))
        ]
    if plan.asks_for_all:
        sql = f"SELECT {_columns(ALL)} FROM search_passage p WHERE p.part = '' AND {rule.sql}"
        lookups.append(Clause(sql, rule.params))
    return _together(lookups)


def _within(rule: Clause, filters: Filters) -> Clause:
    sql, params = rule
    if filters.since:
        sql, params = f"{sql} AND p.published_at >= %s", (*params, filters.since)
    if filters.until:
        sql, params = f"{sql} AND p.published_at < %s", (*params, filters.until)
    return Clause(sql, params)


def _lookup(
    place: int, unit: Unit, rule: Clause, vendor: str, ranking: Corpus | None = None
) -> list[Clause]:
    """The passages that have a unit, and how well they have it where that is asked.

    What has a word itself is ranked by it alone; what has only synonyms of it is worth less.
    """
    is_apart = ranking is not None and unit.own and unit.others
    itself = replace(unit, alternatives=unit.own, others=()) if is_apart else unit
    found = [_by_terms(place, itself, rule, vendor, ranking)]
    if is_apart:
        others = replace(unit, alternatives=unit.others, exact="", weight=OTHERS * unit.weight)
        query = tsquery_of_others(unit) if vendor == "postgresql" else match_others(unit)
        found.append(_by_terms(place, others, rule, vendor, ranking, query=query))
    if unit.beginning and vendor != "postgresql":
        sql = (
            f"SELECT {_columns(place, str(BEGINS))} FROM search_titles CROSS JOIN search_passage p "
            f"ON p.id = search_titles.rowid WHERE search_titles MATCH %s AND {rule.sql}"
        )
        found.append(Clause(sql, (beginnings([unit.beginning]), *rule.params)))
    return found


def _by_terms(
    place: int, unit: Unit, rule: Clause, vendor: str, ranking: Corpus | None, *, query: str = ""
) -> Clause:
    """The passages that have any of the unit's alternatives, or what another query asks for."""
    score = score_of(unit, ranking, vendor=vendor) if ranking else Clause("0.0")
    columns = _columns(place, score.sql)
    if vendor == "postgresql":
        sql = f"SELECT {columns} FROM search_passage p WHERE p.terms @@ %s::tsquery AND {rule.sql}"
        return Clause(sql, (*score.params, query or tsquery(unit), *rule.params))
    sql = (
        f"SELECT {columns} FROM search_terms CROSS JOIN search_passage p "
        f"ON p.id = search_terms.rowid WHERE search_terms MATCH %s AND {rule.sql}"
    )
    return Clause(sql, (*score.params, query or match(unit), *rule.params))


def _pair(place: int, left: Unit, right: Unit, rule: Clause, vendor: str) -> Clause:
    """The passages in which two neighbours of the query stand close together."""
    query = near(left, right, vendor=vendor)
    if vendor == "postgresql":
        sql = (
            f"SELECT {_columns(place, str(TOGETHER))} FROM search_passage p "
            f"WHERE p.terms @@ %s::tsquery AND {rule.sql}"
        )
    else:
        sql = (
            f"SELECT {_columns(place, f'{TOGETHER} * -bm25(search_terms)')} FROM search_terms "
            "CROSS JOIN search_passage p ON p.id = search_terms.rowid "
            f"WHERE search_terms MATCH %s AND {rule.sql}"
        )
    return Clause(sql, (query, *rule.params))


def _columns(unit: int, score: str = "0.0") -> str:
    return (
        f"p.entry_id, p.shelf_id, p.topics, p.published_at, p.title_key, {unit} AS unit, "
        f"{score} AS score"
    )


def _together(lookups: Sequence[Clause]) -> Clause:
    return Clause(
        " UNION ALL ".join(one.sql for one in lookups),
        tuple(param for one in lookups for param in one.params),
    )


def _merged(wanted: Wanted, corpus: Corpus, vendor: str) -> Clause:
    """A row for each entry that is found."""
    plan = wanted.plan
    first, last = len(plan.words), len(plan.wanted)
    having = [
        f"max(CASE WHEN f.unit = {place} THEN 1 ELSE 0 END) = 1" for place in range(first, last)
    ]
    if plan.excluded:
        having.append(f"max(CASE WHEN f.unit BETWEEN {last} AND {PAIRS - 1} THEN 1 ELSE 0 END) = 0")
    title = Clause("0.0")
    if plan.title and not wanted.by_date:
        # SQLite's planner would push an aggregate of a constant away: the key is the passage's.
        title = Clause(
            f"max(CASE WHEN f.title_key = %s THEN {TITLE_ITSELF} ELSE 0.0 END)", (plan.title,)
        )
    source, weight = Clause("found f"), "1.0"
    if vendor == "postgresql" and not wanted.by_date:
        source, weight = rarity(corpus), "r.idf"
    where = Clause("")
    if wanted.filters.under is not None:
        below = starts_with("e.path", wanted.filters.under, vendor=vendor)
        source = Clause(f"{source.sql} JOIN entries_entry e ON e.id = f.entry_id", source.params)
        where = Clause(f"WHERE {below.sql}", below.params)
    conditions = f" HAVING {' AND '.join(having)}" if having else ""
    sql = (
        "SELECT f.entry_id, min(f.shelf_id) AS shelf_id, min(f.topics) AS topics, "
        f"min(f.published_at) AS published_at, sum({weight} * f.score) + {title.sql} AS score "
        f"FROM {source.sql} {where.sql} GROUP BY f.entry_id{conditions}"
    )
    return Clause(sql, (*title.params, *source.params, *where.params))


def _hits(wanted: Wanted, vendor: str) -> Clause:
    """The page of entries, with what is shown of them."""
    clauses = [*_facet_clauses(wanted.filters, vendor)]
    column = "published_at" if wanted.by_date else "score"
    if wanted.after is not None:
        value = wanted.after.value
        place = wanted.moment if wanted.by_date else float(value)
        clauses.append(Clause(f"(m.{column}, m.entry_id) < (%s, %s)", (place, wanted.after.id)))
    where = " WHERE " + " AND ".join(one.sql for one in clauses) if clauses else ""
    order = f"m.{column} DESC, m.entry_id DESC"
    has_parts = "e.is_woven::int" if vendor == "postgresql" else "e.is_woven"
    sql = (
        f"SELECT m.entry_id AS id, m.score, m.published_at, {has_parts}, e.card, e.text, e.locale "
        f"FROM (SELECT m.* FROM merged m{where} ORDER BY {order} LIMIT {wanted.limit + 1}) m "
        f"JOIN entries_entry e ON e.id = m.entry_id ORDER BY {order}"
    )
    return Clause(sql, tuple(param for one in clauses for param in one.params))


def _facet_clauses(filters: Filters, vendor: str) -> list[Clause]:
    """The filters that are facets: they narrow the hits, and all facets but their own."""
    shelves = [
        Clause(f"s.{column} IN ({', '.join(['%s'] * len(values))})", values)
        for column, values in (
            ("type", filters.types),
            ("locale", filters.locales),
            ("section", filters.sections),
            ("year", filters.years),
        )
        if values
    ]
    clauses = []
    if shelves:
        where = " AND ".join(one.sql for one in shelves)
        params = tuple(param for one in shelves for param in one.params)
        clauses.append(
            Clause(f"m.shelf_id IN (SELECT s.id FROM search_shelf s WHERE {where})", params)
        )
    if filters.topics:
        place = "strpos" if vendor == "postgresql" else "instr"
        found = " OR ".join([f"{place}(m.topics, %s) > 0"] * len(filters.topics))
        clauses.append(Clause(f"({found})", tuple(f"\n{slug}\t" for slug in filters.topics)))
    return clauses
