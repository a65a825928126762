"""Filing documents in the embedded index, in the transaction that publishes them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from django.db import connection, transaction

from cms.entries.models import Entry
from search import documents
from search.analysis import Pair, Places, is_exact, places
from search.documents import Document, title_key
from search.engines.embedded.terms import EXACT
from search.models import PASSAGES_AN_ENTRY, Passage, Shelf, Word

LONGEST_WORD = 40
SHORTEST_WORD = 3
MOST_KNOWN = 400_000
BARRIER = "·"
"""Stands between the words of a text and what was appended to it: no phrase goes across."""

NO_PLACES = Places((), ())

Combination = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Terms:
    """What one passage is found by."""

    title: Places
    names: Places
    body: Places

    @property
    def length(self) -> int:
        return len(self.title) + len(self.names) + len(self.body)


@dataclass(frozen=True, slots=True)
class _Filed:
    """A passage before it has its shelf."""

    id: int
    document: Document
    part: str
    part_gate: int | None
    terms: Terms
    title_key: str = ""


@transaction.atomic
def file(entry_ids: Iterable[int]) -> None:
    """Bring the index up to the stored entries. A fixed number of statements."""
    ids = list(entry_ids)
    found = documents.of(ids)
    Passage.objects.filter(entry__in=ids)._raw_delete(using="default")
    passages = [passage for document in found for passage in _passages(document)]
    if not passages:
        return
    shelves = _shelves({_combination(passage.document) for passage in passages})
    _write(passages, shelves)
    _learn(passages)


def rebuild(*, batch: int = 500) -> Iterator[int]:
    """File every entry anew, batch by batch, while readers search. Yields how many were done."""
    last = 0
    while ids := list(
        Entry.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]
    ):
        file(ids)
        last = ids[-1]
        yield len(ids)
    orphans = Passage.objects.exclude(entry__in=Entry.objects.values("pk"))
    orphans._raw_delete(using="default")


@transaction.atomic
def reshelve(entry_ids: Sequence[int]) -> None:
    """Bring shelves up to the sections of these entries. One statement for each combination."""
    together: dict[Combination, list[int]] = defaultdict(list)
    rows = Entry.objects.filter(pk__in=entry_ids).values_list(
        "pk", "type", "locale", "section", "published_at"
    )
    for id_, type_, locale, section, published in rows:
        together[type_, locale, section, published.year].append(id_)
    shelves = _shelves(set(together))
    for combination, ids in together.items():
        Passage.objects.filter(entry__in=ids).update(shelf=shelves[combination])


def _passages(document: Document) -> Iterator[_Filed]:
    first = document.entry_id * PASSAGES_AN_ENTRY
    terms = Terms(
        title=places(document.title, document.locale),
        names=places(document.names, document.locale),
        body=places(document.text, document.locale),
    )
    yield _Filed(first, document, "", None, terms, title_key(document.title))
    for place, part in enumerate(document.parts[: PASSAGES_AN_ENTRY - 1], start=1):
        terms = Terms(
            title=places(part.title, document.locale),
            names=NO_PLACES,
            body=places(part.text, document.locale),
        )
        yield _Filed(first + place, document, part.anchor, part.gate_id, terms)


def _combination(document: Document) -> Combination:
    return document.type, document.locale, document.section, document.published_at.year


_committed: dict[Combination, int] = {}
_known: set[str] = set()
_lock = Lock()


def _shelves(wanted: set[Combination]) -> dict[Combination, int]:
    """The ids of these combinations, made if need be."""
    if wanted <= _committed.keys():
        return _committed
    found = _stored_shelves()
    missing = wanted - found.keys()
    if missing:
        Shelf.objects.bulk_create(
            (
                Shelf(type=type_, locale=locale, section=section, year=year)
                for type_, locale, section, year in sorted(missing)
            ),
            ignore_conflicts=True,
        )
        found = _stored_shelves()
    # What is rolled back must not be remembered.
    transaction.on_commit(lambda: _committed.update(found))
    return found


def _stored_shelves() -> dict[Combination, int]:
    return {
        (type_, locale, section, year): id_
        for id_, type_, locale, section, year in Shelf.objects.values_list(
            "id", "type", "locale", "section", "year"
        )
    }


def forget() -> None:
    """Drop what this process remembers of shelves and words."""
    with _lock:
        _committed.clear()
        _known.clear()


COLUMNS = (
    "id, entry_id, part, gate_id, part_gate_id, early_gate_id, opens_at, closes_at, published_at, "
    "shelf_id, topics, title_key, length"
)


def _write(passages: Sequence[_Filed], shelves: dict[Combination, int]) -> None:
    adapt = connection.ops.adapt_datetimefield_value
    rows = [_row(one, shelves[_combination(one.document)], adapt) for one in passages]
    marks = ", ".join(["%s"] * len(COLUMNS.split(",")))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"INSERT INTO search_passage ({COLUMNS}, terms) VALUES ({marks}, %s::tsvector)",
                [(*row, as_tsvector(one.terms)) for row, one in zip(rows, passages, strict=True)],
            )
            return
        cursor.executemany(f"INSERT INTO search_passage ({COLUMNS}) VALUES ({marks})", rows)
        cursor.executemany(
            "INSERT INTO search_terms (rowid, title, names, body) VALUES (%s, %s, %s, %s)",
            [
                (
                    one.id,
                    in_order(one.terms.title),
                    in_order(one.terms.names),
                    in_order(one.terms.body),
                )
                for one in passages
            ],
        )
        cursor.executemany(
            "INSERT INTO search_titles (rowid, words) VALUES (%s, %s)",
            [
                (one.id, " ".join(surface for _, surface in _pairs(one.terms.title)))
                for one in passages
                if not one.part
            ],
        )


def _row(one: _Filed, shelf: int, adapt: Any) -> tuple[Any, ...]:
    document = one.document
    moments: list[datetime] = [document.opens_at, document.closes_at, document.published_at]
    return (
        one.id,
        document.entry_id,
        one.part,
        document.gate_id,
        one.part_gate,
        document.early_gate_id,
        *(adapt(moment) for moment in moments),
        shelf,
        "".join(f"\n{topic.slug}\t{topic.name}" for topic in document.topics),
        one.title_key,
        one.terms.length,
    )


def in_order(found: Places) -> str:
    """Terms for FTS5, which counts positions itself.

    Only the first term of each position stands in the order that phrases go by; the others, and the
    words as they are written, follow behind a barrier.
    """
    first = [term for term, _ in found.first]
    more = [term for _, (term, _) in found.more]
    exact = [EXACT + surface for _, surface in found.first if is_exact(surface)]
    exact += [EXACT + surface for _, (_, surface) in found.more if is_exact(surface)]
    return " ".join([*first, BARRIER, *more, *exact] if more or exact else first)


MOST_POSITION = 16_383  # a tsvector knows no higher one
MOST_PLACES = 255  # nor more of them for a term


def as_tsvector(terms: Terms) -> str:
    """The text form of a tsvector: body terms with positions, title terms also as ``=term``.

    ``^word`` are the words of the title unstemmed, for beginnings.
    """
    where: dict[Pair, list[int]] = defaultdict(list)
    start = 1
    for found in (terms.title, terms.names, terms.body):
        for place, pair in enumerate(found.first, start=start):
            where[pair].append(place)
        for place, pair in found.more:
            where[pair].append(start + place)
        start += len(found.first) + 1
    written: list[str] = []
    for (term, surface), numbered in where.items():
        # A term that is written twice here is put together by the database.
        numbers = ",".join([str(min(one, MOST_POSITION)) for one in numbered[:MOST_PLACES]])
        written.append(f"{term}:{numbers}")
        if is_exact(surface):
            written.append(f"{EXACT}{surface}:{numbers}")
    titles = {f"={term}" for found in (terms.title, terms.names) for term, _ in _pairs(found)}
    titles |= {f"^{surface}" for _, surface in _pairs(terms.title)}
    return " ".join([*(f"'{one}'" for one in sorted(titles)), *written])


def _pairs(found: Places) -> Iterator[Pair]:
    yield from found.first
    for _, pair in found.more:
        yield pair


def _learn(passages: Sequence[_Filed]) -> None:
    """Keep the words that are new, for corrections."""
    pairs: set[Pair] = set()
    for one in passages:
        for found in (one.terms.title, one.terms.names, one.terms.body):
            pairs.update(_pairs(found))
    words = {surface for _, surface in pairs}
    # In one order everywhere, so that two publishers wait for each other and do not deadlock.
    new = sorted(word for word in words - _known if _is_word(word))
    if not new:
        return
    Word.objects.bulk_create((Word(text=word) for word in new), ignore_conflicts=True)
    transaction.on_commit(lambda: _remember(new))


def _is_word(surface: str) -> bool:
    return SHORTEST_WORD <= len(surface) <= LONGEST_WORD and surface.isascii() and surface.isalpha()


def _remember(words: list[str]) -> None:
    with _lock:
        if len(_known) + len(words) > MOST_KNOWN:
            _known.clear()
        _known.update(words)
