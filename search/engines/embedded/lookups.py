"""Looking units up in the index: each a piece of SQL that gives a row for a passage that has it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, pairwise

from cms.access.clauses import Clause, gate_is_open, readable
from cms.access.reader import Reader
from search.contract import Filters, Plan, Unit, Wanted
from search.engines.embedded.scoring import TITLE, bm25
from search.engines.embedded.terms import (
    beginnings,
    in_title,
    match,
    match_others,
    near,
    tsquery,
    tsquery_of_others,
)

BEGINS = 0.5
"""What a title word that begins as typed counts."""
OTHERS = 0.5
"""What synonyms count beside the word itself."""
TOGETHER = 0.5
"""What it counts that two neighbours of the query stand close together."""
ROUGH_TITLE = 1.0
"""What a word in the title adds where passages are only sorted roughly."""
PAIRS = 1000
"""The number of the first pair of words; whatever has a pair has its words too."""
TITLES = -2
"""From here on down: units found in titles, which add to the unit itself."""
ALL = -1
"""The unit of a search for everything."""
MOST_PAIRS = 8


def found(wanted: Wanted, reader: Reader, vendor: str) -> Clause:
    """A row for each readable passage and unit that it has, with how much it counts."""
    plan = wanted.plan
    rule = _within(rule_of(reader, vendor), wanted.filters)
    units = (*plan.wanted, *plan.excluded)
    ranked = 0 if wanted.by_date else len(plan.wanted)
    lookups = _lookups(units, rule, vendor, ranked=ranked)
    if ranked and vendor != "postgresql":
        lookups += [
            _nearby(PAIRS + place, near(left, right, vendor=vendor), rule)
            for place, (left, right) in enumerate(neighbours(plan))
        ]
    if plan.asks_for_all:
        lookups.append(_all_of_it(rule))
    return together(lookups)


def frequencies(units: Sequence[Unit], reader: Reader, vendor: str) -> Clause:
    """A row for each readable passage and unit that it has."""
    return together(_lookups(units, rule_of(reader, vendor), vendor, ranked=0))


def _lookups(units: Sequence[Unit], rule: Clause, vendor: str, *, ranked: int) -> list[Clause]:
    """The look-ups of all units, of which the first so many are ranked."""
    if vendor == "postgresql":
        return [_on_postgresql(units, rule, ranked=ranked)] if units else []
    return [
        one
        for place, unit in enumerate(units)
        for one in _on_sqlite(place, unit, rule, is_ranked=place < ranked)
    ]


def neighbours(plan: Plan) -> list[tuple[Unit, Unit]]:
    """Words of the query that follow each other, each something that has a place of its own."""
    words = [unit for unit in plan.words if any(len(terms) == 1 for terms in unit.own)]
    return list(islice(pairwise(words), MOST_PAIRS))


def rule_of(reader: Reader, vendor: str) -> Clause:
    """The rule for a passage: its entry's, and its own gate where it is a part."""
    rule = readable(reader, "p", vendor=vendor, once=True, sieve=True)
    own = gate_is_open(reader, "p.part_gate_id", vendor=vendor, once=True, sieve=True)
    return Clause(f"{rule.sql} AND (p.part_gate_id IS NULL OR {own})", rule.params)


def together(lookups: Sequence[Clause]) -> Clause:
    return Clause(
        " UNION ALL ".join(one.sql for one in lookups),
        tuple(param for one in lookups for param in one.params),
    )


def is_apart(unit: Unit) -> bool:
    """Whether what has the word itself is told from what has only synonyms of it."""
    return bool(unit.own and unit.others)


def without_others(unit: Unit) -> Unit:
    return replace(unit, alternatives=unit.own, others=()) if is_apart(unit) else unit


def only_others(unit: Unit) -> Unit:
    return replace(unit, alternatives=unit.others, exact="", weight=OTHERS * unit.weight)


