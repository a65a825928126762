"""What a file is and says, at one moment: what its taker has, and what it is now."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from media.kits.models import KitItem
from media.kits.versions import latest_numbers
from media.library import assets_of

FIELDS = {
    "caption": _("Caption"),
    "creator": _("Creator"),
    "credit": _("Credit"),
    "copyright": _("Copyright"),
    "usage_terms": _("Usage terms"),
    "until": _("Valid until"),
    "territories": _("Territories"),
    "uses": _("Uses"),
}
"""What is printed or kept to with a file: whoever took it is told when one of these changes."""


@dataclass(frozen=True)
class Present:
    """A file's words, and the SHA-256 of its original."""

    file: str
    source_sha256: str
    said: Mapping[str, str]
    name: str = ""
    title: str = ""

    @cached_property
    def digest(self) -> str:
        """128 bits over the bytes and the words."""
        content = orjson.dumps([self.source_sha256, dict(self.said)], option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(content, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file was taken from: an item of a kit, or by itself, when ``kit`` is empty."""

    file: str
    kit: str = ""
    anchor: str = ""

    @property
    def is_of_kit(self) -> bool:
        return bool(self.kit and self.anchor)


def said_by(words: Mapping[str, Any]) -> dict[str, str]:
    """The words of a kit's item that count."""
    return {name: str(words[name]) for name in FIELDS if words.get(name)}


def of_item(item: Any) -> Present:
    """A kit's item, as a reader has it or as it is stored."""
    return Present(
        file=item.file,
        source_sha256=item.source.sha256,
        said=said_by(item.said),
        name=item.name,
        title=str(item.said.get("title") or item.name),
    )


def of_asset(asset: Any) -> Present:
    """A file of the library."""
    words = {
        **{name: getattr(asset, name) for name in FIELDS if name != "until"},
        "until": asset.closes_at.astimezone(UTC).isoformat() if asset.closes_at else "",
    }
    return Present(
        file=asset.file_key,
        source_sha256=asset.sha256,
        said=said_by(words),
        name=asset.filename,
        title=asset.title,
    )


def present_of(origins: Iterable[Origin]) -> dict[Origin, Present]:
    """What these are now. What is in its kit no more, or in the library, is missing."""
    wanted = set(origins)
    items = _latest_items({one.kit for one in wanted if one.is_of_kit})
    assets = assets_of(one.file for one in wanted if not one.is_of_kit)
    found: dict[Origin, Present] = {}
    for one in wanted:
        if one.is_of_kit:
            now = items.get((one.kit, one.anchor))
        else:
            asset = assets.get(one.file)
            now = of_asset(asset) if asset is not None else None
        if now is not None:
            found[one] = now
    return found


def _latest_items(kits: Iterable[str]) -> dict[tuple[str, str], Present]:
    numbers = latest_numbers(kits)
    rows = KitItem.objects.filter(version__key__in=numbers).select_related("source", "version")
    return {
        (row.version.key, row.anchor): of_item(row)
        for row in rows
        if row.version.number == numbers[row.version.key]
    }


def is_over(asset: Any, at: datetime) -> str:
    """Why a file is given to nobody any more: ``withdrawn``, ``expired``, or nothing."""
    if asset.withdrawn_at is not None and asset.withdrawn_at <= at:
        return "withdrawn"
    if asset.closes_at is not None and asset.closes_at <= at:
        return "expired"
    return ""
