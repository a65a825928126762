"""Ranking on PostgreSQL, the second stage: the best of what was sorted roughly, exactly.

Reading where terms stand costs many times more than knowing that they do. Each text is the same for
any number of words: its plan can be kept.
"""

from datetime import datetime

from cms.access.clauses import Clause
from cms.access.reader import Reader
from search import worth
from search.contract import Plan, Unit, Wanted
from search.engines.embedded.rules import lists, rule_of_part
from search.engines.embedded.scoring import Corpus, saturated
from search.engines.embedded.terms import (
    EXACT,
    in_title,
    near,
    ranked,
    tsquery,
    tsquery_of_others,
)
from search.engines.embedded.units import (
    FOREIGN,
    TOGETHER,
    is_apart,
    neighbours,
    only_others,
    without_others,
)
from search.models import PASSAGES_AN_ENTRY

CANDIDATES = 40
"""How many are ranked exactly: two pages. What comes behind stays in its rough order."""
EXACTLY = 1_000_000.0
"""Added to what is ranked exactly, so that it stands before the rest."""
VENDOR = "postgresql"
IDF = "(SELECT idf FROM rarity)"

Steps = list[tuple[str, Clause]]


def steps(wanted: Wanted, reader: Reader, corpus: Corpus, itself: str) -> Steps:
    """``exact``: rows ``(entry_id, score)`` of the entries in ``best``.

    ``itself`` adds to an entry ``b`` whose title is just the query.
    """
    return [
        ("aspects", _aspects(wanted.plan)),
        ("pairs", _pairs(wanted.plan)),
        ("looked_at", _looked_at(wanted, reader)),
        ("exact", _exact(_scored(corpus), itself)),
    ]


_ASPECTS = lists(
    "a", unit="int", is_other="bool", query="text", weight="float8", terms="text", number="int",
    title="text", exact="text",
)  # fmt: skip


def _aspects(plan: Plan) -> Clause:
    """A row for each way in which a passage may have a unit."""
    rows = []
    for place, unit in enumerate(plan.wanted):
        itself = without_others(unit)
        rows.append((place, False, tsquery(itself), *_aspect(itself)))
        if is_apart(unit):
            rows.append((place, True, tsquery_of_others(unit), *_aspect(only_others(unit))))
    return Clause(
        "SELECT unit, is_other, query::tsquery, weight, terms::tsquery, number, "
        "nullif(title, '')::tsquery AS title, nullif(exact, '')::tsquery AS exact "
        f"FROM {_ASPECTS}",
        tuple(list(column) for column in zip(*rows, strict=True)),
    )


def _aspect(unit: Unit) -> tuple[float, str, int, str, str]:
    """Weight, terms and their number, title, exact word. Without the last the rest counts twice."""
    terms, number = ranked(unit)
    weight = unit.weight if unit.exact else 2 * unit.weight
    return weight, terms, number, in_title(unit), f"'{EXACT}{unit.exact}'" if unit.exact else ""


def _pairs(plan: Plan) -> Clause:
    """A row for each two neighbours of the query, with the numbers of their units."""
    rows = [
        (near(left, right, vendor=VENDOR), plan.words.index(left), plan.words.index(right))
        for left, right in neighbours(plan)
    ]
    return Clause(
        "SELECT query::tsquery, one, other "
        f"FROM {lists('n', query='text', one='int', other='int')}",
        tuple(list(column) for column in zip(*rows, strict=True)) or ([], [], []),
    )


def _looked_at(wanted: Wanted, reader: Reader) -> Clause:
    """The readable passages of the best, each read from outside of its row once, and their worth.

    The entries themselves are readable, or none of their passages had been found. The weight is the
    one that all terms have: to set it is the quickest way to get hold of them.
    """
    rule = rule_of_part(reader, VENDOR)
    valued = _valued(wanted, reader.at)
    sql = (
        f"SELECT p.entry_id, p.id & {PASSAGES_AN_ENTRY - 1} = 0 AS is_open, p.length, "
        f"setweight(p.terms, 'D') AS terms, {valued.sql} "
        "FROM best b JOIN entries_entry e ON e.id = b.entry_id "
        f"LEFT JOIN {lists('v', id='bigint', worth='float8')} ON v.id = e.id "
        f"JOIN search_passage p ON p.entry_id = b.entry_id AND {rule.sql}"
    )
    popular = list(wanted.popular), [worth.of_level(one) for one in wanted.popular.values()]
    return Clause(sql, (*valued.params, *popular, *rule.params))


def _valued(wanted: Wanted, at: datetime) -> Clause:
    """What multiplies the score of an entry ``e``, and that of synonyms in it."""
    days = "extract(epoch FROM %s::timestamptz - e.published_at)::float8 / 86400"
    faded = f"({days} - {worth.FRESH.days}) / {worth.FADING.days}"
    mine, of_language = ("e.locale = %s", worth.LANGUAGE) if wanted.language else ("true", 0)
    language = (wanted.language,) if wanted.language else ()
    return Clause(
        f"1 + CASE WHEN {mine} THEN {of_language} ELSE 0 END + CASE WHEN e.type = ANY(%s) "
        f"THEN {worth.RECENCY} * greatest(least(1 - {faded}, 1), 0) ELSE 0 END "
        f"+ coalesce(v.worth, 0) AS worth, CASE WHEN {mine} THEN 1 ELSE {FOREIGN} END AS of_others",
        (*language, list(worth.NEWS), worth.today(at), *language),
    )


def _scored(corpus: Corpus) -> Clause:
    """What each passage scores for each aspect and pair that it has."""
    score = (
        f"a.weight * ({saturated('a.terms', 'a.number', 'a.title')} "
        f"+ {saturated('a.exact', '1', 'NULL')})"
    )
    return Clause(
        "SELECT p.entry_id, p.is_open, a.unit, a.is_other, "
        "p.worth * CASE WHEN a.is_other THEN p.of_others ELSE 1 END "
        f"* {IDF}[a.unit + 1] * {score} AS score "
        "FROM looked_at p CROSS JOIN (SELECT %s::float8 AS average) c "
        "JOIN aspects a ON p.terms @@ a.query "
        "UNION ALL SELECT p.entry_id, p.is_open, -1 - n.one, false, "
        f"p.worth * {TOGETHER} * ({IDF}[n.one + 1] + {IDF}[n.other + 1]) "
        "FROM looked_at p JOIN pairs n ON p.terms @@ n.query",
        (max(corpus.average, 1.0),),
    )


def _exact(scored: Clause, itself: str) -> Clause:
    """Of all further passages of an entry, each unit counts where it scores best."""
    best = "coalesce(max(s.score) FILTER (WHERE {}), 0)"
    return Clause(
        f"SELECT b.entry_id, {EXACTLY} + sum(b.score){itself} AS score FROM (SELECT s.entry_id, "
        f"{best.format('s.is_open')} + {best.format('NOT s.is_open')} AS score "
        f"FROM ({scored.sql}) s GROUP BY s.entry_id, s.unit, s.is_other) b GROUP BY b.entry_id",
        scored.params,
    )
