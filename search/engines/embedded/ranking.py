"""Ranking on PostgreSQL, in two stages.

Reading where terms stand costs many times more than knowing that they do. So everything found is
sorted roughly, by how rare its words are and which of them are in the title; only the best of that
are ranked exactly. Each text is the same for any number of words: its plan can be kept.
"""

from cms.access.clauses import Clause
from cms.access.reader import Reader
from search.contract import Plan, Unit
from search.engines.embedded.lookups import (
    TITLES,
    TOGETHER,
    is_apart,
    neighbours,
    only_others,
    rule_of,
    without_others,
)
from search.engines.embedded.scoring import Corpus, saturated
from search.engines.embedded.terms import (
    EXACT,
    in_title,
    near,
    ranked,
    tsquery,
    tsquery_of_others,
)

CANDIDATES = 60
"""How many are ranked exactly: three pages. What comes behind stays in its rough order."""
EXACTLY = 1_000_000.0
"""Added to what is ranked exactly, so that it stands before the rest."""
VENDOR = "postgresql"
IDF = "(SELECT idf FROM rarity)"
ROUGH = (
    f"sum({IDF}[CASE WHEN f.unit <= {TITLES} THEN {TITLES} - f.unit ELSE f.unit END + 1] * f.score)"
)
"""The rough score of an entry, from its rows of ``found``."""


def rarity(plan: Plan, corpus: Corpus) -> Clause:
    """One row: the inverse document frequencies of all units, among readable passages."""
    return Clause(
        "SELECT array_agg(coalesce(r.idf, 0) ORDER BY g.unit) AS idf "
        "FROM generate_series(0, %s::int) AS g(unit) LEFT JOIN ("
        "SELECT unit, ln(1 + (greatest(%s - count(*), 0) + 0.5) / (count(*) + 0.5)) AS idf "
        "FROM found WHERE unit >= 0 GROUP BY unit) r ON r.unit = g.unit",
        (len(plan.wanted) + len(plan.excluded), corpus.passages),
    )


def aspects(plan: Plan) -> Clause:
    """A row for each way in which a passage may have a unit."""
    rows = []
    for place, unit in enumerate(plan.wanted):
        itself = without_others(unit)
        rows.append((place, tsquery(itself), *_aspect(itself)))
        if is_apart(unit):
            rows.append((place, tsquery_of_others(unit), *_aspect(only_others(unit))))
    return Clause(
        "SELECT unit, query::tsquery, weight, terms::tsquery, number, "
        "nullif(title, '')::tsquery AS title, nullif(exact, '')::tsquery AS exact "
        "FROM unnest(%s::int[], %s::text[], %s::float8[], %s::text[], %s::int[], %s::text[], "
        "%s::text[]) AS a(unit, query, weight, terms, number, title, exact)",
        tuple(list(column) for column in zip(*rows, strict=True)),
    )


def pairs(plan: Plan) -> Clause:
    """A row for each two neighbours of the query, with the numbers of their units."""
    rows = [
        (near(left, right, vendor=VENDOR), plan.words.index(left), plan.words.index(right))
        for left, right in neighbours(plan)
    ]
    return Clause(
        "SELECT query::tsquery, one, other "
        "FROM unnest(%s::text[], %s::int[], %s::int[]) AS n(query, one, other)",
        tuple(list(column) for column in zip(*rows, strict=True)) or ([], [], []),
    )


def exact(reader: Reader, corpus: Corpus, itself: str) -> Clause:
    """Rows ``(entry_id, score)`` of the best, ranked by where their words stand.

    ``itself`` adds to an entry ``b`` whose title is just the query.
    """
    rule = rule_of(reader, VENDOR)
    score = (
        f"a.weight * ({saturated('a.terms', 'a.number', 'a.title')} "
        f"+ {saturated('a.exact', '1', 'NULL')})"
    )
    sql = (
        f"SELECT b.entry_id, {EXACTLY} + sum(coalesce(s.score, 0) + coalesce(t.score, 0)){itself} "
        "AS score "
        "FROM best b CROSS JOIN (SELECT %s::float8 AS average) c "
        f"JOIN search_passage p ON p.entry_id = b.entry_id AND {rule.sql} "
        f"CROSS JOIN LATERAL (SELECT sum({IDF}[a.unit + 1] * {score}) AS score "
        "FROM aspects a WHERE p.terms @@ a.query) s "
        f"CROSS JOIN LATERAL (SELECT {TOGETHER} * sum({IDF}[n.one + 1] + {IDF}[n.other + 1]) "
        "AS score FROM pairs n WHERE p.terms @@ n.query) t "
        "GROUP BY b.entry_id"
    )
    return Clause(sql, (max(corpus.average, 1.0), *rule.params))


def _aspect(unit: Unit) -> tuple[float, str, int, str, str]:
    """Weight, terms and their number, title, exact word. Without the last the rest counts twice."""
    terms, number = ranked(unit)
    weight = unit.weight if unit.exact else 2 * unit.weight
    return weight, terms, number, in_title(unit), f"'{EXACT}{unit.exact}'" if unit.exact else ""
