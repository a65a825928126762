"""How well a passage has a unit: BM25 on both databases.

S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

from dataclasses import dataclass

from cms.access.clauses import Clause
from search.contract import Unit
from search.engines.embedded.terms import EXACT, in_title, ranked

TITLE = 4.0
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


def bm25(unit: Unit) -> str:
    """SQLite's own score of what was matched, of the stem and of the exact word together.

    Where the unit has no exact form the one score counts for both.
    """
    weight = unit.weight if unit.exact else 2 * unit.weight
    return f"{weight} * -bm25(search_terms, {TITLE}, 1.0, 1.0)"


def saturation(unit: Unit, corpus: Corpus) -> Clause:
    """PostgreSQL's: how often a passage ``p`` has the unit, saturated, without its rarity."""
    terms, number = ranked(unit)
    score = _saturated(terms, number, in_title(unit), corpus)
    if not unit.exact:
        return Clause(f"{2 * unit.weight} * {score.sql}", score.params)
    exact = _saturated(f"'{EXACT}{unit.exact}'", 1, "", corpus)
    return Clause(f"{unit.weight} * ({score.sql} + {exact.sql})", (*score.params, *exact.params))


def _saturated(query: str, number: int, title: str, corpus: Corpus) -> Clause:
    """How often a passage has any of so many terms, saturated and relative to its length.

    ts_rank adds 1/n² for the n-th place of a term and divides by the number of terms. From the sum
    follows how many places there are; without one it is 0.
    """
    frequency = (
        f"least(1 / greatest({BASEL} - {BASEL * number}"
        f" * ts_rank('{{1,1,1,1}}', p.terms, %s::tsquery)::float8, 0.0005) - {1 / BASEL}, 500)"
    )
    params: tuple[object, ...] = (query,)
    if title:
        frequency += f" + CASE WHEN p.terms @@ %s::tsquery THEN {TITLE - 1} ELSE 0 END"
        params = (query, title)
    average = max(corpus.average, 1.0)
    norm = f"{K1} * ({1 - B} + {B} * p.length / %s)"
    # f / (f + k) is 1 - k / (f + k), which says the frequency once.
    sql = f"{K1 + 1} * (1 - {norm} / ({frequency} + {norm}))"
    return Clause(sql, (average, *params, average))
