"""What there is to find: every entry and every part of one, as documents. Types need no code here.

A type whose card holds further words to be found by registers how to read them.

Texts of files may be long as books. Of each part so many characters are read, and so many of all
parts of an entry: beyond them nothing is found, on no engine.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import orjson
from django.db.models import Sum
from django.db.models.functions import Left, Length

from cms.access.reader import ALWAYS, NEVER
from cms.entries.models import Entry, EntryTopic, Part
from cms.entries.projection import Topic
from search.analysis import Places, places

Card = Mapping[str, Any]
TITLE_KEY = 120
"""Characters of a title by which it is known to be just what was asked."""
LONGEST_TEXT = 1_000_000
"""Characters of a part's text that are searched: some 400 pages."""
LONGEST_ENTRY = 10_000_000
"""Characters of the texts of all parts together."""
AT_ONCE = 20_000_000
"""Characters of parts in a batch of entries, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDocument:
    """A piece of an entry for fewer readers or for a time: what it asks beyond the entry's rule.

    Of a file, ``title`` is its name and ``file`` its key, such as ``document-5``.
    """

    anchor: str
    title: str
    text: str
    gate_id: int
    early_gate_id: int | None = None
    opens_at: datetime = ALWAYS
    closes_at: datetime = NEVER
    kind: str = "section"  # or file
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An entry as it is searched: words, facets, and everything that decides access.

    ``names`` are further words that find it like its title does: people, topics, its own key, and
    what its editors wrote it should be found by. They are never shown.
    """

    entry_id: int
    key: str
    type: str
    locale: str
    section: str
    path: str  # on the portal; empty for a record
    title: str
    text: str
    names: str
    topics: tuple[Topic, ...]
    gate_id: int
    early_gate_id: int | None
    opens_at: datetime
    closes_at: datetime
    published_at: datetime
    updated_at: datetime
    parts: tuple[PartDocument, ...] = ()


_READ = (
    "pk", "key", "type", "locale", "section", "path", "title", "text", "card", "source", "found_by",
    "gate_id", "early_gate_id", "opens_at", "closes_at", "published_at", "updated_at",
)  # fmt: skip

_more_names: dict[str, Callable[[Card], Iterable[str]]] = {}


def register(type_slug: str, names: Callable[[Card], Iterable[str]]) -> None:
    """Say which further words of a type's card find it."""
    _more_names[type_slug] = names


def of(entry_ids: Iterable[int]) -> list[Document]:
    """The documents of these entries as they are stored now, those that exist. Three queries."""
    ids = list(entry_ids)
    # Rows and not models: bulk loading reads back each entry that it stores.
    entries = list(Entry.objects.filter(pk__in=ids).order_by("pk").values_list(*_READ, named=True))
    if not entries:
        return []
    parts = _parts(ids)
    topics: dict[int, list[Topic]] = defaultdict(list)
    for topic in EntryTopic.objects.filter(entry__in=ids).order_by("entry", "pk"):
        topics[topic.entry_id].append(Topic(slug=topic.slug, name=topic.name))
    return [_document(one, topics[one.pk], parts[one.pk]) for one in entries]


def in_batches(entry_ids: Sequence[int]) -> Iterator[list[int]]:
    """The same ids, in batches whose texts of parts fit in memory together."""
    lengths = dict(
        Part.objects.filter(entry__in=entry_ids)
        .values_list("entry")
        .annotate(length=Sum(Length("text")))
    )
    batch: list[int] = []
    size = 0
    for id_ in entry_ids:
        length = min(lengths.get(id_, 0), LONGEST_ENTRY)
        if batch and size + length > AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(id_)
        size += length
    if batch:
        yield batch


def _parts(entry_ids: Sequence[int]) -> Mapping[int, list[PartDocument]]:
    found: dict[int, list[PartDocument]] = defaultdict(list)
    room: dict[int, int] = defaultdict(lambda: LONGEST_ENTRY)
    for part in _of_parts(entry_ids):
        text = part["beginning"][: room[part["entry_id"]]]
        room[part["entry_id"]] -= len(text)
        found[part["entry_id"]].append(
            PartDocument(
                anchor=part["anchor"],
                title=part["title"],
                text=text,
                gate_id=part["gate_id"],
                early_gate_id=part["early_gate_id"],
                opens_at=part["opens_at"],
                closes_at=part["closes_at"],
                kind=part["kind"],
                file=part["file"],
            )
        )
    return found


def _of_parts(entry_ids: Sequence[int]) -> Iterable[Mapping[str, Any]]:
    return (
        Part.objects.filter(entry__in=entry_ids)
        .order_by("entry", "position")
        .annotate(beginning=Left("text", LONGEST_TEXT))
        .values(
            "entry_id", "anchor", "title", "beginning", "gate_id", "early_gate_id", "opens_at",
            "closes_at", "kind", "file",
        )
    )  # fmt: skip


def title_key(title: str) -> str:
    """A title as people type it: its words, folded."""
    return key_of(places(title, ""))


def key_of(title: Places) -> str:
    """The same of what was found in a title, in whatever language: words are alike in all."""
    return " ".join(surface for _, surface in title.first)[:TITLE_KEY]


def title_hash(key: str) -> int:
    """A title's key in 64 bits with a sign: titles are looked up by it."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def hash_of(lines: str) -> str:
    """By which a combination of topics is interned."""
    return blake2b(lines.encode(), digest_size=16).hexdigest()


def _document(entry: Any, topics: Sequence[Topic], parts: Sequence[PartDocument]) -> Document:
    return Document(
        entry_id=entry.pk,
        key=entry.key,
        type=entry.type,
        locale=entry.locale,
        section=entry.section,
        path=entry.path or "",
        title=entry.title,
        text=entry.text,
        names=" ".join(_names(entry, topics)),
        topics=tuple(topics),
        gate_id=entry.gate_id,
        early_gate_id=entry.early_gate_id,
        opens_at=entry.opens_at,
        closes_at=entry.closes_at,
        published_at=entry.published_at,
        updated_at=entry.updated_at,
        parts=tuple(parts),
    )


def _names(entry: Any, topics: Sequence[Topic]) -> Iterable[str]:
    card = orjson.loads(entry.card)
    yield from (topic.name for topic in topics)
    for role in ("author", "owner"):
        person = card.get(role)
        if isinstance(person, dict) and person.get("name"):
            yield str(person["name"])
    if entry.source:
        yield entry.key.removeprefix(f"{entry.source}-")  # a record's own number, or code
    if more := _more_names.get(entry.type):
        yield from more(card)
    if entry.found_by:
        yield entry.found_by
