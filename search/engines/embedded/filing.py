"""Filing documents in the embedded index, in the transaction that publishes them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from threading import Lock

from django.db import connection, transaction

from cms.entries.models import Entry
from search import documents
from search.analysis import Pair, Places, places
from search.documents import Document, PartDocument, key_of, title_hash
from search.engines.embedded import interning, lagging
from search.engines.embedded.interning import Combination
from search.engines.embedded.stretches import stretches
from search.engines.embedded.writing import Filed, Terms, write
from search.models import PASSAGES_AN_ENTRY, Passage, Word

LONGEST_WORD = 40
SHORTEST_WORD = 3
MOST_KNOWN = 400_000

NO_PLACES = Places((), ())


@transaction.atomic
def file(entry_ids: Iterable[int]) -> None:
    """Bring the index up to the stored entries. A fixed number of statements."""
    ids = list(entry_ids)
    found = documents.of(ids)
    _forget_passages(ids)
    if not found:
        return
    shelves = interning.shelves({_combination(document) for document in found})
    subjects = interning.subjects({_lines(document) for document in found})
    passages = [
        passage
        for document in found
        for passage in _passages(
            document, shelves[_combination(document)], subjects.get(_lines(document))
        )
    ]
    write(passages)
    _learn(passages)


def rebuild(*, batch: int = 500) -> Iterator[int]:
    """File every entry anew, batch by batch, while readers search. Yields how many were done."""
    last = 0
    while ids := list(
        Entry.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]
    ):
        for some in documents.in_batches(ids):
            for one in _file_those_not_held(some):
                _file_held(one)
            yield len(some)
        last = ids[-1]
    orphans = Passage.objects.exclude(entry__in=Entry.objects.values("pk"))
    orphans._raw_delete(using="default")


@transaction.atomic
def _file_those_not_held(entry_ids: Sequence[int]) -> list[int]:
    """File what nobody is changing, which must not change meanwhile. Returns the others."""
    free = Entry.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=entry_ids)
    held = set(free.values_list("pk", flat=True))
    file(id_ for id_ in entry_ids if id_ in held)
    return [id_ for id_ in entry_ids if id_ not in held]


@transaction.atomic
def _file_held(entry_id: int) -> None:
    """File one that was being changed. Waiting for one row, and holding none, nobody is blocked."""
    waited_for = Entry.objects.select_for_update(no_key=True).filter(pk=entry_id)
    file(list(waited_for.values_list("pk", flat=True)))


def _forget_passages(entry_ids: Sequence[int]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH kept_up AS (DELETE FROM search_lagging WHERE entry_id = ANY(%s)) "
                "DELETE FROM search_passage WHERE entry_id = ANY(%s)",
                [list(entry_ids), list(entry_ids)],
            )
        return
    Passage.objects.filter(entry__in=entry_ids)._raw_delete(using="default")


@transaction.atomic
def reshelve(entry_ids: Sequence[int]) -> None:
    """Bring shelves up to the sections of these entries. One statement for each shelf."""
    shelves = interning.shelves_of(entry_ids)
    if lagging.is_for(len(entry_ids)):
        lagging.put_off(entry_ids)
        return
    for shelf, ids in shelves.items():
        Passage.objects.filter(entry__in=ids).update(shelf=shelf)


def _passages(document: Document, shelf: int, subjects: int | None) -> Iterator[Filed]:
    """A passage for each stretch, so many at most. Titles and names stand in the first."""
    ids = count(document.entry_id * PASSAGES_AN_ENTRY)
    numbered = (
        Filed(id_, document, terms, shelf, subjects, part, start, hashed)
        for id_, (terms, part, start, hashed) in zip(ids, _texts(document), strict=False)
    )
    return islice(numbered, PASSAGES_AN_ENTRY)


def _texts(document: Document) -> Iterator[tuple[Terms, PartDocument | None, int, int | None]]:
    locale = document.locale
    title = places(document.title, locale)
    for start, text in stretches(document.text):
        terms = Terms(
            title=NO_PLACES if start else title,
            names=NO_PLACES if start else places(document.names, locale),
            body=places(text, locale),
        )
        yield terms, None, start, None if start else title_hash(key_of(title))
    for part in document.parts:
        for start, text in stretches(part.text):
            terms = Terms(
                title=NO_PLACES if start else places(part.title, locale),
                names=NO_PLACES,
                body=places(text, locale),
            )
            yield terms, part, start, None


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


def _learn(passages: Sequence[Filed]) -> None:
    """Keep the words that are new, for corrections."""
    pairs: set[Pair] = set()
    for one in passages:
        for found in (one.terms.title, one.terms.names, one.terms.body):
            pairs.update(found.pairs())
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
