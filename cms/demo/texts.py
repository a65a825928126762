"""From the demo's TOML to what Wagtail stores: raw values of stream fields."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.text import slugify

from cms.demo.content import Calendar, Raw

LINK = re.compile(r'<a linktype="page" slug="([^"]+)">')
SPACE_OF_IDS = uuid.UUID("8d7c3c0a-5f0e-4f9c-9a53-6b1f8c0f6a11")


@dataclass(frozen=True, slots=True)
class Targets:
    """What texts of one language point at, already stored."""

    pages: Mapping[str, int]
    images: Mapping[str, int]
    groups: Mapping[str, int]
    file: Callable[[str, Raw], int]
    """Makes the document of a ``file`` block of a text, and gives its primary key."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the stream fields of one text. Block ids come from its slug, so they never change."""

    slug: str
    targets: Targets

    def story(self, body: Sequence[Raw]) -> list[Raw]:
        return self._blocks(body, "story")

    def lines(self, name: str, sentences: Sequence[str]) -> list[Raw]:
        """Facts and sentences of a brief: one paragraph each."""
        return [
            self._block("line", f"<p>{escape(sentence, quote=False)}</p>", f"{name}.{place}")
            for place, sentence in enumerate(sentences)
        ]

    def evidence(self, items: Sequence[Raw]) -> list[Raw]:
        return [
            self._block(
                "item",
                {"title": item["title"], "detail": item.get("detail", ""), "page": None},
                f"evidence.{place}",
            )
            for place, item in enumerate(items)
        ]

    def updates(self, log: Sequence[Raw], calendar: Calendar) -> list[Raw]:
        return [
            self._block(
                "update",
                {
                    "at": calendar.ago(line["days_ago"]).isoformat(),
                    "note": line["note"],
                    "is_material": bool(line.get("material")),
                    "tied_to": "",
                },
                f"updates.{place}",
            )
            for place, line in enumerate(log)
        ]

    def _blocks(self, body: Sequence[Raw], where: str) -> list[Raw]:
        return [
            self._block(raw["type"], self._value(raw, f"{where}.{place}"), f"{where}.{place}")
            for place, raw in enumerate(body)
        ]

    def _block(self, type_: str, value: Any, where: str) -> Raw:
        return {
            "type": type_,
            "value": value,
            "id": str(uuid.uuid5(SPACE_OF_IDS, f"{self.slug}/{where}")),
        }

    def _value(self, raw: Raw, where: str) -> Any:
        make = getattr(self, f"_{raw['type']}", None)
        if make is None:
            raise ValueError(f"{self.slug}: there is no block «{raw['type']}»")
        return make(raw, where)

    def _text(self, raw: Raw, _where: str) -> str:
        return self._linked(raw["html"])

    def _heading(self, raw: Raw, _where: str) -> Raw:
        return {"text": raw["text"], "anchor": slugify(raw["text"])[:64].strip("-")}

    def _quote(self, raw: Raw, _where: str) -> Raw:
        return {name: raw.get(name, "") for name in ("words", "speaker", "role")}

    def _callout(self, raw: Raw, _where: str) -> Raw:
        text = self._linked(raw["html"])
        return {"kind": raw["kind"], "title": raw.get("title", ""), "text": text}

    def _image(self, raw: Raw, _where: str) -> Raw:
        return {
            "image": self.targets.images[raw["image"]],
            "alt": raw["alt"],
            "caption": raw.get("caption", ""),
        }

    def _gallery(self, raw: Raw, where: str) -> Raw:
        items = [
            self._block("item", self._image(item, where), f"{where}.{place}")
            for place, item in enumerate(raw["items"])
        ]
        return {"title": raw.get("title", ""), "images": items}

    def _table(self, raw: Raw, _where: str) -> Raw:
        return {
            "data": [list(row) for row in raw["rows"]],
            "cell": [],
            "mergeCells": [],
            "table_caption": raw.get("caption", ""),
            "table_header_choice": "row",
            "first_row_is_table_header": True,
            "first_col_is_header": False,
        }

    def _file(self, raw: Raw, _where: str) -> Raw:
        return {"document": self.targets.file(self.slug, raw), "title": raw["title"]}

    def _pages(self, raw: Raw, where: str) -> list[Raw]:
        return [
            self._block("item", self.targets.pages[slug], f"{where}.{slug}")
            for slug in raw["slugs"]
        ]

    def _embed(self, raw: Raw, _where: str) -> Raw:
        return {"url": raw["url"], "caption": raw["caption"]}

    def _restricted(self, raw: Raw, where: str) -> Raw:
        return {
            "readers": [str(self.targets.groups[name]) for name in raw["readers"]],
            "title": raw.get("title", ""),
            "content": self._blocks(raw["body"], where),
        }

    def _linked(self, markup: str) -> str:
        def to_key(match: re.Match[str]) -> str:
            return f'<a linktype="page" id="{self.targets.pages[match[1]]}">'

        return LINK.sub(to_key, markup)
