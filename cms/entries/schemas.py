"""The shapes of what readers get. Answers are stored JSON; these describe them to clients."""

from typing import Any, Literal

from ninja import Field, Schema


class TopicOut(Schema):
    slug: str
    name: str


class ImageOut(Schema):
    src: str = Field(description="Below `/files/`; ask with the same credentials.")
    alt: str
    credit: str
    width: int
    height: int


class Card(Schema):
    """What lists show of an entry. Types add fields of their own."""

    key: str = Field(examples=["article-142"])
    type: str
    locale: str
    title: str
    summary: str
    url: str = Field(description="Where people read it; empty when nowhere.")
    image: ImageOut | None
    topics: list[TopicOut]
    published_at: str = Field(
        description="RFC 3339, UTC", json_schema_extra={"format": "date-time"}
    )
    updated_at: str = Field(description="RFC 3339, UTC", json_schema_extra={"format": "date-time"})


class CardList(Schema):
    items: list[Card]
    next: str | None = Field(description="The cursor of the next page, or null on the last.")
    count: int | None = Field(None, description="With `count=true`: exact up to 10,000.")
    count_exact: bool | None = Field(None, description="False above 10,000.")


class Translation(Schema):
    key: str
    locale: str
    title: str
    url: str | None


class Crumb(Schema):
    key: str
    title: str
    url: str
    type: str


class FileOut(Schema):
    id: str
    title: str
    name: str
    href: str
    type: str
    size: int


class EntryOut(Card):
    """An entry, with everything of it that this reader may have."""

    body: list[dict[str, Any]] = Field(
        description="Blocks: `type`, `id` and `value`; a `section` has `title` and `body`."
    )
    translations: list[Translation]
    files: list[FileOut]
    breadcrumb: list[Crumb]


class HomeCard(Card):
    why: str = Field(description="Why this reader sees it here.")


class HomeSection(Schema):
    key: str
    title: str
    url: str
    items: list[HomeCard]


class HomeOut(Schema):
    pinned: list[HomeCard]
    sections: list[HomeSection]


class TypeOut(Schema):
    type: str
    label: str
    card: dict[str, Any] = Field(description="The JSON Schema of its card.")


class TypeList(Schema):
    items: list[TypeOut]


class FieldErrorOut(Schema):
    field: str
    message: str


class ProblemOut(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldErrorOut] | None = None
    remedy: str | None = Field(
        None, description="Where a person can settle it; from there the way leads back."
    )


class RecordsIn(Schema):
    items: list[dict[str, Any]] = Field(
        description='At most 1,000: a record, or `{"id", "deleted": true}`.'
    )


class RecordResult(Schema):
    id: str | None
    status: Literal["stored", "unchanged", "deleted", "refused"]
    key: str | None = None
    errors: list[FieldErrorOut] | None = None


class RecordResults(Schema):
    items: list[RecordResult]
