"""What is said of a picture: what its file was found to say, and what an editor confirmed."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file says of itself. Nothing here is believed before an editor confirms it.

    ``source_type`` and ``data_mining`` are bare codes: of IPTC's digital source type news codes,
    and of PLUS's vocabulary for data mining (``DMI-PROHIBITED``). ``expires`` is the first moment
    after the last allowed one.
    """

    creator: str = ""
    credit: str = ""
    copyright: str = ""
    usage_terms: str = ""
    web_statement: str = ""
    caption: str = ""
    headline: str = ""
    title: str = ""
    persons: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    taken_on: date | None = None
    release: datetime | None = None
    expires: datetime | None = None
    source_type: str = ""
    data_mining: str = ""
    alt: str = ""

    def as_json(self) -> dict[str, Any]:
        """What is there and no more; moments and days in ISO 8601."""
        return _as_json(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What an editor stands by: the only thing that is written into files that go out."""

    creator: str = ""
    credit: str = ""
    copyright: str = ""
    usage_terms: str = ""
    web_statement: str = ""
    caption: str = ""
    persons: tuple[str, ...] = ()
    taken_on: date | None = None
    expires: datetime | None = None
    source_type: str = ""
    data_mining: str = ""
    alt: str = ""

    @property
    def says_anything(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def as_json(self) -> dict[str, Any]:
        """What is there and no more; moments and days in ISO 8601."""
        return _as_json(self)


def _as_json(said: Found | Confirmed) -> dict[str, Any]:
    values = ((field.name, getattr(said, field.name)) for field in fields(said))
    return {name: _plain(value) for name, value in values if value}


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
