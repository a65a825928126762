"""How well a passage has a unit: BM25 on both databases.

S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

from dataclasses import dataclass

from cms.access.clauses import Clause
from search.contract import Unit
from search.engines.embedded.terms import EXACT, in_title, ranked

TITLE = 2.0
"""A place in the title counts as so many in the text; one in the names as one."""
K1 = 0.9
B = 0.75
BASEL = 1.6449340668
"""The sum of 1/n², by which ts_rank divides what it adds up."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """How many passages a reader may find, and how many words an average one has."""

    passages: int
    average: float


def score_of(unit: Unit, corpus: Corpus, *, vendor: str) -> Clause:
    """The score of a passage for a unit; on PostgreSQL without its rarity, which is added later.

    It is that of the stem and that of the exact word together. Where they are the same, or the unit
    has no exact form, the one score counts for both.
    """
    if vendor != "postgresql":
        weight = unit.weight if unit.exact else 2 * unit.weight
        return Clause(f"{weight} * -bm25(search_terms, {TITLE}, 1.0, 1.0)")
    terms, number = ranked(unit)
    score, params = _saturated(terms, number, in_title(unit), corpus)
    if not unit.exact:
        return Clause(f"{2 * unit.weight} * {score}", params)
    exact, more = _saturated(f"'{EXACT}{unit.exact}'", 1, "", corpus)
    return Clause(f"{unit.weight} * ({score} + {exact})", (*params, *more))


def _saturated(
    query: str, number: int, title: str, corpus: Corpus
) -> tuple[str, tuple[object, ...]]:
    """How often a passage has any of so many terms, saturated and relative to its length.

    ts_rank adds 1/n² for the n-th place of a term and divides by the number of terms. From the sum
    follows how many places there are.
    """
    frequency = (
        f"greatest(least(1 / greatest({BASEL} - {BASEL * number}"
        " * ts_rank('{1,1,1,1}', p.terms, %s::tsquery)::float8, 0.0005) - 0.5, 500), 0)"
    )
    params: tuple[object, ...] = (query,)
    if title:
        frequency += (
            f" + CASE WHEN ts_rank('{{1,1,1,1}}', p.terms, %s::tsquery) > 0 "
            f"THEN {TITLE - 1} ELSE 0 END"
        )
        params = (query, title)
    average = max(corpus.average, 1.0)
    norm = f"{K1} * ({1 - B} + {B} * p.length / %s)"
    # f / (f + k) is 1 - k / (f + k), which says the frequency once.
    sql = f"{K1 + 1} * (1 - {norm} / ({frequency} + {norm}))"
    return sql, (average, *params, average)


def rarity(corpus: Corpus) -> Clause:
    """What is found, with the inverse document frequency of each unit among readable passages."""
    return Clause(
        "found f JOIN (SELECT unit, ln(1 + (greatest(%s - count(*), 0) + 0.5) / (count(*) + 0.5)) "
        "AS idf FROM found GROUP BY unit) r ON r.unit = f.unit",
        (corpus.passages,),
    )
