"""Writing down what left: ranges put together, files inside archives counted one by one.

It is done when sending has ended, in a transaction of its own. A log that fails never breaks a
download: what could not be written is tried again with the next one, and told to the operator.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from threading import Lock
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest

from cms.access.reader import Reader
from cms.accounts.identity import now
from cms.entries.patience import waiting_at_most
from media.blobs import Blob
from media.downloads import states
from media.downloads.models import Download
from media.downloads.visitors import taker_of, visitor_of
from media.downloads.writing import File, Parcel, write
from media.kits import choosing, sums
from media.kits.choosing import Choice
from media.kits.layout import Layout
from media.kits.reading import Item, Kit
from media.models import Image, Video
from media.renditions.sizes import PRESS, SIZES
from media.streaming import Sent

logger = logging.getLogger(__name__)

MOST_WAITING = 1000
PATIENCE = 2000
"""Milliseconds to wait for SQLite's one writer."""
CAPTIONS = "text/vtt"
SHOWN = (SIZES.keys() - PRESS.keys()) | {"share"}
"""Sizes that pages and social networks show."""
_waiting: deque[tuple[Parcel, Sent, datetime]] = deque(maxlen=MOST_WAITING)
_lock = Lock()


def note_zip(
    reader: Reader, kit: Kit, choice: Choice, layout: Layout, *, visitor: str = ""
) -> Callable[[Layout, Sent], None]:
    """What ``archive.respond`` calls when sending has ended. ``visitor``: of ``visitor_of``."""
    items = choosing.items_of(kit, choice)
    parcel = _parcel_of_kit(reader, kit, choice, visitor, layout.etag, layout.length)
    files = tuple(_members(items, choice, layout))

    def noted(_layout: Layout, sent: Sent) -> None:
        _note(parcel, files, sent, reader)
        if sent.start + sent.length == layout.length:
            _want_sum(layout)

    return noted


def note_item(
    reader: Reader, kit: Kit, choice: Choice, item: Item, blob: Blob, *, visitor: str = ""
) -> Callable[[Sent], None]:
    """The same for one file of a kit that comes as itself."""
    parcel = _parcel_of_kit(reader, kit, choice, visitor, blob.sha256, blob.size)
    name = choosing.name_of(item, choice.size)
    files = (_file(item, blob, name, begins=0),)
    return lambda sent: _note(parcel, files, sent, reader)


def is_taken(request: HttpRequest, asset: Any, size: str | None) -> bool:
    """Whether this is taking a file away, and not a page that shows or a player that plays it.

    Taken are pictures as they came and in press sizes, documents, and films that are downloaded.
    """
    if "download" in request.GET:
        return True
    if isinstance(asset, Image):
        return size not in SHOWN
    return not isinstance(asset, Video) and asset.content_type != CAPTIONS


def note_served(
    request: HttpRequest, reader: Reader, asset: Any, blob: Blob, *, size: str | None, name: str
) -> Callable[[Sent], None] | None:
    """The same for what ``/files/`` sends; nothing for what pages show and players play.

    See ``is_taken``.
    """
    if not is_taken(request, asset, size):
        return None
    file = File(
        file=asset.file_key,
        name=name,
        sha256=blob.sha256,
        source_sha256=asset.sha256,
        size=blob.size,
        begins=0,
        state=states.of_asset(asset),
    )
    return _noted_file(reader, file, size or "hd", visitor_of(request, reader.at))


def version_taken(reader: Reader, key: str) -> tuple[int, datetime] | None:
    """Which version of a kit a person took last, and when. One query.

    Single files count only for those who have taken nothing more.
    """
    if reader.person is None:
        return None
    rows = Download.objects.filter(person=reader.person.id, kit=key)
    single = Q(choice__in=(Download.Choice.ITEMS, Download.Choice.FILE))
    whole_first = ExpressionWrapper(single, output_field=BooleanField()).asc()
    last = rows.order_by(whole_first, "-last_at").values_list("version", "last_at").first()
    return (last[0] or 0, last[1]) if last is not None else None


def flush() -> None:
    """Write what could not be written before."""
    while True:
        with _lock:
            if not _waiting:
                return
            parcel, sent, at = _waiting.popleft()
        if not _written(parcel, sent, at):
            return


def forget() -> None:
    """Drop what waits in this process."""
    with _lock:
        _waiting.clear()


def _noted_file(reader: Reader, file: File, size: str, visitor: str) -> Callable[[Sent], None]:
    parcel = Parcel(
        reader=reader,
        taker=taker_of(reader, visitor),
        choice=Download.Choice.FILE,
        size=size,
        title=(file.state.title if file.state else "") or file.name,
        etag=file.sha256,
        length=file.size,
    )
    return lambda sent: _note(parcel, (file,), sent, reader)


def _note(parcel: Parcel, files: Sequence[File], sent: Sent, reader: Reader) -> None:
    if reader.grants.seen_by or (not sent.length and sent.wanted):
        return  # an administrator looks through somebody's eyes; or nothing left
    if _written(parcel.holding(files), sent, now()):
        flush()


def _written(parcel: Parcel, sent: Sent, at: datetime) -> bool:
    try:
        # Its reader waits meanwhile. Inside a transaction the writer is us.
        with nullcontext() if connection.in_atomic_block else waiting_at_most(PATIENCE):
            write(parcel, sent.start, sent.start + sent.length, at)
    except DatabaseError as error:
        logger.warning("download_not_noted title=%s error=%s", parcel.title, error)
        with _lock:
            _waiting.append((parcel, sent, at))
        return False
    except Exception:
        logger.exception("download_lost title=%s", parcel.title)
    return True


def _parcel_of_kit(
    reader: Reader, kit: Kit, choice: Choice, visitor: str, etag: str, length: int
) -> Parcel:
    return Parcel(
        reader=reader,
        taker=taker_of(reader, visitor),
        kit=kit.key,
        version=kit.version.number,
        since=choice.since,
        choice=_choice(choice),
        size=choice.size,
        title=kit.version.title,
        etag=etag,
        length=length,
    )


def _want_sum(layout: Layout) -> None:
    try:
        sums.want(layout)
    except DatabaseError:
        logger.exception("archive_sum_not_wanted etag=%s", layout.etag)


def _choice(choice: Choice) -> Download.Choice:
    if choice.anchors is not None:
        return Download.Choice.ITEMS
    return Download.Choice.ALL if choice.since is None else Download.Choice.CHANGES


def _members(items: Iterable[Item], choice: Choice, layout: Layout) -> Iterator[File]:
    """The files stand in the archive first, in the kit's order; its papers are no files of it."""
    for number, item in enumerate(items):
        member, blob = layout.members[number], choosing.blob_of(item, choice.size)
        if blob is not None and blob.sha256 == member.sha256:
            yield _file(item, blob, member.name, begins=layout.starts[2 * number + 1])


def _file(item: Item, blob: Blob, name: str, *, begins: int) -> File:
    return File(
        file=item.file,
        anchor=item.anchor,
        name=name.rpartition("/")[2],
        sha256=blob.sha256,
        source_sha256=item.source.sha256,
        size=blob.size,
        begins=begins,
        state=states.of_item(item),
    )
