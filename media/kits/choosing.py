"""What of a kit goes into a download: all of it, a choice, what is new; large or small."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from django.utils.dateparse import parse_datetime

from cms.problems import Problem
from media.blobs import Blob
from media.kits import archive
from media.kits.archive import File, Papers
from media.kits.layout import Layout
from media.kits.reading import Item, Kit, chosen
from media.kits.texts import Contact, Credit

SIZES = ("hd", "web")
FOLDERS = {"photo": "photos", "video": "videos", "logo": "logos", "document": "documents"}


class KitIsBeingMade(Problem):
    """Some picture's sizes are not there yet."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    slug = "kit-is-being-made"
    title = "The files of this kit are still being made"

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} pictures are being prepared. Try again in 20 s.")
        self.headers["Retry-After"] = "20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is asked of a kit. ``since``: only what differs from that version."""

    size: str = "hd"
    anchors: tuple[str, ...] | None = None
    since: int | None = None


def items_of(kit: Kit, choice: Choice) -> tuple[Item, ...]:
    """The items of a choice. Raises ``NothingHere`` for what the reader does not have.

    In web size there are no videos: pages show them.
    """
    items = chosen(kit, choice.anchors)
    if choice.since is not None:
        new = {one.anchor for one in kit.difference(choice.since, kit.version.number)}
        items = tuple(item for item in items if item.anchor in new)
    if choice.size == "web":
        items = tuple(item for item in items if item.kind != "video")
    return items


def blob_of(item: Item, size: str) -> Blob | None:
    """The bytes of an item in a size; nothing while they are being made."""
    return item.web if size == "web" and item.is_picture else item.hd


def name_of(item: Item, size: str) -> str:
    """What a file is called; a small picture is a JPEG whatever it was made of."""
    if size != "web" or not item.is_picture:
        return item.name
    return f"{item.name.rpartition('.')[0] or item.name}-web.jpg"


def layout(kit: Kit, choice: Choice, contacts: Sequence[Contact] = (), terms: str = "") -> Layout:
    """The archive of a choice. Raises ``NothingHere`` and ``KitIsBeingMade``."""
    items = items_of(kit, choice)
    waiting = [item for item in items if blob_of(item, choice.size) is None]
    if waiting:
        raise KitIsBeingMade(len(waiting))
    papers = Papers(
        title=kit.version.title,
        locale=kit.version.locale,
        modified=kit.version.made_at.astimezone(UTC),
        terms=terms,
        contacts=contacts,
    )
    return archive.packed([_file(item, choice.size) for item in items], papers)


def _file(item: Item, size: str) -> File:
    blob = blob_of(item, size)
    assert blob is not None  # noqa: S101 - said by its caller
    return File(
        path=(FOLDERS.get(item.kind, "documents"), name_of(item, size)),
        blob=blob,
        modified=item.source.created_at,
        credit=_credit(item),
    )


def _credit(item: Item) -> Credit:
    said = item.said
    return Credit(
        name="",
        sha256="",
        caption=said.get("caption", ""),
        creator=said.get("creator", ""),
        credit=said.get("credit", ""),
        copyright=said.get("copyright", ""),
        usage_terms=said.get("usage_terms", ""),
        valid_until=_moment(said.get("until")),
        territories=said.get("territories", ""),
        uses=tuple(said.get("uses", "").split()),
        alt=said.get("alt", ""),
    )


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
