"""Filing documents in the embedded index, in the transaction that publishes them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from threading import Lock
from typing import Any

from django.db import connection, transaction

from cms.entries.models import Entry
from search import documents
from search.analysis import Pair, Places, is_exact, places
from search.documents import Document, PartDocument, title_hash, title_key
from search.engines.embedded import interning
from search.engines.embedded.interning import Combination
from search.engines.embedded.stretches import stretches
from search.engines.embedded.terms import EXACT
from search.models import PASSAGES_AN_ENTRY, Passage, Word

LONGEST_WORD = 40
SHORTEST_WORD = 3
MOST_KNOWN = 400_000
BARRIER = "·"
"""Stands between the words of a text and what was appended to it: no phrase goes across."""

NO_PLACES = Places((), ())


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
    terms: Terms
    part: PartDocument | None = None
    start: int = 0
    title_hash: int | None = None


@transaction.atomic
def file(entry_ids: Iterable[int]) -> None:
    """Bring the index up to the stored entries. A fixed number of statements."""
    ids = list(entry_ids)
    found = documents.of(ids)
    Passage.objects.filter(entry__in=ids)._raw_delete(using="default")
    passages = [passage for document in found for passage in _passages(document)]
    if not passages:
        return
    shelves = interning.shelves({_combination(document) for document in found})
    subjects = interning.subjects({_lines(document) for document in found})
    _write(passages, shelves, subjects)
    _learn(passages)


def rebuild(*, batch: int = 500) -> Iterator[int]:
    """File every entry anew, batch by batch, while readers search. Yields how many were done."""
    last = 0
    while ids := list(
        Entry.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]
    ):
        for some in documents.in_batches(ids):
            file(some)
            yield len(some)
        last = ids[-1]
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
    shelves = interning.shelves(set(together))
    for combination, ids in together.items():
        Passage.objects.filter(entry__in=ids).update(shelf=shelves[combination])


def _passages(document: Document) -> Iterator[_Filed]:
    first = document.entry_id * PASSAGES_AN_ENTRY
    return islice(_numbered(document, count(first)), PASSAGES_AN_ENTRY)


def _numbered(document: Document, ids: Iterator[int]) -> Iterator[_Filed]:
    """A passage for each stretch. Titles and names stand in the first of a text."""
    locale = document.locale
    for start, text in stretches(document.text):
        terms = Terms(
            title=NO_PLACES if start else places(document.title, locale),
            names=NO_PLACES if start else places(document.names, locale),
            body=places(text, locale),
        )
        hashed = None if start else title_hash(title_key(document.title))
        yield _Filed(next(ids), document, terms, start=start, title_hash=hashed)
    for part in document.parts:
        for start, text in stretches(part.text):
            terms = Terms(
                title=NO_PLACES if start else places(part.title, locale),
                names=NO_PLACES,
                body=places(text, locale),
            )
            yield _Filed(next(ids), document, terms, part, start)


def _combination(document: Document) -> Combination:
    return document.type, document.locale, document.section, document.published_at.year


def _lines(document: Document) -> str:
    return "\n".join(f"{topic.slug}\t{topic.name}" for topic in document.topics)


_known: set[str] = set()
_lock = Lock()


def forget() -> None:
    """Drop what this process remembers of shelves, topics and words."""
    interning.forget()
    with _lock:
        _known.clear()


COLUMNS = (
    "id, entry_id, gate_id, early_gate_id, opens_at, closes_at, published_at, shelf_id, "
    "subjects_id, length, start, title_hash, part, part_gate_id, part_early_gate_id, "
    "part_opens_at, part_closes_at"
)


def _write(
    passages: Sequence[_Filed], shelves: Mapping[Combination, int], subjects: Mapping[str, int]
) -> None:
    rows = [
        _row(one, shelves[_combination(one.document)], subjects.get(_lines(one.document)))
        for one in passages
    ]
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
                if one.part is None and not one.start
            ],
        )


def _row(one: _Filed, shelf: int, subjects: int | None) -> tuple[Any, ...]:
    adapt = connection.ops.adapt_datetimefield_value
    document, part = one.document, one.part
    return (
        one.id,
        document.entry_id,
        document.gate_id,
        document.early_gate_id,
        adapt(document.opens_at),
        adapt(document.closes_at),
        adapt(document.published_at),
        shelf,
        subjects,
        one.terms.length,
        one.start,
        one.title_hash,
        *(
            ("", None, None, None, None)
            if part is None
            else (
                part.anchor,
                part.gate_id,
                part.early_gate_id,
                adapt(part.opens_at),
                adapt(part.closes_at),
            )
        ),
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
SHORT = 4096
PADDING = f"'{'~' * 2000}'"
"""PostgreSQL stores long rows' words outside of the row, compressed. No row may be short: searches
look at thousands of rows and read the words of some tens. Nobody looks for this word."""


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
    text = " ".join([*(f"'{one}'" for one in sorted(titles)), *written])
    return f"{text} {PADDING}" if len(text) < SHORT else text


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
