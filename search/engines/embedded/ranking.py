"""Ranking on PostgreSQL, the second stage: the best of what was sorted roughly, exactly.

Reading where terms stand costs many times more than knowing that they do. Each text is the same for
any number of words: its plan can be kept.
"""

from cms.access.clauses import Clause
from cms.access.reader import Reader
from search.contract import Plan, Unit, Wanted
from search.engines.embedded.languages import PREFERRED, factor
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

CANDIDATES = 60
"""How many are ranked exactly: three pages. What comes behind stays in its rough order."""
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
        ("looked_at", _looked_at(reader)),
        ("scored", _scored(corpus)),
        ("exact", _exact(wanted, itself)),
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


def _looked_at(reader: Reader) -> Clause:
    """The readable passages of the best, each read from outside of its row once.

    The entries themselves are readable, or none of their passages had been found.
    """
    rule = rule_of_part(reader, VENDOR)
    return Clause(
        f"SELECT p.entry_id, p.shelf_id, p.id & {PASSAGES_AN_ENTRY - 1} = 0 AS is_open, p.length, "
        "p.terms || ''::tsvector AS terms "
        f"FROM best b JOIN search_passage p ON p.entry_id = b.entry_id AND {rule.sql}",
        rule.params,
    )


def _scored(corpus: Corpus) -> Clause:
    """What each passage scores for each aspect and pair that it has."""
    score = (
        f"a.weight * ({saturated('a.terms', 'a.number', 'a.title')} "
        f"+ {saturated('a.exact', '1', 'NULL')})"
    )
    return Clause(
        "SELECT p.entry_id, p.shelf_id, p.is_open, a.unit, a.is_other, "
        f"{IDF}[a.unit + 1] * {score} AS score "
        "FROM looked_at p CROSS JOIN (SELECT %s::float8 AS average) c "
        "JOIN aspects a ON p.terms @@ a.query "
        "UNION ALL SELECT p.entry_id, p.shelf_id, p.is_open, -1 - n.one, false, "
        f"{TOGETHER} * ({IDF}[n.one + 1] + {IDF}[n.other + 1]) "
        "FROM looked_at p JOIN pairs n ON p.terms @@ n.query",
        (max(corpus.average, 1.0),),
    )


def _exact(wanted: Wanted, itself: str) -> Clause:
    """Of all further passages of an entry, each unit counts where it scores best."""
    own = factor(wanted.language, "b.shelf_id", PREFERRED, 1.0)
    other = factor(wanted.language, "b.shelf_id", PREFERRED, FOREIGN)
    best = "coalesce(max(s.score) FILTER (WHERE {}), 0)"
    sql = (
        f"SELECT b.entry_id, {EXACTLY} + sum(b.score * "
        f"CASE WHEN b.is_other THEN {other.sql} ELSE {own.sql} END){itself} AS score "
        "FROM (SELECT s.entry_id, min(s.shelf_id) AS shelf_id, s.is_other, "
        f"{best.format('s.is_open')} + {best.format('NOT s.is_open')} AS score "
        "FROM scored s GROUP BY s.entry_id, s.unit, s.is_other) b GROUP BY b.entry_id"
    )
    return Clause(sql, (*other.params, *own.params))
