"""Ranking on PostgreSQL, in two stages.

Reading where terms stand costs many times more than knowing that they do. So everything found is
sorted roughly, by how rare its words are and which of them are in the title; only the best of that
are ranked exactly.
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
from search.engines.embedded.scoring import Corpus, saturation
from search.engines.embedded.terms import near

CANDIDATES = 100
"""How many are ranked exactly: five pages. What comes behind stays in its rough order."""
EXACTLY = 1_000_000.0
"""Added to what is ranked exactly, so that it stands before the rest."""
VENDOR = "postgresql"


def rarity(corpus: Corpus) -> Clause:
    """The inverse document frequency of each unit, among readable passages."""
    return Clause(
        "SELECT unit, ln(1 + (greatest(%s - count(*), 0) + 0.5) / (count(*) + 0.5)) AS idf "
        "FROM found WHERE unit >= 0 GROUP BY unit",
        (corpus.passages,),
    )


def rough() -> str:
    """What a row of ``found`` adds to the rough score, where ``r`` is the rarity of its unit."""
    return "r.idf * f.score"


def joined() -> str:
    """The rows found with the rarity of their unit; a word in a title has that of the word."""
    return (
        "found f JOIN rarity r ON r.unit = "
        f"CASE WHEN f.unit <= {TITLES} THEN {TITLES} - f.unit ELSE f.unit END"
    )


def exact(plan: Plan, reader: Reader, corpus: Corpus, itself: float) -> Clause:
    """Rows ``(entry_id, score)`` of the best, ranked by where their words stand."""
    pieces = [
        *(_score(place, unit, corpus) for place, unit in enumerate(plan.wanted)),
        *(_closeness(left, right, plan) for left, right in neighbours(plan)),
    ]
    rule = rule_of(reader, VENDOR)
    score = " + ".join(one.sql for one in pieces)
    params = tuple(param for one in pieces for param in one.params)
    sql = (
        f"SELECT b.entry_id, {EXACTLY} + sum({score}) "
        f"+ CASE WHEN max(b.score) >= {itself} THEN {itself} ELSE 0 END AS score "
        f"FROM best b JOIN search_passage p ON p.entry_id = b.entry_id AND {rule.sql} "
        "GROUP BY b.entry_id"
    )
    return Clause(sql, (*params, *rule.params))


def _score(place: int, unit: Unit, corpus: Corpus) -> Clause:
    score = saturation(without_others(unit), corpus)
    if is_apart(unit):
        others = saturation(only_others(unit), corpus)
        score = Clause(f"greatest({score.sql}, {others.sql})", (*score.params, *others.params))
    return Clause(f"{_idf(place)} * {score.sql}", score.params)


def _closeness(left: Unit, right: Unit, plan: Plan) -> Clause:
    weight = f"{TOGETHER} * ({_idf(plan.words.index(left))} + {_idf(plan.words.index(right))})"
    return Clause(
        f"CASE WHEN p.terms @@ %s::tsquery THEN {weight} ELSE 0 END",
        (near(left, right, vendor=VENDOR),),
    )


def _idf(place: int) -> str:
    return f"coalesce((SELECT idf FROM rarity WHERE unit = {place}), 0)"
