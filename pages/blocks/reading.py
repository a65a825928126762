"""Reading a story's stored values into blocks of an entry. Pure, by way of a sheet.

It reads what Wagtail stores, not the objects made of it: a thousand stories cost one look-up.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from cms.access.rule import Rule
from cms.entries import html
from cms.entries.projection import Block, Terms
from pages.base.sheet import Sheet, Wanted
from pages.blocks.media import player_of

Raw = dict[str, Any]
PAGE_LINK = re.compile(r'<a\b[^>]*?\blinktype="page"[^>]*>')
DOCUMENT_LINK = re.compile(r'<a\b[^>]*?\blinktype="document"[^>]*>')
ID = re.compile(r'\bid="(\d+)"')


def read_story(raw: Sequence[Raw], sheet: Sheet) -> list[Block]:
    """The blocks of a story. What fewer may read becomes a part, with its place in the body."""
    body: list[Block] = []
    for one in raw:
        if one["type"] == "restricted":
            body.extend(_restricted(one, sheet))
        else:
            body.extend(_open(one, sheet))
    return body


def read_lines(name: str, raw: Sequence[Raw], sheet: Sheet) -> Iterator[Block]:
    """Lines of rich text as one block, or its place where a file they link to asks for more."""
    anchor = name.replace("_", "-")

    def read() -> Block | None:
        value = [rich_text(one["value"], sheet) for one in raw]
        sheet.say(*value)
        return {"type": name, "id": anchor, "value": value} if value else None

    return in_its_place(anchor, read, sheet)


def _open(one: Raw, sheet: Sheet) -> Iterator[Block]:
    return in_its_place(one["id"], lambda: _read(one, sheet), sheet)


def in_its_place(anchor: str, read: Callable[[], Block | None], sheet: Sheet) -> Iterator[Block]:
    """The block that is read, or its place where its files ask for more than the page does."""
    held = len(sheet.files)
    outer_words, sheet.words = sheet.words, []
    block = read()
    words, sheet.words = sheet.words, outer_words
    beyond = sheet.asks_for_more()
    if block is None:
        return
    if beyond is None:
        sheet.words.extend(words)
        yield block
    else:
        _now_held_by(sheet, held, anchor)
        outer_words, sheet.words = sheet.words, words
        place = sheet.set_apart(anchor, beyond, title="", body=[block])
        sheet.words = outer_words
        yield place


def _restricted(one: Raw, sheet: Sheet) -> Iterator[Block]:
    """The section as a part; a file in it that asks for more stands in a part of its own."""
    anchor, value = one["id"], one["value"]
    terms = Terms(rule=Rule.of([[int(pk) for pk in value["readers"]]]))
    inner: list[Block] = []
    apart: list[Block] = []
    outer_words, sheet.words = sheet.words, []
    for child in value["content"]:
        held = len(sheet.files)
        block = _read(child, sheet)
        beyond = sheet.asks_for_more()
        if block is None:
            continue
        if beyond is None:
            _now_held_by(sheet, held, anchor)
            inner.append(block)
        else:
            _now_held_by(sheet, held, child["id"])
            apart.append(sheet.set_apart(child["id"], terms & beyond, title="", body=[block]))
    sheet.say(value.get("title") or "")
    place = sheet.set_apart(anchor, terms, title=value.get("title") or "", body=inner)
    sheet.words = outer_words
    yield place
    yield from apart


def _now_held_by(sheet: Sheet, start: int, anchor: str) -> None:
    sheet.files[start:] = [replace(file, part=anchor) for file in sheet.files[start:]]


def _read(one: Raw, sheet: Sheet) -> Block | None:
    reader = READERS.get(one["type"])
    value = reader(one["value"], sheet) if reader else None
    return None if value is None else {"type": one["type"], "id": one["id"], "value": value}


def rich_text(markup: str, sheet: Sheet) -> str:
    """Editors' rich text as clean HTML. Links to pages become keys, resolved for each reader."""

    def page_link(match: re.Match[str]) -> str:
        found = ID.search(match[0])
        key = sheet.page(found[1]) if found else None
        return f'<a href="entry:{key}">' if key else "<a>"

    def document_link(match: re.Match[str]) -> str:
        found = ID.search(match[0])
        document = sheet.document(found[1]) if found else None
        return f'<a href="{document["href"]}">' if document else "<a>"

    markup = PAGE_LINK.sub(page_link, markup)
    markup = DOCUMENT_LINK.sub(document_link, markup)
    return html.clean(markup)


