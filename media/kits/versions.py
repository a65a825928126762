"""Making the next version of a kit, in the transaction that publishes its entry.

A kit is any entry that holds files for items: under an anchor that stays with the item.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cms.access.reader import ALWAYS, NEVER
from cms.access.rule import PUBLIC
from cms.entries.models import Entry, Holding
from media.kits.models import KitItem, KitVersion
from media.library import assets_of
from media.models import Image
from media.renditions.recipes import recipe_of

SAID = (
    "title", "caption", "creator", "credit", "copyright", "usage_terms", "alt", "until",
    "territories", "uses",
)  # fmt: skip
"""What a kit says of an item, as the entry's list of files has it."""


@transaction.atomic
def follow(entry_ids: Sequence[int]) -> None:
    """Make versions for those of the entries whose items are not those of their last version.

    Two queries where none of them is a kit, or was one.
    """
    held: dict[int, list[Holding]] = defaultdict(list)
    rows = Holding.objects.filter(entry__in=entry_ids).exclude(anchor="").exclude(listing="")
    rows = rows.select_related("gate")
    for holding in rows.order_by("entry", "position"):
        held[holding.entry_id].append(holding)
    keys = Entry.objects.filter(pk__in=entry_ids).values("key")
    if not held and not KitVersion.objects.filter(key__in=keys).exists():
        return
    entries = {
        entry.pk: entry
        for entry in Entry.objects.filter(pk__in=entry_ids).only("key", "locale", "title")
    }
    latest = _latest(entry.key for entry in entries.values())
    wanted = [one for one in entries.values() if held[one.pk] or one.key in latest]
    assets = assets_of(holding.file for holdings in held.values() for holding in holdings)
    for entry in wanted:
        items = _items(held[entry.pk], assets)
        signature = _signature(items)
        last = latest.get(entry.key)
        if last is None or last.signature != signature:
            _make(entry, items, signature, number=last.number + 1 if last else 1)
        else:
            _keep_open(last, items)


def latest_numbers(keys: Iterable[str]) -> dict[str, int]:
    """The number of the last version of each kit. One query."""
    rows = KitVersion.objects.filter(key__in=list(keys)).order_by().values("key")
    return {row["key"]: row["last"] for row in rows.annotate(last=Max("number"))}


def _latest(keys: Iterable[str]) -> dict[str, KitVersion]:
    numbers = latest_numbers(keys)
    versions = KitVersion.objects.filter(key__in=numbers)
    return {one.key: one for one in versions if one.number == numbers[one.key]}


def _items(held: Sequence[Holding], assets: dict[str, Any]) -> list[KitItem]:
    items: list[KitItem] = []
    seen: set[str] = set()
    for holding in held:
        asset = assets.get(holding.file)
        if asset is None or asset.blob_id is None or holding.anchor in seen:
            continue
        seen.add(holding.anchor)
        listing = orjson.loads(holding.listing)
        said = {name: listing[name] for name in SAID if listing.get(name) not in (None, "")}
        items.append(
            KitItem(
                position=len(items),
                anchor=holding.anchor,
                kind=listing.get("kind", "document"),
                file=holding.file,
                source_id=asset.blob_id,
                recipe=recipe_of(asset) if isinstance(asset, Image) else "",
                name=listing["name"][:255],
                said=said,
                is_open=_asks_nothing(holding),
            )
        )
    return items


def _asks_nothing(holding: Holding) -> bool:
    is_always = (holding.opens_at, holding.closes_at) == (ALWAYS, NEVER)
    return holding.part_id is None and is_always and holding.gate.rule == PUBLIC.text


def _signature(items: Sequence[KitItem]) -> str:
    content = [
        [one.anchor, one.kind, one.file, one.source_id, one.recipe, one.name, one.said]
        for one in items
    ]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _keep_open(last: KitVersion, items: Sequence[KitItem]) -> None:
    """Who may have an item changes without a new version."""
    for is_open in (True, False):
        anchors = [one.anchor for one in items if one.is_open is is_open]
        KitItem.objects.filter(version=last, anchor__in=anchors, is_open=not is_open).update(
            is_open=is_open
        )


def _make(entry: Entry, items: Sequence[KitItem], signature: str, *, number: int) -> None:
    version = KitVersion.objects.create(
        key=entry.key,
        number=number,
        locale=entry.locale,
        title=entry.title,
        made_at=timezone.now(),
        signature=signature,
    )
    for item in items:
        item.version = version
    KitItem.objects.bulk_create(items)
