"""How well a passage has a unit: BM25 on both databases.

S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

from dataclasses import dataclass

from search.contract import Unit

TITLE = 4.0
"""A place in the title counts as so many in the text; one in the names as one."""
K1 = 0.9
B = 0.75
BASEL = 1.6449340668
"""The sum of 1/n², by which ts_rank divides what it adds up."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """How many passages a reader may find, of all there are, and how many words an average has."""

    passages: int
    average: float
    share: float = 1.0


BM25 = f"-bm25(search_terms, {TITLE}, 1.0, 1.0)"
"""SQLite's own score of what was matched."""


def bm25(unit: Unit) -> str:
    """SQLite's own score, of the stem and of the exact word together.

    Where the unit has no exact form the one score counts for both.
    """
    weight = unit.weight if unit.exact else 2 * unit.weight
    return f"{weight} * {BM25}"


def saturated(query: str, number: str, title: str) -> str:
    """PostgreSQL's: how often a passage ``p`` has any of so many terms, saturated.

    The arguments are columns, ``c.average`` the mean length. ts_rank adds 1/n² for the n-th place
    of a term and divides by the number of terms. From the sum follows how many places there are;
    without one it is 0, and so it is without a query.
    """
    frequency = (
        f"least(1 / greatest({BASEL} - {BASEL} * {number} * "
        f"ts_rank('{{1,1,1,1}}', p.terms, {query})::float8, 0.0005) - {1 / BASEL}, 500)"
        f" + CASE WHEN p.terms @@ {title} THEN {TITLE - 1} ELSE 0 END"
    )
    norm = f"{K1} * ({1 - B} + {B} * p.length / c.average)"
    # f / (f + k) is 1 - k / (f + k), which says the frequency once.
    return f"coalesce({K1 + 1} * (1 - {norm} / ({frequency} + {norm})), 0)"
