"""What there is to find: every entry and every part of one, as documents. Types need no code here.

A type whose card holds further words to be found by registers how to read them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from cms.entries.models import Entry, EntryTopic, Part
from cms.entries.projection import Topic
from search.analysis import places

Card = Mapping[str, Any]
TITLE_KEY = 120
"""Characters of a title by which it is known to be just what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDocument:
    """A piece of an entry for fewer readers, with a gate beyond the entry's."""

    anchor: str
    title: str
    text: str
    gate_id: int
    kind: str = "section"  # or file


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


_more_names: dict[str, Callable[[Card], Iterable[str]]] = {}


def register(type_slug: str, names: Callable[[Card], Iterable[str]]) -> None:
    """Say which further words of a type's card find it."""
    _more_names[type_slug] = names


def of(entry_ids: Iterable[int]) -> list[Document]:
    """The documents of these entries as they are stored now, those that exist. Three queries."""
    ids = list(entry_ids)
    entries = list(Entry.objects.filter(pk__in=ids).defer("body").order_by("pk"))
    if not entries:
        return []
    parts: dict[int, list[PartDocument]] = defaultdict(list)
    for part in Part.objects.filter(entry__in=ids).defer("body").order_by("entry", "position"):
        parts[part.entry_id].append(
            PartDocument(anchor=part.anchor, title=part.title, text=part.text, gate_id=part.gate_id)
        )
    topics: dict[int, list[Topic]] = defaultdict(list)
    for topic in EntryTopic.objects.filter(entry__in=ids).order_by("entry", "pk"):
        topics[topic.entry_id].append(Topic(slug=topic.slug, name=topic.name))
    return [_document(one, topics[one.pk], parts[one.pk]) for one in entries]


def title_key(title: str) -> str:
    """A title as people type it: its words, folded."""
    return " ".join(surface for _, surface in places(title, "").first)[:TITLE_KEY]


def _document(entry: Entry, topics: Sequence[Topic], parts: Sequence[PartDocument]) -> Document:
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


def _names(entry: Entry, topics: Sequence[Topic]) -> Iterable[str]:
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