def _within(rule: Clause, filters: Filters) -> Clause:
    sql, params = rule
    if filters.since:
        sql, params = f"{sql} AND p.published_at >= %s", (*params, filters.since)
    if filters.until:
        sql, params = f"{sql} AND p.published_at < %s", (*params, filters.until)
    return Clause(sql, params)


def _on_postgresql(units: Sequence[Unit], rule: Clause, *, ranked: int) -> Clause:
    """Only the index is asked: the places of terms are read of the few that are shown.

    The text is the same for any number of units, so that its plan can be kept.
    """
    sought = [one for place, unit in enumerate(units) for one in _sought(place, unit, ranked)]
    sql = (
        "SELECT p.entry_id, p.shelf_id, p.topics, p.published_at, u.unit, u.weight AS score "
        "FROM unnest(%s::int[], %s::text[], %s::float8[]) AS u(unit, query, weight) "
        "CROSS JOIN LATERAL (SELECT p.entry_id, p.shelf_id, p.topics, p.published_at "
        "FROM search_passage p "
        f"WHERE p.terms @@ u.query::tsquery AND {rule.sql} OFFSET 0) p"
    )
    columns = [list(column) for column in zip(*sought, strict=True)]
    return Clause(sql, (*columns, *rule.params))


def _sought(place: int, unit: Unit, ranked: int) -> list[tuple[int, str, float]]:
    """Number, query and weight of what is looked up for a unit."""
    if place >= ranked:
        return [(place, tsquery(unit), 0.0)]
    itself = without_others(unit)
    found = [(place, tsquery(itself), unit.weight)]
    if title := in_title(itself):
        found.append((TITLES - place, title, ROUGH_TITLE * unit.weight))
    if is_apart(unit):
        found.append((place, tsquery_of_others(unit), OTHERS * unit.weight))
    return found


def _all_of_it(rule: Clause) -> Clause:
    sql = f"SELECT {_columns(ALL)} FROM search_passage p WHERE p.part = '' AND {rule.sql}"
    return Clause(sql, rule.params)


def _on_sqlite(place: int, unit: Unit, rule: Clause, *, is_ranked: bool) -> list[Clause]:
    if not is_ranked:
        return [_matching(place, match(unit), rule), *_begun(place, unit, rule)]
    itself = without_others(unit)
    found = [_matching(place, match(itself), rule, score=bm25(itself))]
    if is_apart(unit):
        score = bm25(only_others(unit))
        found.append(_matching(place, match_others(unit), rule, score=score))
    return [*found, *_begun(place, unit, rule)]


def _matching(place: int, query: str, rule: Clause, *, score: str = "0.0") -> Clause:
    sql = (
        f"SELECT {_columns(place, score)} FROM search_terms CROSS JOIN search_passage p "
        f"ON p.id = search_terms.rowid WHERE search_terms MATCH %s AND {rule.sql}"
    )
    return Clause(sql, (query, *rule.params))


def _begun(place: int, unit: Unit, rule: Clause) -> list[Clause]:
    """Titles with a word that begins as typed."""
    if not unit.beginning:
        return []
    sql = (
        f"SELECT {_columns(place, str(BEGINS))} FROM search_titles CROSS JOIN search_passage p "
        f"ON p.id = search_titles.rowid WHERE search_titles MATCH %s AND {rule.sql}"
    )
    return [Clause(sql, (beginnings([unit.beginning]), *rule.params))]


def _nearby(place: int, query: str, rule: Clause) -> Clause:
    """The passages in which two neighbours of the query stand close together (SQLite)."""
    score = f"{TOGETHER} * -bm25(search_terms, {TITLE}, 1.0, 1.0)"
    return _matching(place, query, rule, score=score)


def _columns(unit: int, score: str = "0.0") -> str:
    return f"p.entry_id, p.shelf_id, p.topics, p.published_at, {unit} AS unit, {score} AS score"
