"""A kit as one reader may have it, now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef

from cms.access.reader import Reader
from cms.entries import read
from cms.entries.holdings import HeldItem, held_by
from cms.problems import NothingHere
from media.blobs import Blob
from media.kits import numbering
from media.kits.difference import Change, difference
from media.kits.models import KitItem, KitVersion
from media.models import Derived
from media.scanning import may_serve

PHOTO = "photo"
HD, WEB = "original", "web"
"""The named sizes that a kit gives pictures in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing of a kit. ``hd`` is what is downloaded; ``None`` while it is being made.

    ``web`` is a picture's small size; what is no picture has none.
    """

    anchor: str
    kind: str
    file: str
    name: str
    said: Mapping[str, Any]
    source: Blob
    recipe: str
    hd: Blob | None
    web: Blob | None
    until: datetime

    @property
    def source_id(self) -> int:
        return self.source.pk

    @property
    def is_picture(self) -> bool:
        return self.file.startswith("image-")

    @property
    def is_ready(self) -> bool:
        return self.hd is not None and (self.web is not None or not self.is_picture)


@dataclass(frozen=True)
class Kit:
    """A version of a kit, with those of its items that the reader may have now.

    Everything is compared within what the reader may have: what is hidden is never a difference.
    """

    card: Mapping[str, Any]
    version: KitVersion
    items: tuple[Item, ...]
    versions: tuple[KitVersion, ...]  # newest first
    open_anchors: frozenset[str]
    numbers: Mapping[str, int]  # of its photos at this moment, by anchor

    @property
    def key(self) -> str:
        return self.version.key

    @cached_property
    def older(self) -> Mapping[int, tuple[KitItem, ...]]:
        """The items of every version by its number, as far as the reader may know. One query.

        An item that is gone has no holding to ask: only if everybody could have it, and still when
        it was taken out, is it told of.
        """
        numbers = {one.pk: one.number for one in self.versions}
        rows = list(KitItem.objects.filter(version__in=numbers).order_by("position"))
        last: dict[str, KitItem] = {}
        for row in sorted(rows, key=lambda row: numbers[row.version_id]):
            last[row.anchor] = row
        told = {
            anchor
            for anchor, row in last.items()
            if row.is_open and row.version_id != self.versions[0].pk
        }
        found: dict[int, list[KitItem]] = {one.number: [] for one in self.versions}
        for row in rows:
            if row.anchor in self.open_anchors or (row.is_open and row.anchor in told):
                found[numbers[row.version_id]].append(row)
        return {number: tuple(items) for number, items in found.items()}

    def difference(self, since: int, until: int) -> tuple[Change, ...]:
        """What differs between two versions. Raises ``NothingHere``."""
        if since not in self.older or until not in self.older:
            raise NothingHere
        return tuple(
            replace(change, number=self.numbers.get(change.anchor))
            for change in difference(self.older[since], self.older[until])
        )


def kit(
    key: str,
    reader: Reader,
    *,
    number: int | None = None,
    card: Mapping[str, Any] | None = None,
) -> Kit:
    """The latest version of a kit, or an older one. Raises ``NothingHere``. Five queries."""
    if card is None:
        card = read.cards_of([key], reader).get(key)
    versions = tuple(KitVersion.objects.filter(key=key).order_by("-number"))
    version = next((one for one in versions if number in (None, one.number)), None)
    if card is None or version is None:
        raise NothingHere
    held = {(one.anchor, one.file): one for one in held_by([key], reader) if one.anchor}
    rows = [
        row
        for row in KitItem.objects.filter(version=version).select_related("source")
        # Bytes that were replaced since are no file of the library, whose scan could be asked.
        if (row.anchor, row.file) in held and may_serve(row.source.scan)
    ]
    made = _made(rows)
    items = tuple(_item(row, made, held[row.anchor, row.file].until) for row in rows)
    return Kit(
        card=card,
        version=version,
        items=items,
        versions=versions,
        open_anchors=frozenset(one.anchor for one in held.values()),
        numbers=_numbers(rows, held, str(card["type"]), reader),
    )


def photo_counts(keys: Sequence[str], reader: Reader) -> dict[str, int]:
    """How many photos of each kit the reader may have now. Two queries."""
    held = {(one.key, one.anchor, one.file) for one in held_by(keys, reader)}
    newer = KitVersion.objects.filter(key=OuterRef("key"), number__gt=OuterRef("number"))
    latest = KitVersion.objects.filter(~Exists(newer), key__in=keys)
    photos = KitItem.objects.filter(version__in=latest, kind=PHOTO).order_by()
    rows = photos.values_list("version__key", "anchor", "file", "source__scan")
    counts = dict.fromkeys(keys, 0)
    for key, anchor, file, scan in rows:
        counts[key] += (key, anchor, file) in held and may_serve(scan)
    return counts


def _numbers(
    rows: Iterable[KitItem],
    held: Mapping[tuple[str, str], HeldItem],
    entry_type: str,
    reader: Reader,
) -> dict[str, int]:
    photos = [held[row.anchor, row.file] for row in rows if row.kind == PHOTO]
    circles = numbering.circles_of(entry_type, reader.grants.gates)
    return numbering.numbers(photos, circles, reader.at)


def _made(rows: Sequence[KitItem]) -> dict[tuple[int, str, str], Blob]:
    sources = [row.source_id for row in rows if row.recipe]
    if not sources:
        return {}
    derived = Derived.objects.filter(source__in=sources, size__in=(HD, WEB))
    return {
        (one.source_id, one.recipe, one.size): one.result
        for one in derived.select_related("result")
    }


def _item(row: KitItem, made: Mapping[tuple[int, str, str], Blob], until: datetime) -> Item:
    is_picture = row.file.startswith("image-")
    return Item(
        anchor=row.anchor,
        kind=row.kind,
        file=row.file,
        name=row.name,
        said=row.said,
        source=row.source,
        recipe=row.recipe,
        hd=made.get((row.source_id, row.recipe, HD)) if is_picture else row.source,
        web=made.get((row.source_id, row.recipe, WEB)),
        until=until,
    )


def chosen(one: Kit, anchors: Iterable[str] | None) -> tuple[Item, ...]:
    """The items asked for, in the kit's order; without a choice, all. Raises ``NothingHere``.

    One that the reader may not have and one that never was are the same.
    """
    if anchors is None:
        return one.items
    wanted = set(anchors)
    found = tuple(item for item in one.items if item.anchor in wanted)
    if len(found) != len(wanted):
        raise NothingHere
    return found
