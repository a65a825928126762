"""Reading a page into blocks: what the reading may look up, and what it gathers on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cms.access.rule import PUBLIC, Rule
from cms.entries import html
from cms.entries.projection import Block, HeldFile, PartOf
from media.models import Document, Image
from media.renditions import SIZES


@dataclass(slots=True)
class Wanted:
    """The things that pages point at, by primary key, gathered before one look-up for all."""

    images: set[int] = field(default_factory=set)
    documents: set[int] = field(default_factory=set)
    pages: set[int] = field(default_factory=set)
    users: set[int] = field(default_factory=set)

    def add(self, kind: set[int], value: Any) -> None:
        if value:
            kind.add(int(value))


@dataclass(frozen=True, slots=True)
class Found:
    """What the look-up brought. Missing things are absent: whatever pointed at them is left out."""

    images: Mapping[int, Image]
    documents: Mapping[int, Document]
    page_keys: Mapping[int, str]
    users: Mapping[int, Any]
    collection_rules: Mapping[int, Rule]
    groups: Mapping[int, str]


@dataclass(slots=True)
class Sheet:
    """Gathers files, parts and references while one page is read.

    A file whose collection asks for more than the page does makes its block a part: those who may
    not have the file do not learn of it.
    """

    found: Found
    rule: Rule
    files: list[HeldFile] = field(default_factory=list)
    parts: list[PartOf] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    part: str | None = None
    beyond: Rule = PUBLIC  # what the files of the block being read ask beyond the page

    def image(self, pk: Any, *, size: str, alt: str = "") -> dict[str, Any] | None:
        """A picture as blocks and cards carry it, held by the page; ``None`` when it is gone."""
        image = self.found.images.get(int(pk)) if pk else None
        if image is None:
            return None
        self._hold(image.file_key, image.collection_id, None)
        width, height = SIZES[size].measures(image.width, image.height)
        return {
            "src": f"/files/{image.file_key}/{size}",
            "alt": alt or image.description,
            "credit": image.credit,
            "width": width,
            "height": height,
        }

    def document(self, pk: Any, *, title: str = "") -> dict[str, Any] | None:
        """A file as blocks and the entry's list of files carry it."""
        document = self.found.documents.get(int(pk)) if pk else None
        if document is None:
            return None
        listing = {
            "id": document.file_key,
            "title": title or document.title,
            "name": document.filename,
            "href": f"/files/{document.file_key}",
            "type": document.content_type,
            "size": document.file_size or 0,
        }
        self._hold(document.file_key, document.collection_id, listing)
        return listing

    def page(self, pk: Any) -> str | None:
        """The key of a page that this one points at."""
        key = self.found.page_keys.get(int(pk)) if pk else None
        if key is not None:
            self.references.add(key)
        return key

    def say(self, *markup: str) -> None:
        """Words for search."""
        self.words.extend(filter(None, (html.to_text(one) for one in markup)))

    def asks_for_more(self) -> Rule | None:
        """What the files read since the last call ask beyond the page, if anything."""
        beyond, self.beyond = self.beyond, PUBLIC
        return beyond if beyond.clauses else None

    def set_apart(self, anchor: str, rule: Rule, *, title: str, body: Sequence[Block]) -> Block:
        """Make a part of some blocks, and leave its place in the body."""
        text = " ".join(self.words)
        self.parts.append(
            PartOf(anchor=anchor, title=title, rule=rule, body=tuple(body), text=text)
        )
        return {"type": "section", "id": anchor}

    def _hold(self, file: str, collection: int | None, listing: Mapping[str, Any] | None) -> None:
        own = self.found.collection_rules.get(collection or 0, PUBLIC)
        extra = PUBLIC if self.rule & own == self.rule else own
        self.beyond = self.beyond & extra
        self.files.append(HeldFile(file=file, rule=own, part=self.part, listing=listing))
