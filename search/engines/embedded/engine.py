"""The engine that is always there: the portal's own database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import orjson
from django.db import connection
from django.db.models import Count, Sum

from cms.access.reader import Reader
from cms.entries import read
from cms.entries.cursors import Place
from search import facets, highlight
from search.contract import Found, Hit, Suggestion, Unit, Wanted
from search.contract import Passage as PassageFound
from search.engines.embedded import beside, statements, tallying
from search.engines.embedded.scoring import Corpus
from search.highlight import Marks
from search.models import Passage
from search.planning import beginnings_of
from search.query import Query

RECOUNT = timedelta(minutes=5)
"""How old the number of passages may be, by which rarity is judged."""
UNITS_A_QUERY = 100
"""SQLite puts no more than 500 queries together."""


class EmbeddedEngine:
    """SQLite FTS5 or PostgreSQL, by the connection's own kind."""

    name = "embedded"

    def search(self, wanted: Wanted, reader: Reader) -> Found:
        """One page of hits. One query, and some more where a shelf is new to this process."""
        told = tallying.sections()
        statement = statements.search(
            wanted, reader, _corpus_of(reader), sections=told, vendor=connection.vendor
        )
        rows: dict[str, list[_Row]] = defaultdict(list)
        for kind, *rest in read.run(statement, reader):
            rows[kind].append(rest)
        hits = rows[statements.HIT]
        following = None
        if len(hits) > wanted.limit:
            hits = hits[: wanted.limit]
            following = _place(hits[-1], wanted)
        counts, total = tallying.tally(rows, wanted.filters)
        units = {row[0] for row in rows[statements.UNIT]}
        titles = {key: title for *_, key, title, _ in rows[beside.SECTION]}
        if not counts["section"].keys() <= {"", *told}:
            titles = facets.titles_of_sections(counts, reader)
        return Found(
            hits=tuple(_hits(hits, _parts(rows[beside.PART]), wanted)),
            count=total,
            facets=facets.labelled(counts, titles),
            missing=frozenset(
                unit.text for place, unit in enumerate(wanted.plan.words) if place not in units
            ),
            next=following,
        )

    def suggest(self, typed: Query, reader: Reader, *, limit: int) -> Sequence[Suggestion]:
        """Titles whose words begin as typed, the newest first. One query."""
        words = beginnings_of(typed.text)
        if not words:
            return []
        statement = statements.titles(words, reader, limit=limit, vendor=connection.vendor)
        return [_suggestion(orjson.loads(card)) for _, card in read.run(statement, reader)]

    def frequencies(self, units: Sequence[Unit], reader: Reader) -> Sequence[int]:
        """In how many readable entries each unit occurs. One query for each hundred of them."""
        counted: list[int] = []
        for start in range(0, len(units), UNITS_A_QUERY):
            some = units[start : start + UNITS_A_QUERY]
            statement = statements.frequencies(some, reader, vendor=connection.vendor)
            found = dict(read.run(statement, reader))
            counted += [found.get(place, 0) for place in range(len(some))]
        return counted


_Row = Sequence[Any]
"""What ``statements.search`` tells after the kind."""
_Parts = Mapping[int, Sequence[_Row]]


def _parts(rows: Sequence[_Row]) -> _Parts:
    """The parts in which something was found, of each entry."""
    found: dict[int, list[_Row]] = defaultdict(list)
    for id_, *_, named, text, _ in rows:
        found[id_].append((*orjson.loads(named), text))
    return found


def _hits(rows: Sequence[_Row], parts: _Parts, wanted: Wanted) -> Iterator[Hit]:
    terms = highlight.marks_of(wanted.plan.wanted)
    return (_hit(row, terms, parts.get(row[0], ())) for row in rows)


def _hit(row: _Row, terms: Marks, parts: Sequence[_Row]) -> Hit:
    _, score, _, card_text, text, locale = row
    card = orjson.loads(card_text)
    passages = tuple(
        PassageFound(anchor=anchor, title=title, text=shown, kind=kind, file=file)
        for anchor, kind, file, title, words in parts
        if (shown := highlight.passages(words, terms, locale)) or _has(title, terms, locale)
    )
    shown = highlight.passages(text, terms, locale)
    return Hit(
        key=card["key"],
        card=card,
        title=highlight.title(card["title"], terms, locale),
        text=shown or highlight.beginning(card["summary"] or text),
        score=float(score),
        passages=passages,
    )


def _has(title: str, terms: Marks, locale: str) -> bool:
    return "<mark>" in highlight.title(title, terms, locale)


def _place(row: _Row, wanted: Wanted) -> Place:
    value = read.as_moment(row[2]).isoformat() if wanted.by_date else repr(float(row[1]))
    return Place(value, row[0])


def _suggestion(card: dict[str, Any]) -> Suggestion:
    return Suggestion(key=card["key"], title=card["title"], url=card["url"], type=card["type"])


_Sizes = Mapping[int, tuple[int, int]]
_sizes: tuple[datetime, _Sizes, int] | None = None
_lock = Lock()


def forget() -> None:
    """Drop what this process remembers."""
    global _sizes
    tallying.forget()
    with _lock:
        _sizes = None


def count(at: datetime) -> tuple[datetime, _Sizes, int]:
    """How many passages and words each gate holds, counted now."""
    global _sizes
    rows = Passage.objects.values_list("gate_id").annotate(Count("pk"), Sum("length"))
    sizes_of = {gate: (number, length) for gate, number, length in rows}
    counted = (at, sizes_of, sum(number for number, _ in sizes_of.values()))
    with _lock:
        _sizes = counted
    return counted


def _corpus_of(reader: Reader) -> Corpus:
    """What the reader may find, as far as it was counted some minutes ago."""
    known = _sizes
    if known is None or not timedelta(0) <= reader.at - known[0] < RECOUNT:
        known = count(reader.at)
    sizes = [known[1][gate] for gate in reader.grants.open_gates & known[1].keys()]
    passages = sum(number for number, _ in sizes)
    return Corpus(
        passages,
        sum(length for _, length in sizes) / max(passages, 1),
        passages / max(known[2], 1),
    )
