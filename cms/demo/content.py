"""The demo's texts, as their authors wrote them in TOML, and the moments they speak of."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent / "content"
PARIS = ZoneInfo("Europe/Paris")
OPENING, OPEN_HOURS = 8, 11

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """One entry of a file: where it stands, and what it says."""

    locale: str
    section: str
    raw: Raw

    @property
    def slug(self) -> str:
        return str(self.raw["slug"])

    @property
    def body(self) -> list[Raw]:
        return list(self.raw["body"])


def texts() -> list[Text]:
    """Every text, French first: English versions name the French page that they are versions of."""
    files = sorted(FOLDER.glob("*/*.toml"), key=lambda file: (file.parent.name != "fr", file.name))
    return [
        Text(locale=file.parent.name, section=file.stem, raw=raw)
        for file in files
        for raw in tomllib.loads(file.read_text(encoding="utf-8"))["entry"]
    ]


DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
}  # fmt: skip
EMBARGO = re.compile(r"\{embargo:(\d+)\}")


def dated(written: Sequence[Text], calendar: "Calendar") -> list[Text]:
    """The texts with ``{embargo:2}`` written out: the day it ends, so many days on."""
    return [replace(text, raw=_dated(text.raw, text.locale, calendar)) for text in written]


def _dated(value: Any, locale: str, calendar: "Calendar") -> Any:
    if isinstance(value, str):
        return EMBARGO.sub(lambda found: _day(calendar.ahead(int(found[1])), locale), value)
    if isinstance(value, list):
        return [_dated(one, locale, calendar) for one in value]
    if isinstance(value, dict):
        return {name: _dated(one, locale, calendar) for name, one in value.items()}
    return value


def _day(moment: datetime, locale: str) -> str:
    day, month = DAYS[locale][moment.weekday()], MONTHS[locale][moment.month - 1]
    number = "1er" if (locale, moment.day) == ("fr", 1) else str(moment.day)
    return f"{day} {number} {month} {moment.year}"


def pictures_in(raw: Raw) -> Iterator[tuple[str, str, str]]:
    """File, description and credit of each picture that a text shows."""
    if "image" in raw and "image_alt" in raw:
        yield raw["image"], raw["image_alt"], raw["image_credit"]
    for block in raw.get("body", ()):
        if block["type"] == "image":
            yield block["image"], block["alt"], block.get("credit", "")
        for item in block.get("items", ()):
            yield item["image"], item["alt"], item.get("credit", "")
        yield from pictures_in({"body": block.get("body", ())})


@dataclass(frozen=True, slots=True)
class Calendar:
    """Moments counted from the loading, so that the company is always at its present."""

    now: datetime

    def ago(self, days: float) -> datetime:
        """So many days back; on earlier days within office hours, in the same order."""
        moment = (self.now - timedelta(days=days)).astimezone(PARIS)
        if moment.date() == self.now.astimezone(PARIS).date():
            return moment
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        share = (moment - midnight) / timedelta(days=1)
        return midnight + timedelta(hours=OPENING + share * OPEN_HOURS)

    def ahead(self, days: float, *, hour: int = 9) -> datetime:
        """At a full hour, so many days on."""
        moment = (self.now + timedelta(days=days)).astimezone(PARIS)
        return moment.replace(hour=hour, minute=0, second=0, microsecond=0)
