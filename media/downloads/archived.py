"""Whole archives that somebody still has: which version they are, and whether that still holds."""

from collections.abc import Iterable
from typing import Any

from cms.access.reader import Reader
from cms.entries.holdings import held_by
from cms.problems import NothingHere
from media import library
from media.downloads import states
from media.downloads.models import Download
from media.kits import manifest, reading
from media.kits.choosing import Choice
from media.kits.models import ArchiveSum
from media.kits.reading import Kit
from media.kits.versions import latest_numbers

MOST = 20


def told(sha256: str, reader: Reader) -> list[dict[str, Any]]:
    """What the reader may know of an archive, if these are its bytes. Raises ``StaleReader``.

    It is known by the downloads of it: their own, or of somebody whose files they may all have.
    """
    etags = ArchiveSum.objects.filter(sha256=sha256).values_list("etag", flat=True)
    rows = Download.objects.filter(etag__in=list(etags)).exclude(kit="").order_by("-last_at")
    own = rows.filter(person=reader.person.id).first() if reader.person is not None else None
    if own is not None:
        return [_told(own, reader)]
    for one in rows.filter(completed_at__isnull=False)[:MOST]:
        held = {(item.anchor, item.file) for item in held_by([one.kit], reader)}
        inside = set(one.taken.values_list("anchor", "file"))
        if inside and inside <= held:
            return [_told(one, reader)]
    return []


def _told(one: Download, reader: Reader) -> dict[str, Any]:
    try:
        kit = reading.kit(one.kit, reader)
    except NothingHere:
        kit = None
    state = _state(one, kit, reader)
    is_behind = kit is not None and state == "replaced"
    return {
        "known": True,
        "state": state,
        "title": one.title,
        "name": "",
        "credit": "",
        "usage_terms": "",
        "until": None,
        "version": one.version,
        "kit": _kit(kit) if kit is not None else None,
        "replaced_by": _newer(kit, one.version) if kit is not None and is_behind else None,
    }


def _state(one: Download, kit: Kit | None, reader: Reader) -> str:
    files = list(one.taken.values_list("file", flat=True))
    if over := _over(files, reader):
        return over
    if kit is not None and one.version is not None:
        return "replaced" if _changes(kit, one.version) else "current"
    latest = latest_numbers([one.kit]).get(one.kit)
    return "current" if latest == one.version else "replaced"


def _over(files: Iterable[str], reader: Reader) -> str:
    """Why one of the files is given out no more; a withdrawal counts for more than an end."""
    assets = library.assets_of(files)
    reasons = {states.is_over(asset, reader.at) for asset in assets.values()}
    return next((one for one in ("withdrawn", "expired") if one in reasons), "")


def _changes(kit: Kit, version: int) -> bool:
    """Whether the reader's version says or holds anything else than the latest."""
    if version not in kit.older:
        return True
    changes = kit.difference(version, kit.versions[0].number)
    return any(one.what != "corrected" or one.fields for one in changes)


def _kit(kit: Kit) -> dict[str, Any]:
    return {"key": kit.key, "title": kit.version.title, "url": kit.card["url"]}


def _newer(kit: Kit, version: int | None) -> dict[str, Any]:
    """The latest version, and what differs from the one they have."""
    return {
        "name": kit.version.title,
        "sha256": None,
        "version": kit.version.number,
        "url": manifest.href(kit, Choice(since=version)),
    }
