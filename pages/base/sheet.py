"""Reading a page into blocks: what the reading may look up, and what it gathers on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from cms.access.rule import NOBODY, PUBLIC, Rule
from cms.entries import html
from cms.entries.projection import NO_TERMS, Block, HeldFile, PartOf, Terms
from media.models import Document, Image, Stored, Video
from media.renditions import SIZES
from media.rights import is_cleared_for, terms_of
from media.scanning import may_serve

Kept = TypeVar("Kept", bound=Stored)


@dataclass(slots=True)
class Wanted:
    """The things that pages point at, by primary key, gathered before one look-up for all."""

    images: set[int] = field(default_factory=set)
    documents: set[int] = field(default_factory=set)
    videos: set[int] = field(default_factory=set)
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
    videos: Mapping[int, Video]
    page_keys: Mapping[int, str]
    users: Mapping[int, Any]
    collection_rules: Mapping[int, Rule]
    groups: Mapping[int, str]
    texts: Mapping[int, str] = field(default_factory=dict)  # of blobs, by primary key


@dataclass(slots=True)
class Sheet:
    """Gathers files, parts and references while one page is read.

    A file that asks for more than the page does, by its collection, its territories or its dates,
    makes its block a part: those who may not have the file do not learn of it. A file that is not
    cleared for the page's ``use``, or not known to be clean, is as if it were gone.
    """

    found: Found
    rule: Rule
    use: str = "internal"
    files: list[HeldFile] = field(default_factory=list)
    parts: list[PartOf] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    part: str | None = None
    beyond: Terms = NO_TERMS  # what the files of the block being read ask beyond the page

    def image(self, pk: Any, *, size: str, alt: str = "") -> dict[str, Any] | None:
        """A picture as blocks and cards carry it, held by the page; ``None`` when it is gone."""
        image = self._usable(self.found.images, pk)
        if image is None:
            return None
        self._hold(image, None)
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
        document = self._usable(self.found.documents, pk)
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
        self._hold(document, listing)
        return listing

    def video(self, pk: Any, *, title: str = "") -> dict[str, Any] | None:
        """A film as blocks carry it, with the poster and the captions that the page then holds."""
        video = self._usable(self.found.videos, pk)
        if video is None:
            return None
        poster = self.image(video.poster_id, size="lead") if video.poster_id else None
        captions = self.document(video.captions_id) if video.captions_id else None
        listing = {
            "id": video.file_key,
            "title": title or video.title,
            "name": video.filename,
            "href": f"/files/{video.file_key}",
            "type": video.content_type,
            "size": video.file_size or 0,
        }
        self._hold(video, listing)
        return {
            **listing,
            "alt": video.description,
            "credit": video.credit,
            "duration": video.duration,
            "width": video.width,
            "height": video.height,
            "poster": poster,
            "captions": captions["href"] if captions else None,
        }

    def page(self, pk: Any) -> str | None:
        """The key of a page that this one points at."""
        key = self.found.page_keys.get(int(pk)) if pk else None
        if key is not None:
            self.references.add(key)
        return key

    def say(self, *markup: str) -> None:
        """Words for search."""
        self.words.extend(filter(None, (html.to_text(one) for one in markup)))

    def asks_for_more(self) -> Terms | None:
        """What the files read since the last call ask beyond the page, if anything."""
        beyond, self.beyond = self.beyond, NO_TERMS
        return None if beyond.ask_nothing else beyond

    def set_apart(self, anchor: str, terms: Terms, *, title: str, body: Sequence[Block]) -> Block:
        """Make a part of some blocks, and leave its place in the body."""
        text = " ".join(self.words)
        self.parts.append(
            PartOf(anchor=anchor, title=title, terms=terms, body=tuple(body), text=text)
        )
        return {"type": "section", "id": anchor}

    def parts_of_files(self) -> list[PartOf]:
        """The words of the files that the page holds, for search: each under its file's terms."""
        around = {part.anchor: part.terms for part in self.parts}
        found: dict[str, PartOf] = {}
        for held in self.files:
            if held.listing is None or not held.file.startswith("document-"):
                continue
            document = self.found.documents[int(held.file.partition("-")[2])]
            if text := self.found.texts.get(document.blob_id or 0):
                terms = held.terms & around[held.part] if held.part else held.terms
                found.setdefault(
                    held.file,
                    PartOf(
                        anchor=held.file, title=str(held.listing["title"]), terms=terms, body=(),
                        text=text, file=held.file,
                    ),
                )  # fmt: skip
        return list(found.values())

    def _usable(self, among: Mapping[int, Kept], pk: Any) -> Kept | None:
        asset: Any = among.get(int(pk)) if pk else None
        if asset is None:
            return None
        if is_cleared_for(asset, self.use) and may_serve(asset.scan):
            return asset
        self.leave_out(asset)
        return None

    def leave_out(self, asset: Stored) -> None:
        """Hold a file for nobody, so that the page is projected anew when that changes."""
        self.files.append(HeldFile(file=asset.file_key, terms=Terms(rule=NOBODY)))

    def _hold(self, asset: Any, listing: Mapping[str, Any] | None) -> None:
        own = self.found.collection_rules.get(asset.collection_id or 0, PUBLIC)
        terms = terms_of(asset) & Terms(rule=own)
        met = self.rule & terms.rule == self.rule
        self.beyond = self.beyond & (replace(terms, rule=PUBLIC) if met else terms)
        self.files.append(
            HeldFile(file=asset.file_key, terms=terms, part=self.part, listing=listing)
        )
