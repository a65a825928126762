"""A change tried before it is saved: what an editor finds now, and what they would find then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cms.access.reader import Reader
from search.contract import Filters, Hit
from search.curation import judging
from search.curation import promotions as curated
from search.curation.measuring import IN_FORCE, MOST_AT_ONCE, Rules, measure
from search.curation.promotions import Promoted

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One result on one side, and how it moved: places up, down, or new here."""

    place: int
    key: str
    card: Mapping[str, Any]
    title: str  # HTML
    was: int | None = None
    is_new: bool = False

    @property
    def rose(self) -> int:
        return self.was - self.place if self.was else 0

    @property
    def fell(self) -> int:
        return -self.rose


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The results of one side."""

    count: int
    lines: tuple[Line, ...]
    advised: Sequence[Promoted]
    correction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Both sides, and what the change does to the judged queries."""

    now: Side
    then: Side
    engine: str
    judged: int
    ndcg_now: float
    ndcg_then: float

    @property
    def is_same(self) -> bool:
        """Whether the change changes nothing for this query."""
        return self.now.count == self.then.count and _shown(self.now) == _shown(self.then)


def compare(text: str, locale: str, reader: Reader, changed: Rules) -> Tried:
    """What this reader finds now, and with the change. Raises ``StaleReader``."""
    queries = judging.stored()[:MOST_AT_ONCE]
    now, engine = _side(text, locale, reader, IN_FORCE)
    then, _ = _side(text, locale, reader, changed, before=now)
    return Tried(
        now=now,
        then=then,
        engine=engine,
        judged=len(queries),
        ndcg_now=measure(queries, reader).ndcg,
        ndcg_then=measure(queries, reader, rules=changed).ndcg,
    )


def _side(
    text: str, locale: str, reader: Reader, rules: Rules, before: Side | None = None
) -> tuple[Side, str]:
    from search import service

    filters = Filters(locales=(locale,) if locale else ())
    asked = service.Asked(text=text, filters=filters, limit=SHOWN)
    outcome = service.search(asked, reader, synonyms=rules.synonyms)
    advised = outcome.promoted
    if rules.promotions is not None:
        advised = curated.for_reader(
            outcome.query, locale, reader, at=reader.at, promotions=rules.promotions
        )
    side = Side(
        count=outcome.found.count,
        lines=_lines(outcome.found.hits, before),
        advised=advised,
        correction=outcome.correction.query if outcome.correction else "",
    )
    return side, outcome.engine


def _lines(hits: Sequence[Hit], before: Side | None) -> tuple[Line, ...]:
    places = {line.key: line.place for line in before.lines} if before else {}
    return tuple(
        Line(
            place,
            hit.key,
            hit.card,
            hit.title,
            was=places.get(hit.key),
            is_new=before is not None and hit.key not in places,
        )
        for place, hit in enumerate(hits, 1)
    )


def _shown(side: Side) -> tuple[list[str], list[str]]:
    return [line.key for line in side.lines], [one.key for one in side.advised]
