"""Reading a kit's items: each held for itself, and those that ask for more in parts of their own.

Who may not have an item does not learn of it: its block, its file and its words stand in its part.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from cms.access.reader import NEVER
from cms.access.rule import PUBLIC, Rule
from cms.entries.projection import NO_TERMS, Block, HeldFile, Terms
from cms.entries.records import rfc3339
from media.models import Image
from media.renditions.recipes import recipe_of
from pages.base.sheet import Sheet, Wanted
from pages.press import early
from pages.press.kit_blocks import ACCREDITED
from pages.press.page import moment_in
from pages.press.publishable import Named

Raw = Mapping[str, Any]
KINDS = {"photo": "image", "video": "video", "document": "document", "logo": "image"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item as it was read, before it is given its place."""

    anchor: str
    kind: str
    value: Mapping[str, Any]
    file: str
    files: tuple[HeldFile, ...]
    words: tuple[str, ...]
    terms: Terms  # beyond the page's


def read_items(raw: Sequence[Raw], sheet: Sheet) -> list[Block]:
    """The items as blocks, in order. Files that may not be given out are left out.

    Numbers and counts are not theirs: they follow the moment at which a kit is read.
    """
    press = early.press_group_in(sheet.found.groups)
    items = [item for one in raw if (item := _read(one, sheet, press)) is not None]
    return [_placed(item, sheet) for item in items]


def point_at_items(raw: Sequence[Raw], wanted: Wanted) -> None:
    """Name every file of the items."""
    for one in raw:
        value = one["value"]
        wanted.add(wanted.images, value.get("image"))
        wanted.add(wanted.documents, value.get("document"))
        wanted.add(wanted.videos, value.get("video"))


def named_items(items: Any, field: str) -> Iterator[Named]:
    """The items' assets, each by what its editor calls it: «Photo 3»."""
    counts: dict[str, int] = {}
    for one in items:
        kind = one.block_type
        counts[kind] = counts.get(kind, 0) + 1
        value = one.value
        asset = value.get("image") or value.get("document") or value.get("video")
        if asset is not None:
            place = f"{one.block.label} {counts[kind]}"
            yield Named(field=field, place=place, asset=asset)


def _read(one: Raw, sheet: Sheet, press: int | None) -> Item | None:
    outer_words, sheet.words = sheet.words, []
    outer_files, sheet.files = sheet.files, []
    sheet.asks_for_more()
    try:
        found = _shown(one["type"], one["value"], sheet)
        beyond = sheet.asks_for_more() or NO_TERMS
        if found is None:
            outer_files.extend(sheet.files)
            return None
        asset, shown = found
        own = _terms_of(one["value"], sheet.rule, press)
        terms = own & beyond
        listing = _listing(one["type"], one["value"], asset, terms.closes_at)
        sheet.say(listing["title"], listing["caption"], listing["alt"], listing["credit"])
        return Item(
            anchor=one["id"],
            kind=one["type"],
            value={**shown, **listing},
            file=asset.file_key,
            files=tuple(sheet.files),
            words=tuple(sheet.words),
            terms=terms,
        )
    finally:
        sheet.words, sheet.files = outer_words, outer_files


def _shown(kind: str, value: Raw, sheet: Sheet) -> tuple[Any, dict[str, Any]] | None:
    """The asset of an item, and what its block shows of it."""
    readers: tuple[tuple[str, Mapping[int, Any], Callable[[Any], Any]], ...] = (
        ("image", sheet.found.images, lambda pk: sheet.image(pk, size="card")),
        ("document", sheet.found.documents, sheet.document),
        ("video", sheet.found.videos, sheet.video),
    )
    for name, among, read in readers:
        asset = among.get(int(value[name])) if value.get(name) else None
        if asset is None:
            continue
        if not asset.is_confirmed:
            sheet.leave_out(asset)
            return None
        shown = read(asset.pk)
        if shown is None:
            return None
        return asset, {"image": _picture(shown)} if name == "image" else dict(shown)
    return None


def _picture(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in ("src", "width", "height")}


def _terms_of(value: Raw, around: Rule, press: int | None) -> Terms:
    """What an item asks by itself: accreditation, an embargo of its own."""
    rule = early.accredited(press) if value.get("readers") == ACCREDITED else PUBLIC
    if around & rule == around:
        rule = PUBLIC  # whoever reads the page meets it already
    opens_at = moment_in(value.get("embargo_until"))
    if opens_at is None:
        return Terms(rule=rule)
    outlets = [int(pk) for pk in value.get("early_outlets") or ()]
    return Terms(
        rule=rule,
        opens_at=opens_at.astimezone(UTC),
        early=early.rule(outlets=outlets, press=press),
    )


def _listing(kind: str, value: Raw, asset: Any, closes_at: Any) -> dict[str, Any]:
    """The item in the list of files: what a journalist has to know to use it."""
    is_image = isinstance(asset, Image)
    return {
        "id": asset.file_key,
        "title": value.get("title") or asset.title,
        "name": asset.filename,
        "href": f"/files/{asset.file_key}/original" if is_image else f"/files/{asset.file_key}",
        "type": asset.content_type,
        "size": asset.file_size or 0,
        "sha256": asset.sha256,
        "recipe": recipe_of(asset) if is_image else "",
        "kind": kind,
        "caption": value.get("caption") or asset.caption,
        "credit": asset.credit,
        "creator": asset.creator,
        "copyright": asset.copyright,
        "usage_terms": asset.usage_terms,
        "alt": getattr(asset, "description", ""),
        "territories": asset.territories,
        "uses": asset.uses,
        "until": rfc3339(closes_at) if closes_at < NEVER else None,
    }


def _placed(item: Item, sheet: Sheet) -> Block:
    apart = not item.terms.ask_nothing
    block: Block = {"type": item.kind, "id": item.anchor, "value": dict(item.value)}
    listing = {name: item.value[name] for name in LISTED}
    for held in item.files:
        own = held.file == item.file
        sheet.files.append(
            replace(
                held,
                part=item.anchor if apart else sheet.part,
                anchor=item.anchor if own else "",
                listing=listing if own else held.listing,
            )
        )
    if not apart:
        sheet.words.extend(item.words)
        return block
    outer_words, sheet.words = sheet.words, list(item.words)
    place = sheet.set_apart(item.anchor, item.terms, title="", body=[block])
    sheet.words = outer_words
    return place


LISTED = (
    "id", "title", "name", "href", "type", "size", "sha256", "recipe", "kind", "caption", "credit",
    "creator", "copyright", "usage_terms", "alt", "territories",
    "uses", "until",
)  # fmt: skip
