"""Putting an entry together for one reader: parts in their places, links where they may go."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

LINK = re.compile(r'<a href="entry:([^"#]+)(#[^"]*)?">(.*?)</a>', re.DOTALL)
FILE_LINK = re.compile(r'<a href="/files/[^"]*">(.*?)</a>', re.DOTALL)


class Card(dict[str, Any]):
    """A card as values, never changed: what is made of it can be kept under it."""

    __slots__ = ("_text",)

    def __init__(self, text: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(orjson.loads(text) if values is None else values)
        self._text = text

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(self._text)

    def saying(self, **more: Any) -> "Card":
        """The same card with something beside it."""
        return Card(self._text, {**self, **more})


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A part that this reader may read, with who else may."""

    title: str
    body: Sequence[dict[str, Any]]
    readers: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry as one reader gets it."""

    card: Mapping[str, Any]
    body: Sequence[dict[str, Any]]
    translations: Sequence[dict[str, Any]] = ()
    files: Sequence[dict[str, Any]] = ()
    breadcrumb: Sequence[dict[str, Any]] = ()
    readers: str = ""
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Weaver:
    """Weaves a stored body for a reader, from the passages and cards that are readable to them."""

    passages: Mapping[str, Passage]
    cards: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def weave(self, blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The blocks with parts and targets in place; what is not readable leaves no gap."""
        woven = []
        for block in blocks:
            if block["type"] == "section":
                passage = self.passages.get(block["id"])
                if passage is not None:
                    woven.append(self._section(block["id"], passage))
            elif block["type"] == "pages":
                cards = [self.cards[key] for key in block["value"] if key in self.cards]
                if cards:
                    woven.append({**block, "value": cards})
            else:
                woven.append({**block, "value": self._resolved(block["value"])})
        return woven

    def _section(self, anchor: str, passage: Passage) -> dict[str, Any]:
        return {
            "type": "section",
            "id": anchor,
            "title": passage.title,
            "readers": passage.readers,
            "body": self.weave(passage.body),
        }

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, str):
            return LINK.sub(self._link, value) if 'href="entry:' in value else value
        if isinstance(value, list):
            return [self._resolved(item) for item in value]
        if isinstance(value, dict):
            return {name: self._resolved(item) for name, item in value.items()}
        return value

    def _link(self, match: re.Match[str]) -> str:
        card = self.cards.get(match[1])
        if card is None or not card["url"]:
            return match[3]  # the author's words stay; where they led does not exist here
        return f'<a href="{html.escape(card["url"] + (match[2] or ""))}">{match[3]}</a>'


def targets_in(value: Any) -> set[str]:
    """The keys of every entry that a body's links point at."""
    if isinstance(value, str):
        return {match[1] for match in LINK.finditer(value)}
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return set().union(*(targets_in(item) for item in value))
    return set()
