"""Sending what was chosen of a kit: an archive, or the one file as itself."""

import logging as logs
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import slugify

from cms.access.reader import Reader
from cms.problems import NothingHere, NotNow, Problem
from media import ranges, streaming
from media.chunks import Truncated
from media.disposition import disposition
from media.downloads import logging
from media.downloads.visitors import visitor_of
from media.kits import archive, choosing, desk, reading
from media.kits.choosing import Choice, KitIsBeingMade
from media.kits.layout import Layout
from media.kits.reading import Item, Kit
from media.ranges import Extent
from media.streaming import PreconditionFailed

logger = logs.getLogger(__name__)


class FileLost(NotNow):
    """The storage has lost bytes of a kit, or has others."""

    slug = "file-lost"
    title = "A file of this kit cannot be read"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A download that its reader may have: ``item`` where it is one file."""

    reader: Reader
    kit: Kit
    choice: Choice
    layout: Layout
    item: Item | None


def prepared(reader: Reader, key: str, number: int, choice: Choice, tag: str | None) -> Prepared:
    """Look up and check everything, now. Raises ``NothingHere`` and other ``Problem``s."""
    kit = reading.kit(key, reader, number=number)
    behind = desk.of(kit)
    items = choosing.items_of(kit, choice)
    if not items:
        raise NothingHere
    behind.check(kit, reader)
    layout = choosing.layout(kit, choice, behind.contacts(kit, reader), behind.terms(kit, reader))
    if tag is not None and tag != layout.etag.strip('"'):
        raise _changed(kit)
    is_one = choice.anchors is not None and len(choice.anchors) == 1
    return Prepared(reader, kit, choice, layout, items[0] if is_one else None)


def _changed(kit: Kit) -> Problem:
    """Another archive by now: going on with the old one would give a broken file."""
    latest = kit.versions[0].number
    return PreconditionFailed(
        f"This archive has changed since it was offered. Begin again with version {latest}."
    )


def send(request: HttpRequest, one: Prepared) -> HttpResponseBase:
    """The answer, whole or the range asked for."""
    try:
        return _begun(request, one)
    except Truncated as error:
        logger.exception("kit_file_lost kit=%s v=%d", one.kit.key, one.kit.version.number)
        raise FileLost("Our people are told of it. Take the other files one by one.") from error


def _begun(request: HttpRequest, one: Prepared) -> HttpResponseBase:
    if one.item is not None:
        return _send_item(request, one, one.item)
    return archive.respond(
        request,
        one.layout,
        name=name_of(one),
        ended=logging.note_zip(
            one.reader,
            one.kit,
            one.choice,
            one.layout,
            visitor=visitor_of(request, one.reader.at),
        ),
    )


def name_of(one: Prepared) -> str:
    """Such as ``l-horlogere-v3-web``: it says what it is when it lies in a folder of downloads."""
    words = [slugify(one.kit.version.title) or one.kit.key, f"v{one.kit.version.number}"]
    if one.choice.since is not None:
        words.append(f"since-v{one.choice.since}")
    if one.choice.anchors is not None:
        words.append(f"{len(one.choice.anchors)}-files")
    if one.choice.size == "web":
        words.append("web")
    return "-".join(words)


def _send_item(request: HttpRequest, one: Prepared, item: Item) -> HttpResponseBase:
    blob = choosing.blob_of(item, one.choice.size)
    if blob is None:
        raise KitIsBeingMade(1)
    answer = ranges.answer(
        request.method or "",
        request.headers,
        etag=ranges.strong(blob.sha256),
        size=blob.size,
    )
    extent = Extent(blob.name, answer.start, answer.length, blob.size)
    noted = logging.note_item(
        one.reader, one.kit, one.choice, item, blob, visitor=visitor_of(request, one.reader.at)
    )
    response = streaming.respond(request, answer, [extent], ended=noted)
    if answer.has_bytes:
        response["Content-Type"] = blob.content_type
        name = choosing.name_of(item, one.choice.size)
        response["Content-Disposition"] = disposition(name, is_attachment=True)
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
