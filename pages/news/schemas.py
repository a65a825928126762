"""The cards of the news types."""

from typing import Literal

from ninja import Field, Schema

from cms.entries.schemas import Card


class Byline(Schema):
    name: str
    role: str


class SectionCard(Card):
    type: Literal["section"] = "section"


class NewsCard(Card):
    """What every news type adds."""

    author: Byline | None
    owner: Byline | None
    on_behalf_of: str
    minutes: int = Field(description="To read it, at 200 words a minute.")
    updates: int = Field(description="Lines in the update log.")


class ArticleCard(NewsCard):
    type: Literal["article"] = "article"


class BriefCard(NewsCard):
    type: Literal["brief"] = "brief"
    valid_from: str | None = Field(json_schema_extra={"format": "date"})
    valid_to: str | None = Field(json_schema_extra={"format": "date"})


class RumourCard(NewsCard):
    type: Literal["rumour"] = "rumour"
    claim: str
    status: Literal["true", "false", "open"]
    answer: str
    words: list[str] = Field(description="What people type when they look for it.")


class GuidanceCard(NewsCard):
    type: Literal["guidance"] = "guidance"
    review_at: str | None = Field(json_schema_extra={"format": "date"})
