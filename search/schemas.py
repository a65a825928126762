"""The shapes of search's answers, for clients."""

from typing import Literal

from ninja import Field, Schema

from cms.entries.schemas import Card

MARKED = "HTML: escaped, but for `<mark>` around what matches."


class HighlightOut(Schema):
    title: str = Field(description=MARKED)
    text: str = Field(description=MARKED)


class SectionOut(Schema):
    """A section of the entry, for fewer readers, in which something was found."""

    anchor: str
    title: str
    text: str = Field(description=MARKED)


class FoundFileOut(Schema):
    """The file of the entry in which something was found, if no other text of it has more."""

    id: str = Field(examples=["document-5"])
    name: str
    href: str
    text: str = Field(description=MARKED)


class HitOut(Card):
    highlight: HighlightOut
    sections: list[SectionOut] | None = None
    file: FoundFileOut | None = None


class PromotedOut(Card):
    by: str = Field(description="Who recommends it.")
    until: str = Field(description="The last day of the recommendation.")
    note: str


class FacetValueOut(Schema):
    value: str
    label: str
    count: int


class CorrectionOut(Schema):
    query: str = Field(description="What items and counts are of.")
    instead_of: str = Field(description="What was asked; `exact=true` searches as typed.")


class SearchOut(Schema):
    items: list[HitOut]
    count: int = Field(description="Exact up to 10,000.")
    count_exact: bool
    facets: dict[Literal["type", "topic", "locale", "section", "year"], list[FacetValueOut]] = (
        Field(description="Each counted under all filters but its own.")
    )
    correction: CorrectionOut | None
    promoted: list[PromotedOut]
    engine: str = Field(examples=["embedded", "elasticsearch"])
    degraded: bool = Field(description="True when the preferred engine did not answer.")
    ask: str = Field(description="Names this search when a result is opened; may be empty.")
    next: str | None = Field(description="The cursor of the next page, or null on the last.")


class SuggestionOut(Schema):
    kind: Literal["entry", "query"]
    title: str
    url: str = Field(description="Where it leads on the portal.")
    key: str | None = None
    type: str | None = None


class SuggestOut(Schema):
    items: list[SuggestionOut]


class ClickIn(Schema):
    ask: str = Field(description="`ask` of the answer.")
    key: str
    position: int = Field(description="From 1 on.")


class ClickOut(Schema):
    counted: bool
