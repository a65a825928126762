"""Asking the entries. Every answer is trimmed to the reader, or ``StaleReader`` is raised."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection
from django.utils.dateparse import parse_datetime

from cms.access.reader import NEVER, Reader, StaleReader
from cms.entries import asking, detail, moments, select, topics
from cms.entries.cursors import Place
from cms.entries.listing import Listing, Statement
from cms.entries.present import Card, EntryView, Passage, Weaver


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: cards as JSON text, and where the next page starts."""

    cards: tuple[str, ...]
    next: Place | None

    @property
    def values(self) -> list[Card]:
        """The cards as values, for templates."""
        return [Card(card) for card in self.cards]


def entries(listing: Listing, reader: Reader) -> Page:
    """A page of cards. One query, two for a reader whose entries are rare among the newest."""
    rows = run(_first_statement(listing, reader), reader)
    if (
        not listing.is_glance
        and len(rows) <= listing.limit
        and _looked_through_a_window(listing, reader)
    ):
        rows = run(_thorough_statement(listing, reader), reader)
    return _page(listing, rows)


def count(listing: Listing, reader: Reader) -> tuple[int, bool]:
    """How many entries the list has, and whether that is exact. One query."""
    ((number,),) = run(select.count(listing, reader, vendor=connection.vendor), reader)
    return min(number, select.MOST_COUNTED), number <= select.MOST_COUNTED


_Found = dict[str, list[tuple[Any, ...]]]


def entry(reader: Reader, *, key: str = "", path: str = "") -> EntryView | None:
    """One entry as this reader gets it, or nothing. One query."""
    found = _found(reader, key=key, path=path)
    if found is None:
        return None
    ((_, _, card, body, is_woven, gate),) = found["entry"]
    blocks = orjson.loads(body)
    gates = reader.grants.gates
    return EntryView(
        card=orjson.loads(card),
        body=_weaver(found, reader).weave(blocks) if is_woven else blocks,
        **_companions(found),
        readers=gates.label(gate),
        is_public=not gates.rules[gate].clauses,
    )


def entry_json(reader: Reader, *, key: str = "", path: str = "") -> bytes | None:
    """The same as JSON. Stored text passes through, unless the body is woven for the reader."""
    found = _found(reader, key=key, path=path)
    if found is None:
        return None
    ((_, _, card, body, is_woven, _gate),) = found["entry"]
    if is_woven:
        body = orjson.dumps(_weaver(found, reader).weave(orjson.loads(body))).decode()
    companions = orjson.dumps(_companions(found)).decode()
    return f'{card[:-1]},"body":{body},{companions[1:]}'.encode()


def _found(reader: Reader, *, key: str, path: str) -> _Found | None:
    """The rows of one entry, by kind."""
    rows = run(detail.one(reader, vendor=connection.vendor, key=key, path=path), reader)
    found: _Found = {}
    for kind, *rest in rows:
        found.setdefault(kind, []).append(tuple(rest))
    return found if "entry" in found else None


def _companions(found: _Found) -> dict[str, Any]:
    """What stands beside an entry: translations, files, breadcrumb."""
    return {
        "translations": [
            {"key": key, "locale": locale, "title": title, "url": path}
            for _, key, locale, title, path, _ in found.get("translation", ())
        ],
        "files": [orjson.loads(listing) for _, _, listing, *_ in found.get("file", ())],
        "breadcrumb": [
            {"key": key, "title": title, "url": path, "type": type_}
            for _, key, title, type_, path, _ in found.get("crumb", ())
        ],
    }


def cards_of(keys: Sequence[str], reader: Reader) -> dict[str, dict[str, Any]]:
    """Those of the keys that the reader may read, with their cards. One query."""
    if not keys:
        return {}
    rows = run(select.named("key", keys, "e.key, e.card", reader, vendor=connection.vendor), reader)
    return {key: orjson.loads(card) for key, card in rows}


def breadcrumb(path: str, reader: Reader) -> list[dict[str, Any]]:
    """The readable entries above a path, from the top down. One query."""
    steps = path.strip("/").split("/")
    above = ["/" + "/".join(steps[:end]) + "/" for end in range(1, len(steps))]
    if not above:
        return []
    columns = "e.key, e.title, e.path, e.type"
    rows = run(select.named("path", above, columns, reader, vendor=connection.vendor), reader)
    crumbs = [
        {"key": key, "title": title, "url": url, "type": type_} for key, title, url, type_ in rows
    ]
    return sorted(crumbs, key=lambda crumb: len(crumb["url"]))


def path_of(place: str, reader: Reader) -> str | None:
    """The path, with a slash at its end, of a subtree named by its path or by its entry's key.

    ``None``: that key is nothing to this reader, or has no path. At most one query.
    """
    if not place.startswith("/"):
        top = cards_of([place], reader).get(place)
        if top is None or not top["url"].startswith("/"):
            return None
        place = str(top["url"])
    return place if place.endswith("/") else f"{place}/"


def may_have(file: str, reader: Reader) -> datetime | None:
    """Until when the reader may have a file, as far as is known; ``None``: there is none."""
    rows = run(detail.holder_of(file, reader, vendor=connection.vendor), reader)
    return as_moment(rows[0][0]) if rows else None


