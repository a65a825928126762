"""The SHA-256 of whole archives, known once somebody has read them through."""

import hashlib
import logging
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django_tasks import task

from media.chunks import Chunks, Truncated
from media.kits.layout import Layout, Member, lay_out
from media.kits.models import ArchiveSum

logger = logging.getLogger(__name__)

AT_ONCE = 32 << 20
"""Bytes up to which an archive is read while somebody waits."""
ASKED_AGAIN = 3600
"""Seconds until a sum that is asked for again is queued again: its worker may be dead."""
LAST = -20


def sum_of(layout: Layout) -> str:
    """The archive's SHA-256; of a large one nothing before the worker has read it. One query."""
    known = ArchiveSum.objects.filter(etag=layout.etag).values_list("sha256", flat=True).first()
    if known:
        return known
    if layout.length <= AT_ONCE:
        return _read(layout)
    _queue(layout)
    return ""


def want(layout: Layout) -> None:
    """Have an archive that somebody took read by the worker, so that their copy is known."""
    if not ArchiveSum.objects.filter(etag=layout.etag).exists():
        _queue(layout)


def _queue(layout: Layout) -> None:
    if cache.add(f"sum-{layout.etag[1:33]}", 1, ASKED_AGAIN):
        transaction.on_commit(partial(read_through.enqueue, _packed(layout.members)))


@task(priority=LAST)
def read_through(members: list[dict[str, Any]]) -> None:
    """Read an archive as it would be sent. Two at once find the same."""
    layout = lay_out(_unpacked(members))
    if not ArchiveSum.objects.filter(etag=layout.etag).exclude(sha256="").exists():
        _read(layout)


def _read(layout: Layout) -> str:
    digest = hashlib.sha256()
    try:
        for chunk in Chunks(layout.segments()):
            digest.update(chunk)
    except (Truncated, OSError) as error:
        logger.warning("archive_not_read etag=%s error=%s", layout.etag, error)
        return ""
    found = digest.hexdigest()
    ArchiveSum.objects.update_or_create(etag=layout.etag, defaults={"sha256": found})
    return found


def _packed(members: Sequence[Member]) -> list[dict[str, Any]]:
    """As JSON, for the queue."""
    return [
        {
            "name": one.name,
            "size": one.size,
            "crc32": one.crc32,
            "sha256": one.sha256,
            "modified": one.modified.isoformat(),
            "stored": one.content if isinstance(one.content, str) else None,
            "content": b64encode(one.content).decode() if isinstance(one.content, bytes) else None,
        }
        for one in members
    ]


def _unpacked(members: Sequence[dict[str, Any]]) -> list[Member]:
    return [
        Member(
            name=one["name"],
            size=one["size"],
            crc32=one["crc32"],
            sha256=one["sha256"],
            modified=datetime.fromisoformat(one["modified"]),
            content=b64decode(one["content"]) if one["stored"] is None else one["stored"],
        )
        for one in members
    ]
