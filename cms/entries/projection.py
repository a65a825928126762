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
class Terms:
    """What is asked of readers beyond a thing: a rule, and the time in which it holds.

    Before ``opens_at`` a reader must meet ``early`` as well; without it nobody is early.
    """

    rule: Rule = PUBLIC
    opens_at: datetime = ALWAYS
    closes_at: datetime = NEVER
    early: Rule | None = None

    @property
    def ask_nothing(self) -> bool:
        return not self.rule.clauses and self.opens_at == ALWAYS and self.closes_at == NEVER

    def __and__(self, other: "Terms") -> "Terms":
        """Both. Where each waits for a moment of its own, the early must be so for both."""
        return Terms(
            rule=self.rule & other.rule,
            opens_at=max(self.opens_at, other.opens_at),
            closes_at=min(self.closes_at, other.closes_at),
            early=_early_of(self, other),
        )

    @property
    def fingerprint(self) -> tuple[str, str, str, str]:
        early = self.early.key if self.early is not None else ""
        return self.rule.key, self.opens_at.isoformat(), self.closes_at.isoformat(), early


def _early_of(one: Terms, other: Terms) -> Rule | None:
    waiting = [terms for terms in (one, other) if terms.opens_at > ALWAYS]
    if not waiting or any(terms.early is None for terms in waiting):
        return None
    rule = PUBLIC
    for terms in waiting:
        rule = rule & (terms.early or PUBLIC)
    return rule


NO_TERMS = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file that an entry holds, under the file's own terms."""

    file: str
    terms: Terms = NO_TERMS
    part: str | None = None
    anchor: str = ""
    listing: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """A piece of an entry for fewer readers, or for a time. ``terms`` go beyond the entry's.

    With ``file`` it is that file's text, for search alone.
    """

    anchor: str
    title: str
    terms: Terms
    body: tuple[Block, ...]
    text: str = ""
    file: str = ""


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
        return bool(self.references) or any(not part.file for part in self.parts)

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
                [
                    (p.anchor, p.title, p.terms.fingerprint, p.body, p.text, p.file)
                    for p in self.parts
                ],
                [(f.file, f.terms.fingerprint, f.part, f.anchor, f.listing) for f in self.files],
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