@dataclass(frozen=True, slots=True)
class Proof:
    """What an answer depends on: the access version, the head of the feed, and time."""

    version: int
    head: int
    until: datetime  # when the next entry, part or file opens or closes

    @property
    def versions(self) -> tuple[int, int]:
        return self.version, self.head


def proof(at: datetime) -> Proof:
    """What answers given at this moment depend on. One query.

    No public answer may be cached past ``until``.
    """
    rows = asking.rows(
        f"SELECT s.version, h.last, {moments.NEXT} "
        "FROM access_accessstate s CROSS JOIN entries_feedhead h",
        moments.asked_at(at),
    )
    row = rows[0] if rows else (0, 0)
    following = [as_moment(value) for value in row[2:] if value is not None]
    return Proof(row[0], row[1], min(following, default=NEVER))


def versions() -> tuple[int, int]:
    """The access version and the head of the feed, as they are now. One small query."""
    rows = asking.rows(
        "SELECT s.version, h.last FROM access_accessstate s CROSS JOIN entries_feedhead h"
    )
    return (rows[0][0], rows[0][1]) if rows else (0, 0)


def as_moment(value: datetime | str) -> datetime:
    """A moment as databases return it from plain SQL: SQLite gives text."""
    parsed = parse_datetime(value) if isinstance(value, str) else value
    if parsed is None:
        raise ValueError(f"Not a moment: {value!r}")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _first_statement(listing: Listing, reader: Reader) -> Statement:
    vendor = connection.vendor
    if not _looked_through_a_window(listing, reader):
        return _thorough_statement(listing, reader)
    if _is_by_topic(listing):
        return topics.by_window(listing, reader, vendor=vendor)
    if _is_by_gate(listing) and listing.section_path is None:
        return select.by_window(listing, reader, vendor=vendor)
    return select.by_long_window(listing, reader, vendor=vendor)


def _thorough_statement(listing: Listing, reader: Reader) -> Statement:
    vendor = connection.vendor
    if vendor != "postgresql" or _is_selective(listing) or _is_a_branch(listing, reader):
        return select.plain(listing, reader, vendor=vendor)
    if _is_by_topic(listing):
        return topics.by_gate(listing, reader)
    if _is_by_gate(listing):
        return select.by_gate(listing, reader)
    return select.by_sorting(listing, reader, vendor=vendor)


def _looked_through_a_window(listing: Listing, reader: Reader) -> bool:
    if _is_selective(listing):
        return False
    if connection.vendor != "postgresql":
        is_wide = len(reader.grants.open_gates) > select.FEW_GATES
        return _is_by_topic(listing) or (listing.section_path is not None and is_wide)
    return not _is_by_gate(listing) or len(reader.grants.open_gates) > select.FEW_GATES


def _is_selective(listing: Listing) -> bool:
    """Subtrees but those of a section by date, the menu and the pinned: few, by their indexes."""
    if listing.menu or listing.pinned_at is not None:
        return True
    return listing.under is not None and listing.section_path is None


def _is_a_branch(listing: Listing, reader: Reader) -> bool:
    """A part of a section, which may be far smaller than what the reader may read of it all."""
    is_part = listing.section_path is not None and not listing.is_section
    return is_part and len(reader.grants.open_gates) > select.FEW_GATES


def _is_by_topic(listing: Listing) -> bool:
    return bool(listing.topics) and listing.order == "-published_at"


def _is_by_gate(listing: Listing) -> bool:
    """An index has each gate's entries in this order."""
    return listing.column == "published_at"


def run(statement: Statement, reader: Reader) -> list[tuple[Any, ...]]:
    """The rows after the version and the head, which must be the reader's."""
    rows = asking.rows(statement.sql, statement.params)
    if not rows or rows[0][0] != reader.grants.version:
        raise StaleReader
    return [row[2:] for row in rows if row[2] is not None]


def _page(listing: Listing, rows: list[tuple[Any, ...]]) -> Page:
    following = None
    if len(rows) > listing.limit:
        rows = rows[: listing.limit]
        _, id_, value = rows[-1]
        if listing.is_dated:
            value = as_moment(value).isoformat()
        following = Place(value, id_)
    return Page(tuple(row[0] for row in rows), following)


def _weaver(found: _Found, reader: Reader) -> Weaver:
    gates = reader.grants.gates
    return Weaver(
        passages={
            anchor: Passage(title=title, body=orjson.loads(body), readers=gates.names(gate))
            for _, anchor, title, body, _, gate in found.get("part", ())
        },
        cards={key: Card(card) for _, key, card, *_ in found.get("reference", ())},
    )


def newest_with_topics(view: EntryView, reader: Reader, *, limit: int) -> list[Card]:
    """Entries that share a topic with this one, among the newest of it. One query."""
    slugs = tuple(topic["slug"] for topic in view.card["topics"])
    if not slugs:
        return []
    listing = Listing(
        topics=slugs,
        locales=(view.card["locale"],),
        limit=limit,
        without=(view.card["key"],),
        is_glance=True,
    )
    return entries(listing, reader).values


def menu(reader: Reader, locale: str) -> list[Card]:
    """The sections of a language, in the editors' order. One query."""
    listing = Listing(locales=(locale,), menu=True, limit=20, order="menu")
    return entries(listing, reader).values


def without(listing: Listing, *keys: str) -> Listing:
    """The same list, less these entries."""
    return replace(listing, without=(*listing.without, *keys))
