"""The cards of the press types."""

from typing import Any, Literal

from ninja import Field, Schema

from cms.entries.schemas import Card

DATE: dict[str, Any] = {"format": "date"}
MOMENT: dict[str, Any] = {"format": "date-time"}


class FilmName(Schema):
    """A film, as a release names it."""

    title: str
    release_on: str | None = Field(json_schema_extra=DATE)


class FilmOut(FilmName):
    """A film, as its kit names it."""

    director: str
    cast: list[str]
    genre: str
    minutes: int | None


class PressRoomCard(Card):
    type: Literal["press-room"] = "press-room"
    boilerplate: str = Field(description="About the company, as clean HTML.")


class PressReleaseCard(Card):
    type: Literal["press-release"] = "press-release"
    place: str = Field(description="Of the dateline.")
    dated: str | None = Field(description="Of the dateline.", json_schema_extra=DATE)
    embargo_until: str | None = Field(
        description="Null: for immediate release.", json_schema_extra=MOMENT
    )
    film: FilmName | None
    corrected_at: str | None = Field(
        description="The newest material correction.", json_schema_extra=MOMENT
    )
    updates: int = Field(description="Lines in the update log.")


class PressKitCard(Card):
    type: Literal["press-kit"] = "press-kit"
    embargo_until: str | None = Field(json_schema_extra=MOMENT)
    film: FilmOut
    release_on: str | None = Field(json_schema_extra=DATE)


class PressContactCard(Card):
    type: Literal["press-contact"] = "press-contact"
    role: str
    beat: str
    phone: str
    email: str
    territories: list[str] = Field(description="ISO 3166-1 alpha-2; empty: everywhere.")
    languages: list[str] = Field(description="BCP 47.")
