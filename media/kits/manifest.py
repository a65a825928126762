"""The manifest of a kit as JSON: what is in it, what can be downloaded, what changed when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cms.access.reader import NEVER
from cms.entries.records import rfc3339
from media.kits import choosing
from media.kits.choosing import Choice, KitIsBeingMade
from media.kits.difference import Change
from media.kits.layout import Layout
from media.kits.reading import Item, Kit
from media.kits.texts import Contact


@dataclass(frozen=True, slots=True)
class Download:
    """What can be taken: ``what`` is all, web or changes. No layout: it is still being made."""

    what: str
    href: str
    files: int
    layout: Layout | None
    since: int | None = None


def href(kit: Kit, choice: Choice, layout: Layout | None = None) -> str:
    """Where a choice is downloaded. With its tag, a resume never goes on with another archive."""
    query: dict[str, Any] = {}
    if choice.anchors is not None:
        query["items"] = ",".join(choice.anchors)
    if choice.size != "hd":
        query["size"] = choice.size
    if choice.since is not None:
        query["since"] = choice.since
    if layout is not None:
        query["tag"] = layout.etag.strip('"')
    address = f"/api/v1/kits/{kit.key}/v{kit.version.number}.zip"
    return f"{address}?{urlencode(query)}" if query else address


def downloads(
    kit: Kit, contacts: Sequence[Contact], terms: str, *, since: int | None
) -> list[Download]:
    """Everything in HD, everything for the web, and what changed since a version."""
    choices = [("all", Choice()), ("web", Choice(size="web"))]
    if since is not None and since != kit.version.number:
        choices.insert(0, ("changes", Choice(since=since)))
    found = []
    for what, choice in choices:
        items = choosing.items_of(kit, choice)
        if not items:
            continue
        try:
            layout = choosing.layout(kit, choice, contacts, terms)
        except KitIsBeingMade:
            found.append(Download(what, "", len(items), None, choice.since))
            continue
        address = href(kit, choice, layout)
        found.append(Download(what, address, len(items), layout, choice.since))
    return found


def item_json(kit: Kit, item: Item) -> dict[str, Any]:
    """One item, with both of its sizes where it has them."""
    said = item.said
    one = (item.anchor,)
    return {
        "id": item.anchor,
        "kind": item.kind,
        "number": kit.numbers.get(item.anchor),
        "file": item.file,
        "name": item.name,
        "title": said.get("title", ""),
        "caption": said.get("caption", ""),
        "alt": said.get("alt", ""),
        "credit": said.get("credit", ""),
        "creator": said.get("creator", ""),
        "copyright": said.get("copyright", ""),
        "usage_terms": said.get("usage_terms", ""),
        "until": None if item.until >= NEVER else rfc3339(item.until),
        "hd": _size(item.hd, href(kit, Choice(anchors=one))),
        "web": _size(item.web, href(kit, Choice(size="web", anchors=one))),
    }


def _size(blob: Any, address: str) -> dict[str, Any] | None:
    if blob is None:
        return None
    return {
        "href": address,
        "size": blob.size,
        "sha256": blob.sha256,
        "type": blob.content_type,
    }


def versions_json(kit: Kit) -> list[dict[str, Any]]:
    """Every version, newest first, with what it changed."""
    numbers = [one.number for one in kit.versions]
    told = []
    for place, one in enumerate(kit.versions):
        before = numbers[place + 1] if place + 1 < len(numbers) else None
        changes = kit.difference(before, one.number) if before is not None else ()
        told.append(
            {
                "number": one.number,
                "made_at": rfc3339(one.made_at),
                "changes": [change_json(change) for change in changes],
            }
        )
    return told


def change_json(change: Change) -> dict[str, Any]:
    return {
        "what": change.what,
        "id": change.anchor,
        "kind": change.kind,
        "title": change.title,
        "name": change.name,
        "number": change.number,
        "fields": list(change.fields),
    }


def of(kit: Kit, found: Sequence[Download], sums: Sequence[str]) -> dict[str, Any]:
    """The whole manifest; ``sums``: checksums of the downloads, empty where not known yet."""
    return {
        "key": kit.key,
        "title": kit.version.title,
        "locale": kit.version.locale,
        "url": kit.card["url"],
        "version": kit.version.number,
        "made_at": rfc3339(kit.version.made_at),
        "is_ready": all(item.is_ready for item in kit.items),
        "items": [item_json(kit, item) for item in kit.items],
        "downloads": [
            {
                "what": one.what,
                "since": one.since,
                "href": one.href or None,
                "files": one.files,
                "size": one.layout.length if one.layout else None,
                "etag": one.layout.etag if one.layout else None,
                "sha256": sum_ or None,
            }
            for one, sum_ in zip(found, sums, strict=True)
        ],
        "versions": versions_json(kit),
    }
