"""What a person took, and whether it still is what we give out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cms.access.reader import Reader
from cms.entries import read
from media import library
from media.downloads import states
from media.downloads.models import Download, Taken
from media.downloads.recall import copy_of
from media.kits import reading
from media.kits.reading import Kit

MOST = 200

CURRENT, NEWER, CORRECTED, WITHDRAWN, EXPIRED, CLOSED = (
    "current", "newer", "corrected", "withdrawn", "expired", "closed",
)  # fmt: skip
"""What becomes of a file: ``closed`` is given to this person no more. Of a kit also ``newer``."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file of a download. ``state``: see above."""

    name: str
    sha256: str
    is_whole: bool
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A download of one's own. ``delta``: where what differs since can be had."""

    title: str
    at: datetime
    choice: str
    version: int | None
    latest: int | None
    received: int
    length: int
    is_whole: bool
    state: str
    url: str
    delta: str
    files: Sequence[TakenFile]


def of(reader: Reader) -> list[Mine]:
    """What this person took, newest first. A few queries a kit. Raises ``StaleReader``."""
    if reader.person is None:
        return []
    rows = Download.objects.filter(person=reader.person.id)
    downloads = list(rows.prefetch_related("taken__state").order_by("-started_at")[:MOST])
    taken = [row for one in downloads for row in one.taken.all()]
    present = _Now(taken, downloads, reader)
    cards = read.cards_of(sorted({one.kit for one in downloads if one.kit}), reader)
    kits = {key: reading.kit(key, reader) for key in cards}
    return [_mine(one, kits.get(one.kit), present) for one in downloads]


class _Now:
    """What everything that was taken is now."""

    def __init__(
        self, taken: Sequence[Taken], downloads: Sequence[Download], reader: Reader
    ) -> None:
        by_pk = {one.pk: one for one in downloads}
        for row in taken:
            row.download = by_pk[row.download_id]
        self.at = reader.at
        self.assets = library.assets_of({row.file for row in taken})
        self.present = states.present_of({copy_of(row).origin for row in taken})
        self.open = {file for file in self.assets if read.may_have(file, reader) is not None}

    def state_of(self, row: Taken) -> str:
        asset, now = self.assets.get(row.file), self.present.get(copy_of(row).origin)
        if asset is not None and (over := states.is_over(asset, self.at)):
            return over
        if asset is None or row.file not in self.open:
            return CLOSED
        is_known = now is not None and row.state is not None
        is_same = is_known and now is not None and row.state.digest == now.digest  # type: ignore[union-attr]
        return CURRENT if is_same or not is_known else CORRECTED


def _mine(one: Download, kit: Kit | None, now: _Now) -> Mine:
    files = [
        TakenFile(row.name, row.sha256, row.completed_at is not None, now.state_of(row))
        for row in one.taken.all()
    ]
    latest = kit.versions[0].number if kit is not None else None
    is_behind = latest is not None and one.version is not None and one.version < latest
    return Mine(
        title=one.title,
        at=one.started_at,
        choice=str(one.get_choice_display()),
        version=one.version,
        latest=latest,
        received=one.received,
        length=one.length,
        is_whole=one.completed_at is not None,
        state=_state(files, is_behind=is_behind),
        url=str(kit.card["url"]) if kit is not None else "",
        delta=_delta(one, kit) if is_behind and kit is not None else "",
        files=files,
    )


def _state(files: Sequence[TakenFile], *, is_behind: bool) -> str:
    """The worst of its files counts."""
    found = {one.state for one in files}
    worst = next((one for one in (WITHDRAWN, EXPIRED, CORRECTED, CLOSED) if one in found), CURRENT)
    return NEWER if worst == CURRENT and is_behind else worst


def _delta(one: Download, kit: Kit) -> str:
    """Nothing where the reader's kit has not changed since."""
    if one.version is None or one.version not in kit.older:
        return ""
    changes = kit.difference(one.version, kit.versions[0].number)
    if all(change.what == "removed" for change in changes):
        return ""
    size = "&size=web" if one.size == "web" else ""
    return f"/api/v1/kits/{kit.key}/v{kit.versions[0].number}.zip?since={one.version}{size}"
