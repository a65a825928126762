"""A kit as its page shows it: items with their sizes, downloads, the thread of versions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cms.access.reader import Reader
from cms.entries.portal import words
from cms.entries.portal.tongues import in_language
from cms.entries.present import EntryView
from cms.problems import NothingHere
from media.blobs import Blob
from media.downloads import logging
from media.kits import manifest, reading
from media.kits.choosing import Choice
from media.kits.reading import Kit
from media.kits.sums import sum_of
from media.kits.texts import Contact
from pages.press import hours, kit_words

KINDS = ("photo", "video", "document", "logo")
FIRST_PHOTOS = 9
"""Photos on the sheet before the way to the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One of the forms in which an item is taken; no bytes while it is being made."""

    href: str
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KitItem:
    """An item as this reader has it. ``said`` is what its listing says, with its number now."""

    anchor: str
    kind: str
    said: Mapping[str, Any]
    readers: str  # in words, where it is not for everybody who reads the kit
    hd: Size | None
    web: Size | None
    # The library's words, which may be in several languages: pairs of a language and words.
    terms: Sequence[tuple[str, str]] = ()
    caption: Sequence[tuple[str, str]] = ()
    shows: Sequence[tuple[str, str]] = ()
    lasts: str = ""  # how long a film plays

    @property
    def credit_line(self) -> str:
        """What has to be printed with it."""
        return str(self.said["credit"] or self.said["copyright"] or self.said["creator"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A knot on the thread of versions."""

    number: int
    made_at: datetime
    sentences: Sequence[str]
    state: str  # now, cut or nothing
    taken_at: datetime | None = None  # where it is the one that the reader took last


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """An archive: ``what`` is changes, all or web. No address while it is being made."""

    what: str
    since: int | None
    files: int
    href: str
    size: int | None
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitPage:
    """Everything of a kit that its page shows beside the entry."""

    photos: Sequence[KitItem]
    others: Sequence[KitItem]
    downloads: Sequence[Download] = ()
    versions: Sequence[Version] = ()
    version: int | None = None
    made_at: datetime | None = None
    zip_href: str = ""

    @property
    def first_photos(self) -> Sequence[KitItem]:
        return self.photos[:FIRST_PHOTOS]

    @property
    def more_photos(self) -> Sequence[KitItem]:
        return self.photos[FIRST_PHOTOS:]


def page_of(view: EntryView, reader: Reader, contacts: Sequence[Contact]) -> KitPage:
    """The kit's page for this reader. A draft that was never published has no versions."""
    kit, locale = _stored(view, reader), str(view.card["locale"])
    if kit is None:
        photos, others = _by_kind(_items(view.body, {}, _in_order(view.body), locale))
        return KitPage(photos=photos, others=others)
    sizes = {item.anchor: (kit, item) for item in kit.items}
    photos, others = _by_kind(_items(view.body, sizes, kit.numbers, locale))
    own = logging.version_taken(reader, kit.key)
    since = own[0] if own and own[0] in kit.older else None
    found = manifest.downloads(kit, contacts, "", since=since)
    return KitPage(
        photos=photos,
        others=others,
        downloads=[_download(one) for one in found],
        versions=list(_versions(kit, own)),
        version=kit.version.number,
        made_at=kit.version.made_at,
        zip_href=manifest.href(kit, Choice()),
    )


def _stored(view: EntryView, reader: Reader) -> Kit | None:
    try:
        return reading.kit(str(view.card["key"]), reader, card=view.card)
    except NothingHere:
        return None


def _in_order(body: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The numbers of a draft's photos, as if all of them were everybody's."""
    photos = [one.anchor for one in _items(body, {}, {}, "") if one.kind == "photo"]
    return {anchor: place for place, anchor in enumerate(photos, start=1)}


def _by_kind(items: Iterable[KitItem]) -> tuple[list[KitItem], list[KitItem]]:
    """Photos, and the others."""
    found = list(items)
    return (
        [one for one in found if one.kind == "photo"],
        [one for one in found if one.kind != "photo"],
    )


def _items(
    body: Iterable[Mapping[str, Any]],
    sizes: Mapping[str, tuple[Kit, Any]],
    numbers: Mapping[str, int],
    locale: str,
    readers: str = "",
) -> Iterator[KitItem]:
    """The items of a woven body, those in parts too, in their order."""
    for block in body:
        if block["type"] == "section":
            named = any(block["readers"])
            whom = words.readers(block["readers"]) if named else ""
            yield from _items(block["body"], sizes, numbers, locale, whom)
        elif block["type"] in KINDS:
            anchor, said = str(block["id"]), block["value"]
            hd, web = _sizes(anchor, sizes)
            yield KitItem(
                anchor=anchor,
                kind=block["type"],
                said={**said, "number": numbers.get(anchor)},
                readers=readers,
                hd=hd,
                web=web,
                terms=in_language(said["usage_terms"], locale),
                caption=in_language(said["caption"], locale),
                shows=in_language(said["alt"], locale),
                lasts=hours.lasting(said.get("duration")),
            )


def _sizes(anchor: str, sizes: Mapping[str, tuple[Kit, Any]]) -> tuple[Size | None, Size | None]:
    if anchor not in sizes:
        return None, None
    kit, item = sizes[anchor]
    hd = Size(href=manifest.href(kit, Choice(anchors=(anchor,))), size=_length(item.hd))
    if not item.is_picture:
        return hd, None
    small = manifest.href(kit, Choice(size="web", anchors=(anchor,)))
    return hd, Size(href=small, size=_length(item.web))


def _length(blob: Blob | None) -> int | None:
    return blob.size if blob is not None else None


def _download(one: manifest.Download) -> Download:
    size = one.layout.length if one.layout else None
    # One sum is read and shown: of the whole kit, which people compare.
    sha256 = sum_of(one.layout) if one.layout and one.what == "all" else ""
    return Download(
        what=one.what, since=one.since, files=one.files, href=one.href, size=size, sha256=sha256
    )


def _versions(kit: Kit, own: tuple[int, datetime] | None) -> Iterator[Version]:
    """Newest first. A version that changed nothing this reader may know of is no knot."""
    numbers = [one.number for one in kit.versions]
    for place, one in enumerate(kit.versions):
        before = numbers[place + 1] if place + 1 < len(numbers) else None
        if before is None:
            items = kit.items if place == 0 else kit.older[one.number]
            said, only_removed = [kit_words.beginning(items)], False
        else:
            changes = kit.difference(before, one.number)
            if not changes and place and not (own and own[0] == one.number):
                continue
            said = kit_words.sentences(changes)
            only_removed = bool(changes) and all(one.what == "removed" for one in changes)
        state = "now" if place == 0 else "cut" if only_removed else ""
        yield Version(
            number=one.number,
            made_at=one.made_at,
            sentences=[line for line in said if line],
            state=state,
            taken_at=own[1] if own and own[0] == one.number else None,
        )
