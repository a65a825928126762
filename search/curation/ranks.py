"""Where an entry stands in a reader's results, on each engine, and what stands above it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cms.access.reader import Reader
from search.contract import EngineFailed, Filters, Hit

LOOKED_AT = 100
ABOVE = 5


@dataclass(frozen=True, slots=True)
class Above:
    """A result that comes before."""

    place: int
    key: str
    card: Mapping[str, Any]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """What one engine answers. ``place`` is 0 where it is not among the first hundred."""

    engine: str
    place: int = 0
    score: float = 0.0
    count: int = 0
    correction: str = ""
    advised: bool = False
    above: tuple[Above, ...] = ()
    failure: str = ""


def in_every_engine(text: str, locale: str, reader: Reader, key: str) -> tuple[Rank, ...]:
    """The same question to each engine that there is. Raises ``StaleReader``."""
    from search import service

    return tuple(_rank(text, locale, reader, key, engine) for engine in service.engines())


def _rank(text: str, locale: str, reader: Reader, key: str, engine: str) -> Rank:
    from search import service

    asked = service.Asked(
        text=text, filters=Filters(locales=(locale,) if locale else ()), limit=LOOKED_AT
    )
    try:
        outcome = service.search(asked, reader, engine=engine)
    except EngineFailed as failure:
        return Rank(engine=engine, failure=str(failure))
    hits = outcome.found.hits
    place = next((at for at, hit in enumerate(hits, 1) if hit.key == key), 0)
    return Rank(
        engine=engine,
        place=place,
        score=hits[place - 1].score if place else 0.0,
        count=outcome.found.count,
        correction=outcome.correction.query if outcome.correction else "",
        advised=any(one.key == key for one in outcome.promoted),
        above=_above(hits, place or len(hits) + 1),
    )


def _above(hits: tuple[Hit, ...], place: int) -> tuple[Above, ...]:
    """The first of those that come before it, and the one right above."""
    before = [Above(at, hit.key, hit.card, hit.score) for at, hit in enumerate(hits, 1)][
        : place - 1
    ]
    if len(before) <= ABOVE:
        return tuple(before)
    return (*before[: ABOVE - 1], before[-1])
