"""The types of entries that pages make, as the sections register them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from cms.access.reader import Reader
from cms.entries.present import EntryView
from cms.entries.schemas import Card

Context = Callable[[EntryView, Reader], Mapping[str, Any]]
"""What a type's page shows beside its entry, trimmed to the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryType:
    """A type is a name, a card and a body; the engine does not care who wrote it."""

    slug: str
    label: str | Promise
    card: type[Card]
    template: str
    in_streams: bool = True  # whether it is news for homes and feeds, or a place in the site
    context: Context | None = None
    schema_org: str = ""  # its type in JSON-LD


_types: dict[str, EntryType] = {}


def register(entry_type: EntryType) -> EntryType:
    """Make a type known to the API, the portal and the leak matrix."""
    _types[entry_type.slug] = entry_type
    return entry_type


def all_types() -> list[EntryType]:
    """Every registered type, by slug."""
    return [_types[slug] for slug in sorted(_types)]


def named(slug: str) -> EntryType | None:
    return _types.get(slug)


def label_of(slug: str) -> str:
    """A type's name for people; a record's type names itself."""
    known = _types.get(slug)
    return str(known.label) if known else slug.replace("-", " ").capitalize()


def schema_of(entry_type: EntryType) -> dict[str, Any]:
    """The JSON Schema of a type's card."""
    return entry_type.card.model_json_schema()
