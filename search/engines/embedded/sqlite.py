"""Finding on SQLite. Each look-up in FTS5 drives a join with the passages.

Plain words are looked up together: reading a passage once costs less than once for each word, and
BM25 adds up over words by itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from cms.access.clauses import Clause
from cms.access.reader import Reader
from cms.entries.select import starts_with
from search import worth
from search.contract import Unit, Wanted
from search.engines.embedded.languages import factor
from search.engines.embedded.rules import OPEN, rule_of, together, within
from search.engines.embedded.scoring import BM25, bm25
from search.engines.embedded.terms import beginnings, match, match_others, near
from search.engines.embedded.units import (
    FOREIGN,
    TOGETHER,
    is_apart,
    neighbours,
    only_others,
    without_others,
)
from search.models import PASSAGES_AN_ENTRY

VENDOR = "sqlite"
BEGINS = 0.5
"""What a title word that begins as typed counts."""
PAIRS = 1000
"""The number of all pairs of words together; whatever has a pair has its words too."""
PLAIN = 2000
"""The number of all plain words together."""
ALL = -1
"""The unit of a search for everything."""
IS_OPEN = f"p.id & {PASSAGES_AN_ENTRY - 1} = 0"

Steps = list[tuple[str, Clause]]


def steps(wanted: Wanted, reader: Reader, itself: str) -> Steps:
    """``merged``, a row for each entry with its score, and ``seen``, a row for each unit found.

    ``itself`` adds to an entry ``f`` whose title is just the query.
    """
    plan = wanted.plan
    rule = within(rule_of(reader, VENDOR), wanted.filters)
    units = (*plan.wanted, *plan.excluded)
    ranked = 0 if wanted.by_date else len(plan.wanted)
    plain = {place: unit for place, unit in enumerate(plan.words) if _is_plain(unit)}
    if len(plain) == 1:
        plain = {}
    lookups = _lookups(units, rule, wanted, ranked=ranked, without=plain)
    if plain:
        lookups.append(_together(plain.values(), rule, is_ranked=bool(ranked)))
        lookups += [one for place, unit in plain.items() for one in _begun(place, unit, rule)]
    counted = [
        place for place, unit in enumerate(plan.wanted) if place not in plain or unit.beginning
    ]
    counted += [PLAIN] if plain else []
    if ranked and (pairs := neighbours(plan)):
        counted.append(PAIRS)
        lookups.append(_nearby([near(*pair, vendor=VENDOR) for pair in pairs], rule))
    if plan.asks_for_all:
        sql = f"SELECT {_columns(ALL)} FROM search_passage p WHERE {OPEN} AND {rule.sql}"
        lookups.append(Clause(sql, rule.params))
    return [
        ("found", together(lookups)),
        ("merged", _merged(wanted, reader.at, counted, itself)),
        ("seen", _seen(plain, rule)),
    ]


def frequencies(units: Sequence[Unit], reader: Reader) -> Clause:
    """A row ``(entry_id, unit)`` for each readable passage and unit that it has."""
    return together(_lookups(units, rule_of(reader, VENDOR), None, ranked=0))


def _lookups(
    units: Sequence[Unit],
    rule: Clause,
    wanted: Wanted | None,
    *,
    ranked: int,
    without: Collection[int] = (),
) -> list[Clause]:
    """The look-ups of all units but some, of which the first so many are ranked."""
    language = wanted.language if wanted else ""
    return [
        one
        for place, unit in enumerate(units)
        if place not in without
        for one in _of(place, unit, rule, language, is_ranked=place < ranked)
    ]


def _of(place: int, unit: Unit, rule: Clause, language: str, *, is_ranked: bool) -> list[Clause]:
    if not is_ranked:
        return [_matching(place, match(unit), rule), *_begun(place, unit, rule)]
    itself = without_others(unit)
    found = [_matching(place, match(itself), rule, score=Clause(bm25(itself)))]
    if is_apart(unit):
        score = factor(language, "p.shelf_id", 1.0, FOREIGN)
        score = Clause(f"{bm25(only_others(unit))} * {score.sql}", score.params)
        found.append(_matching(place, match_others(unit), rule, score=score))
    return [*found, *_begun(place, unit, rule)]


NO_SCORE = Clause("0.0")


def _matching(place: int, query: str, rule: Clause, *, score: Clause = NO_SCORE) -> Clause:
    sql = (
        f"SELECT {_columns(place, score.sql)} FROM search_terms CROSS JOIN search_passage p "
        f"ON p.id = search_terms.rowid WHERE search_terms MATCH %s AND {rule.sql}"
    )
    return Clause(sql, (*score.params, query, *rule.params))


def _begun(place: int, unit: Unit, rule: Clause) -> list[Clause]:
    """Titles with a word that begins as typed."""
    if not unit.beginning:
        return []
    sql = (
        f"SELECT {_columns(place, str(BEGINS))} FROM search_titles CROSS JOIN search_passage p "
        f"ON p.id = search_titles.rowid WHERE search_titles MATCH %s AND {rule.sql}"
    )
    return [Clause(sql, (beginnings([unit.beginning]), *rule.params))]


def _is_plain(unit: Unit) -> bool:
    """Whether it counts as much as others, and so do all of its alternatives."""
    return unit.weight == 1 and not is_apart(unit)


def _together(units: Iterable[Unit], rule: Clause, *, is_ranked: bool) -> Clause:
    """The passages that have any of some words. What has no exact form counts for it too."""
    query = " OR ".join(
        match(unit) if unit.exact else f"{match(unit)} OR {match(unit)}" for unit in units
    )
    score = Clause(BM25) if is_ranked else NO_SCORE
    return _matching(PLAIN, query, rule, score=score)


def _seen(plain: Mapping[int, Unit], rule: Clause) -> Clause:
    """Which units stand in anything readable. Of each the first place is enough."""
    seen = [Clause("SELECT DISTINCT f.unit, 1 AS n FROM found f WHERE f.unit >= 0")]
    for place, unit in plain.items():
        one = _matching(place, match(unit), rule)
        seen.append(Clause(f"SELECT {place}, 1 WHERE EXISTS ({one.sql})", one.params))
    return together(seen)


def _nearby(queries: Sequence[str], rule: Clause) -> Clause:
    """The passages in which neighbours of the query stand close together."""
    score = Clause(f"{TOGETHER} * {BM25}")
    return _matching(PAIRS, " OR ".join(queries), rule, score=score)


def _columns(unit: int, score: str = "0.0") -> str:
    return (
        "p.id, p.entry_id, p.shelf_id, p.subjects_id, p.published_at, "
        f"{IS_OPEN} AS is_open, {unit} AS unit, {score} AS score"
    )


def _merged(wanted: Wanted, at: datetime, counted: Sequence[int], itself: str) -> Clause:
    """A row for each entry. The ``counted`` units are those that have a score."""
    plan = wanted.plan
    first, last = len(plan.words), len(plan.wanted)
    having = [
        f"max(CASE WHEN f.unit = {place} THEN 1 ELSE 0 END) = 1" for place in range(first, last)
    ]
    if plan.excluded:
        unwanted = f"f.unit BETWEEN {last} AND {PAIRS - 1}"
        having.append(f"max(CASE WHEN {unwanted} THEN 1 ELSE 0 END) = 0")
    conditions = f" HAVING {' AND '.join(having)}" if having else ""
    source, below = "found f", Clause("")
    if wanted.filters.under is not None:
        start = starts_with("e.path", wanted.filters.under, vendor=VENDOR)
        source = "found f JOIN entries_entry e ON e.id = f.entry_id"
        below = Clause(f" WHERE {start.sql}", start.params)
    score = Clause("0.0")
    if not wanted.by_date:
        valued = _valued(wanted, at)
        score = Clause(f"({_added_up(counted)}) * ({valued.sql}){itself}", valued.params)
    # All rows of an entry have the same shelf, topics and date.
    sql = (
        f"SELECT f.entry_id, f.shelf_id, f.subjects_id, f.published_at, {score.sql} AS score "
        f"FROM {source}{below.sql} GROUP BY f.entry_id{conditions}"
    )
    return Clause(sql, (*score.params, *below.params))


def _added_up(units: Sequence[int]) -> str:
    """Of all further passages of an entry, each unit counts where it scores best."""
    further = (
        f"coalesce(max(CASE WHEN f.unit = {unit} AND NOT f.is_open THEN f.score END), 0)"
        for unit in units
    )
    return " + ".join(["sum(CASE WHEN f.is_open THEN f.score ELSE 0 END)", *further])


def _valued(wanted: Wanted, at: datetime) -> Clause:
    """What multiplies the score of an entry ``f``."""
    types = ", ".join(["%s"] * len(worth.NEWS))
    of_news = f"f.shelf_id IN (SELECT n.id FROM search_shelf n WHERE n.type IN ({types}))"
    today = worth.today(at)
    days = f"(julianday(%s) - julianday(f.published_at) - {worth.FRESH.days})"
    terms = [
        Clause("1"),
        Clause(
            f"CASE WHEN f.published_at > %s AND {of_news} "
            f"THEN {worth.RECENCY} * min(1 - {days} / {worth.FADING.days}, 1) ELSE 0 END",
            (today - worth.FRESH - worth.FADING, *worth.NEWS, today),
        ),
    ]
    if wanted.language:
        terms.append(factor(wanted.language, "f.shelf_id", worth.LANGUAGE, 0.0))
    if wanted.popular:
        terms.append(Clause(_of_popular(wanted.popular)))
    return Clause(
        " + ".join(one.sql for one in terms), tuple(param for one in terms for param in one.params)
    )


def _of_popular(levels: Mapping[int, int]) -> str:
    """Most entries are none of these, which one look-up says."""
    entries: dict[float, list[str]] = defaultdict(list)
    for id_, level in levels.items():
        entries[worth.of_level(level)].append(str(int(id_)))
    among = "f.entry_id IN ({})"
    whens = " ".join(
        f"WHEN {among.format(', '.join(some))} THEN {more}" for more, some in entries.items()
    )
    return f"CASE WHEN {among.format(', '.join(map(str, levels)))} THEN CASE {whens} END ELSE 0 END"