def _text(value: str, sheet: Sheet) -> str | None:
    cleaned = rich_text(value, sheet)
    sheet.say(cleaned)
    return cleaned or None


def _heading(value: Raw, sheet: Sheet) -> Raw:
    sheet.say(value["text"])
    return {"text": value["text"], "anchor": value.get("anchor") or ""}


def _quote(value: Raw, sheet: Sheet) -> Raw:
    sheet.say(value["words"])
    return {name: value.get(name) or "" for name in ("words", "speaker", "role")}


def _callout(value: Raw, sheet: Sheet) -> Raw:
    text = rich_text(value["text"], sheet)
    sheet.say(value.get("title") or "", text)
    return {"kind": value["kind"], "title": value.get("title") or "", "html": text}


def _image(value: Raw, sheet: Sheet) -> Raw | None:
    image = sheet.image(value["image"], size="lead", alt=value.get("alt") or "")
    if image is None:
        return None
    sheet.say(value.get("caption") or "")
    return {**image, "caption": value.get("caption") or ""}


def _gallery(value: Raw, sheet: Sheet) -> Raw | None:
    items = _items(value["images"])
    images = [image for one in items if (image := _image(one, sheet)) is not None]
    return {"title": value.get("title") or "", "images": images} if images else None


def _file(value: Raw, sheet: Sheet) -> Raw | None:
    return sheet.document(value["document"], title=value.get("title") or "")


def _table(value: Raw | None, sheet: Sheet) -> Raw | None:
    if not value:
        return None
    rows = [[str(cell or "") for cell in row] for row in value.get("data") or []]
    sheet.say(*(cell for row in rows for cell in row))
    has_head = bool(value.get("first_row_is_table_header")) and len(rows) > 1
    return {
        "caption": value.get("table_caption") or "",
        "head": rows[0] if has_head else [],
        "rows": rows[1:] if has_head else rows,
        "row_headers": bool(value.get("first_col_is_header")),
    }


def _pages(value: Sequence[Any], sheet: Sheet) -> list[str] | None:
    return [key for pk in _items(value) if (key := sheet.page(pk)) is not None] or None


def _embed(value: Raw, sheet: Sheet) -> Raw | None:
    player = player_of(value["url"])
    if player is None:
        return None
    sheet.say(value["caption"])
    return {
        "url": value["url"],
        "player": player[0],
        "provider": player[1],
        "caption": value["caption"],
    }


READERS: dict[str, Callable[[Any, Sheet], Any]] = {
    "text": _text,
    "heading": _heading,
    "quote": _quote,
    "callout": _callout,
    "image": _image,
    "gallery": _gallery,
    "file": _file,
    "table": _table,
    "pages": _pages,
    "embed": _embed,
}


def point_at(raw: Sequence[Raw], wanted: Wanted) -> None:
    """Name everything that reading these blocks will look up."""
    for one in raw:
        _point_at(one["type"], one["value"], wanted)


def _point_at(type_: str, value: Any, wanted: Wanted) -> None:
    match type_:
        case "image":
            wanted.add(wanted.images, value["image"])
        case "gallery" | "pages":
            _point_at_items(type_, value, wanted)
        case "file":
            wanted.add(wanted.documents, value["document"])
        case "text":
            point_at_links(value, wanted)
        case "callout":
            point_at_links(value["text"], wanted)
        case "restricted":
            point_at(value["content"], wanted)


def _point_at_items(type_: str, value: Any, wanted: Wanted) -> None:
    if type_ == "gallery":
        for one in _items(value["images"]):
            _point_at("image", one, wanted)
    else:
        for pk in _items(value):
            wanted.add(wanted.pages, pk)


def _items(raw: Sequence[Any]) -> list[Any]:
    """What a list block holds: it stores items with or without ids, depending on its age."""
    return [one["value"] if isinstance(one, dict) and "value" in one else one for one in raw]


def point_at_links(markup: str, wanted: Wanted) -> None:
    """The pages and documents that rich text links to."""
    for pattern, kind in ((PAGE_LINK, wanted.pages), (DOCUMENT_LINK, wanted.documents)):
        for link in pattern.finditer(markup or ""):
            if found := ID.search(link[0]):
                kind.add(int(found[1]))
