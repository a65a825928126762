"""What the press kits are made of, as ``kits/*.toml`` has it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "kits"
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A part of one of the demo's pictures: in pixels left, top, right and bottom; and its look."""

    source: str
    box: Box
    grade: str = ""
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo of a kit: a picture of the library, or a crop of one with words of its own.

    It is in the versions from ``step`` to ``until_step``. ``replaced``: other bytes from a version.
    """

    name: str
    library: str = ""
    crop: Crop | None = None
    replaced: tuple[int, Crop] | None = None
    title: str
    title_en: str = ""
    caption: str
    caption_en: str = ""
    alt: str = ""
    creator: str = ""
    taken: date | None = None
    persons: Sequence[str] = ()
    territories: str = ""
    readers: str = "public"
    step: int = 1
    until_step: int = 99
    withdrawn: str = ""
    ended_days: int = 0
    opens_days: int = 0
    early: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A PDF. Pages are a heading and paragraphs, with marks filled in as they were, then are."""

    file: str
    title: str
    title_en: str = ""
    pages: Sequence[Sequence[str]]
    marks: dict[str, Sequence[str]]
    step: int = 1
    replaced_in: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """One film's kit: what holds for every language, and the words of each."""

    film: dict[str, Any]
    words: dict[str, dict[str, Any]]  # by language
    photos: Sequence[Photo]
    papers: Sequence[Paper]

    @property
    def stem(self) -> str:
        return str(self.film["logo"]["file"]).removesuffix("-logo.svg")

    @property
    def steps(self) -> Sequence[float]:
        """How many days ago each version was made, the first one first."""
        return tuple(self.film["steps"])


@cache
def kits() -> tuple[Kit, ...]:
    """All of them, in the order of their films' release."""
    found = [
        _kit(tomllib.loads(file.read_text(encoding="utf-8"))) for file in FOLDER.glob("*.toml")
    ]
    return tuple(sorted(found, key=lambda one: str(one.film["release_on"])))


def _kit(raw: dict[str, Any]) -> Kit:
    papers = [raw["dossier"], *raw.get("paper", ())]
    return Kit(
        film=raw["film"],
        words={code: raw[code] for code in ("fr", "en") if code in raw},
        photos=[_photo(one) for one in raw["photo"]],
        papers=[Paper(**{"marks": {}, **one}) for one in papers],
    )


def _photo(raw: dict[str, Any]) -> Photo:
    said = {key: value for key, value in raw.items() if key not in CROPPED}
    crop = _crop(raw["source"], raw) if "source" in raw else None
    replaced = raw.get("replaced")
    if crop and replaced:
        said["replaced"] = (replaced["step"], _crop(crop.source, replaced))
    return Photo(crop=crop, **said)


CROPPED = {"source", "box", "grade", "mirrored", "replaced"}


def _crop(source: str, raw: dict[str, Any]) -> Crop:
    left, top, right, bottom = raw["box"]
    return Crop(
        source=source,
        box=(left, top, right, bottom),
        grade=raw.get("grade", ""),
        mirrored=raw.get("mirrored", False),
    )
