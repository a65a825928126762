"""What the API says of kits."""

from typing import Literal

from ninja import Field, Schema


class SizeOut(Schema):
    """The bytes of an item in one of its sizes."""

    href: str
    size: int = Field(description="In bytes.")
    sha256: str
    type: str


class KitItemOut(Schema):
    """One thing of a kit; ``id`` stays with it from version to version."""

    id: str
    kind: str = Field(examples=["photo"])
    number: int | None = Field(
        description="Of a photo, at this moment: what has ended leaves no gap."
    )
    file: str = Field(examples=["image-12"])
    name: str
    title: str
    caption: str
    alt: str
    credit: str
    creator: str
    copyright: str
    usage_terms: str
    until: str | None = Field(description="From then on it is not delivered.")
    hd: SizeOut | None = Field(description="Null while it is being made.")
    web: SizeOut | None = Field(description="A JPEG of 1,600 pixels; for pictures.")


class DownloadOut(Schema):
    """An archive of the kit. ``href`` has a tag: a resume never continues another archive."""

    what: Literal["changes", "all", "web"]
    since: int | None
    href: str | None = Field(description="Null while its files are being made.")
    files: int
    size: int | None = Field(description="Of the ZIP, in bytes.")
    etag: str | None
    sha256: str | None = Field(description="Of the whole ZIP, once it was read through.")


class KitChangeOut(Schema):
    """What one version changed."""

    what: Literal["added", "removed", "replaced", "corrected"]
    id: str
    kind: str
    title: str
    name: str
    number: int | None = Field(description="Of a photo that is there, at this moment.")
    fields: list[str] = Field(description="Which words or rights were corrected.")


class KitVersionOut(Schema):
    number: int
    made_at: str
    changes: list[KitChangeOut]


class KitOut(Schema):
    """The manifest of a kit's version, as far as the reader may have it."""

    key: str = Field(examples=["press-kit-7"])
    title: str
    locale: str
    url: str
    version: int
    made_at: str
    is_ready: bool
    items: list[KitItemOut]
    downloads: list[DownloadOut]
    versions: list[KitVersionOut]
