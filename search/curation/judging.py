"""How good a ranked list is, compared with what people judged.

Discounted cumulative gain: K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR
techniques", ACM Transactions on Information Systems 20(4), 2002. The gain of a grade is 2^grade − 1
(C. Burges et al., "Learning to rank using gradient descent", ICML 2005).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from search.curation.models import Judgement

CUT = 10
GOOD = 1
"""From this grade on, an entry is an answer."""


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int = CUT) -> float:
    """The gain of the first ``k`` keys as a share of the best possible; 0 where nothing is good."""
    best = _dcg(sorted(grades.values(), reverse=True)[:k])
    return _dcg([grades.get(key, 0) for key in ranked[:k]]) / best if best else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int], k: int = CUT) -> float:
    """One divided by the place of the first answer; 0 where there is none."""
    places = (place for place, key in enumerate(ranked[:k], 1) if grades.get(key, 0) >= GOOD)
    return next((1 / place for place in places), 0.0)


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(place + 1) for place, grade in enumerate(grades, 1))


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and how good each entry is as its answer, by key."""

    query: str
    locale: str
    grades: Mapping[str, int]

    @property
    def can_score(self) -> bool:
        """Whether there is anything good to find."""
        return any(grade >= GOOD for grade in self.grades.values())


@dataclass(frozen=True, slots=True)
class Score:
    """What a ranked list is worth for one judged query."""

    judged: Judged
    ndcg: float
    mrr: float


def score(judged: Judged, ranked: Sequence[str]) -> Score:
    """Compare a ranked list with the judgements. A key that comes twice counts once."""
    distinct = list(dict.fromkeys(ranked))
    return Score(judged, ndcg(distinct, judged.grades), reciprocal_rank(distinct, judged.grades))


def mean(values: Iterable[float]) -> float:
    """Their mean; 0 of none."""
    known = list(values)
    return sum(known) / len(known) if known else 0.0


def stored() -> list[Judged]:
    """Every judged query with something good to find. One query."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    rows = Judgement.objects.order_by("query", "locale", "pk")
    for query, locale, key, grade in rows.values_list("query", "locale", "entry_key", "grade"):
        found.setdefault((query, locale), {})[key] = grade
    every = (Judged(query, locale, grades) for (query, locale), grades in found.items())
    return [one for one in every if one.can_score]
