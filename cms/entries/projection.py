"""What a page or a record becomes: values, read from the thing and not yet stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from cms.access.reader import ALWAYS, NEVER
from cms.access.rule import PUBLIC, Rule
from cms.entries.models import Change

Block = dict[str, Any]
"""``{"type", "id", "value"}``; a place for a part is ``{"type": "section", "id": anchor}``."""


class ProjectionFailed(Exception):
    """A page cannot become an entry. The message is for its editor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file that an entry holds, behind what its own collection asks."""

    file: str
    rule: Rule = PUBLIC
    part: str | None = None
    listing: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """A piece of an entry for fewer readers. ``rule`` is its own, beyond the entry's."""

    anchor: str
    title: str
    rule: Rule
    body: tuple[Block, ...]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject, by the slug that filters take and the name that people read."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """An entry before it is stored."""

    key: str
    type: str
    locale: str
    title: str
    card: Mapping[str, Any]
    body: tuple[Block, ...]
    rule: Rule
    published_at: datetime
    updated_at: datetime
    path: str | None = None
    page_id: int | None = None
    source: str = ""
    run: str = ""
    text: str = ""
    found_by: str = ""
    early: Rule | None = None
    opens_at: datetime = ALWAYS
    closes_at: datetime = NEVER
    section: str = ""
    position: str = ""
    translation_key: UUID | None = None
    pinned_until: datetime | None = None
    topics: tuple[Topic, ...] = ()
    parts: tuple[PartOf, ...] = ()
    files: tuple[HeldFile, ...] = ()
    references: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_woven(self) -> bool:
        """Whether the body must be put together for each reader."""
        return bool(self.parts or self.references)

    @property
    def fingerprint(self) -> str:
        """128 bits over everything that readers get except where it stands and who may read it."""
        content = orjson.dumps(
            [
                {**self.card, "updated_at": None},
                self.body,
                self.text,
                self.found_by,
                [(topic.slug, topic.name) for topic in self.topics],
                [(p.anchor, p.title, p.rule.key, p.body, p.text) for p in self.parts],
                [(f.file, f.rule.key, f.part, f.listing) for f in self.files],
                sorted(self.references),
            ],
            option=orjson.OPT_NON_STR_KEYS,
        )
        return hashlib.blake2b(content, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a change matters, as the editor chose, with a one-line note."""

    value: int = Change.Weight.MINOR
    note: str = ""


NO_WEIGHT = Weight(Change.Weight.NONE)
