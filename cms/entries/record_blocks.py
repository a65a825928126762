"""The blocks of records: what the portal can show is checked, so that it can be shown safely.

Blocks of other types are data for other front ends: they pass as they are, and the portal leaves
them out.
"""

import re
from collections.abc import Callable
from typing import Any

from cms.entries import html
from cms.entries.projection import Block

SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
UNTEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
KINDS = ("note", "say", "dont_say", "warning")
OURS = frozenset(
    {"section", "pages", "lead", "image", "gallery", "file", "embed", "evidence", "updates"}
)


class BlockRefused(Exception):
    """What is wrong with a block, and how it should be."""


def read(raw: dict[str, Any], place: int) -> Block:
    """A block of a record. Raises ``BlockRefused`` in words for whoever sent it."""
    type_ = raw["type"]
    if type_ in OURS:
        raise BlockRefused(f"Records have no {type_} block; sections are written as parts.")
    if not SLUG.fullmatch(type_) or len(type_) > 40:
        raise BlockRefused("A block's type is a slug.")
    value = raw.get("value")
    _check_text(value)
    reader = READERS.get(type_)
    return {
        "type": type_,
        "id": str(raw.get("id") or place)[:64],
        "value": reader(value) if reader else value,
    }


def _check_text(value: Any) -> None:
    if isinstance(value, str) and UNTEXT.search(value):
        raise BlockRefused("It has control characters or half characters.")
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for one in value:
            _check_text(one)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BlockRefused("A text block holds HTML.")
    return html.clean(value)


def _heading(value: Any) -> dict[str, str]:
    text = value.get("text") if isinstance(value, dict) else value
    if not isinstance(text, str):
        raise BlockRefused("A heading holds a text.")
    return {"text": text, "anchor": ""}


def _quote(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not isinstance(value.get("words"), str):
        raise BlockRefused('A quote is {"words", "speaker", "role"}.')
    return {name: str(value.get(name) or "") for name in ("words", "speaker", "role")}


def _callout(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or value.get("kind", "note") not in KINDS:
        raise BlockRefused(f'A callout is {{"kind", "title", "html"}}; kinds: {", ".join(KINDS)}.')
    return {
        "kind": value.get("kind", "note"),
        "title": str(value.get("title") or ""),
        "html": html.clean(str(value.get("html") or "")),
    }


def _table(value: Any) -> dict[str, Any]:
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BlockRefused('A table is {"caption", "head", "rows"}; rows are lists of cells.')
    head = value.get("head") or []
    if not isinstance(head, list):
        raise BlockRefused("A table's head is a list of cells.")
    return {
        "caption": str(value.get("caption") or ""),
        "head": [_cell(cell) for cell in head],
        "rows": [[_cell(cell) for cell in row] for row in rows],
        "row_headers": bool(value.get("row_headers")),
    }


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "heading": _heading,
    "quote": _quote,
    "callout": _callout,
    "table": _table,
}
