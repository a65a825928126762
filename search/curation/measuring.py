"""How good the engines are at the judged queries, now and with a change that is not saved yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cms.access.reader import Reader
from search.contract import Filters
from search.curation import promotions as curated
from search.curation.judging import Judged, Score, mean, score
from search.curation.promotions import Promotions
from search.curation.synonyms import Synonyms

LOOKED_AT = 20
"""Results of a query that are compared with its judgements."""
MOST_AT_ONCE = 100
"""Judged queries that are tried while an editor waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What editors decided, or would: ``None`` is what is in force."""

    synonyms: Synonyms | None = None
    promotions: Promotions | None = None


IN_FORCE = Rules()


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of an engine."""

    engine: str
    scores: tuple[Score, ...]

    @property
    def ndcg(self) -> float:
        return mean(one.ndcg for one in self.scores)

    @property
    def mrr(self) -> float:
        return mean(one.mrr for one in self.scores)


def measure(
    queries: Iterable[Judged],
    reader: Reader,
    *,
    rules: Rules = IN_FORCE,
    engine: str | None = None,
) -> Measured:
    """Ask every judged query and score what comes. One search a query.

    Raises ``StaleReader``, and ``EngineFailed`` for an engine asked for by name.
    """
    scores = tuple(score(one, ranked(one, reader, rules=rules, engine=engine)) for one in queries)
    return Measured(engine or "", scores)


def ranked(
    judged: Judged, reader: Reader, *, rules: Rules = IN_FORCE, engine: str | None = None
) -> list[str]:
    """The keys that a reader sees for a query, from the top: what is advised stands above."""
    from search import service

    locales = (judged.locale,) if judged.locale else ()
    asked = service.Asked(text=judged.query, filters=Filters(locales=locales), limit=LOOKED_AT)
    outcome = service.search(asked, reader, synonyms=rules.synonyms, engine=engine)
    advised = outcome.promoted
    if rules.promotions is not None:
        advised = curated.for_reader(
            outcome.query, judged.locale, reader, at=reader.at, promotions=rules.promotions
        )
    keys: Sequence[str] = [one.key for one in advised]
    return list(dict.fromkeys([*keys, *(hit.key for hit in outcome.found.hits)]))
