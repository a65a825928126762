"""Searching with Elasticsearch. Every hit is confirmed by the database before anybody sees it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from zlib import crc32

import orjson

from cms.access.reader import Reader
from cms.entries import read
from cms.entries.cursors import Place
from cms.entries.listing import Listing
from search.contract import EngineBehind, Found, Hit, Suggestion, Unit, Wanted
from search.engines.elastic import answers, client, lag, queries
from search.engines.elastic.failures import QuestionRefused
from search.facets import labelled, sections_in
from search.highlight import Marks, marks_of
from search.query import Query

ANYTHING = Listing(limit=1)
ROUNDS = 3
"""How often the index is asked for one page, when the database refused some of its hits."""
UNITS_A_REQUEST = 50

_log = logging.getLogger(__name__)


class Metric:
    """A number that only rises, for whoever watches this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.value = 0

    def add(self, number: int) -> None:
        with self._lock:
            self.value += number


dropped = Metric()
"""Hits that the database refused. While the index keeps up it stays 0."""


class ElasticEngine:
    """Finds in the index that the alias for reading stands for."""

    name = "elasticsearch"

    def search(self, wanted: Wanted, reader: Reader) -> Found:
        """One page of hits with count and facets. One request, unless hits are refused.

        Raises ``StaleReader``, ``EngineFailed``.
        """
        words = wanted.plan.words
        asked = [
            queries.first_page(wanted, reader, size=wanted.limit + 1),
            queries.occurrences(words, reader),
        ]
        first, every = self._ask(asked, reader, same=wanted.query.text)
        if not answers.count(every) and read.entries(ANYTHING, reader).cards:
            raise EngineBehind("The index has nothing for this reader: it may have been emptied.")
        counts = answers.facets(first)
        page = _Page(wanted.limit, wanted.after, marks_of(wanted.plan.wanted))
        sections = page.take(
            answers.rows(first, by_date=wanted.by_date), reader, beside=sections_in(counts)
        )
        for _ in range(ROUNDS - 1):
            if page.is_full or not page.has_more:
                break
            body = queries.page(wanted, reader, after=page.last, size=wanted.limit + 1)
            (response,) = self._ask([body], reader, same=wanted.query.text)
            page.take(answers.rows(response, by_date=wanted.by_date), reader)
        seen = answers.occurrences(every, len(words))
        return Found(
            hits=tuple(page.hits),
            count=max(answers.count(first) - page.dropped, 0),
            facets=labelled(counts, {key: card["title"] for key, card in sections.items()}),
            missing=frozenset(
                unit.text for unit, number in zip(words, seen, strict=True) if not number
            ),
            next=page.last if page.has_more else None,
        )

    def suggest(self, typed: Query, reader: Reader, *, limit: int = 8) -> Sequence[Suggestion]:
        """Readable titles that have a word beginning with each word typed, best first."""
        body = queries.suggestions(typed, reader, size=limit)
        (response,) = self._ask([body], reader, same=typed.text)
        found = [str(raw["_id"]) for raw in response["hits"]["hits"]]
        cards = read.cards_of(found, reader)
        _note_dropped(key for key in found if key not in cards)
        return [_suggestion(cards[key]) for key in found if key in cards]

    def frequencies(self, units: Sequence[Unit], reader: Reader) -> Sequence[int]:
        """For each unit, how many readable entries have it. Exact, in one request."""
        batches = [
            units[start : start + UNITS_A_REQUEST]
            for start in range(0, len(units), UNITS_A_REQUEST)
        ]
        if not batches:
            return []
        responses = self._ask([queries.occurrences(batch, reader) for batch in batches], reader)
        return [
            number
            for response, batch in zip(responses, batches, strict=True)
            for number in answers.occurrences(response, len(batch))
        ]

    def _ask(
        self, bodies: Iterable[Mapping[str, Any]], reader: Reader, *, same: str = ""
    ) -> list[answers.Json]:
        """The answers to several requests, in one round trip. Raises ``EngineFailed``.

        The ``same`` question always asks the same copy of the index: copies score a little
        differently, and pages that follow one another must not. What the index has in an older
        state than the database counts as not there: its old gate must not let anybody count it.
        """
        pending = lag.pending(at=reader.at)
        if pending is None:
            raise EngineBehind("Too many changes wait to be fed, or one waits for too long.")
        header = {
            "allow_partial_search_results": False,
            "preference": f"same-{crc32(same.encode()):x}",
        }
        # Written here: the client's own writer takes three times as long.
        searches: list[Any] = [
            orjson.dumps(one) for body in bodies for one in (header, queries.without(body, pending))
        ]
        try:
            with client.failing():
                asking = client.for_searching()
                response = asking.msearch(index=client.read_alias(), searches=searches)
            return [answers.whole(one) for one in response["responses"]]
        except QuestionRefused as refusal:
            _log.warning("search_question_refused reason=%s", refusal)
            raise


ENGINE = ElasticEngine()


@dataclass
class _Page:
    """Hits that the database confirmed, until there are enough."""

    limit: int
    last: Place | None
    terms: Marks
    has_more: bool = True
    dropped: int = 0
    hits: list[Hit] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.hits) >= self.limit

    def take(
        self, rows: Sequence[answers.Row], reader: Reader, *, beside: Sequence[str] = ()
    ) -> Mapping[str, answers.Json]:
        """Add confirmed hits. ``last`` moves to the last row looked at. One query.

        Answers with the cards of what else was asked for, as far as the reader may read it.
        """
        self.has_more = len(rows) > self.limit
        rows = rows[: self.limit]
        cards = read.cards_of([*(row.key for row in rows), *beside], reader)
        refused = []
        for number, row in enumerate(rows):
            if self.is_full:
                self.has_more = number < len(rows)
                break
            self.last = row.place
            if row.key in cards:
                self.hits.append(answers.hit(row, cards[row.key], self.terms))
            else:
                refused.append(row.key)
        self.dropped += len(refused)
        _note_dropped(refused)
        return {key: cards[key] for key in beside if key in cards}


def _note_dropped(keys: Iterable[str]) -> None:
    refused = list(keys)
    if refused:
        dropped.add(len(refused))
        _log.warning("search_hit_dropped count=%d keys=%s", len(refused), ",".join(refused))


def _suggestion(card: Mapping[str, Any]) -> Suggestion:
    return Suggestion(key=card["key"], title=card["title"], url=card["url"], type=card["type"])
