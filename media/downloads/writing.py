"""One end of a sending, into the rows of the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from cms.access.reader import Reader
from cms.accounts.models import Organisation, Token
from media.downloads.merging import covered, holds, merged
from media.downloads.models import Download, FileState, Taken
from media.downloads.states import Present

TRIES = 6
RESUMED_WITHIN = timedelta(days=7)
"""How long after its last byte an unfinished download is gone on with."""
AGAIN_AFTER = timedelta(hours=6)
"""How long after its last byte further ranges of a finished download still belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file in what is sent. ``begins``: the place of its first byte."""

    file: str
    name: str
    sha256: str
    source_sha256: str
    size: int
    begins: int
    state: Present | None
    anchor: str = ""

    @property
    def stops(self) -> int:
        return self.begins + self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is sent to whom. Without a ``taker`` each sending is a download of its own."""

    reader: Reader
    taker: str
    choice: Download.Choice
    size: str
    title: str
    etag: str
    length: int
    kit: str = ""
    version: int | None = None
    since: int | None = None
    files: tuple[File, ...] = ()

    def holding(self, files: Sequence[File]) -> "Parcel":
        return replace(self, files=tuple(files))


def write(parcel: Parcel, start: int, stop: int, at: datetime) -> Download:
    """Add the bytes from one place to another to the download that they belong to.

    Others may write to it at the same time, in other processes: its row is locked, and of two that
    begin it one begins again.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _written(parcel, start, stop, at)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    raise AssertionError  # pragma: no cover


def _written(parcel: Parcel, start: int, stop: int, at: datetime) -> Download:
    download = _download(parcel, at)
    download.ranges = [list(one) for one in merged(download.ranges, start, stop)]
    download.received = covered(download.ranges, 0, parcel.length)
    download.last_at = max(download.last_at, at)
    touched = {
        place: file
        for place, file in enumerate(parcel.files)
        if file.begins < stop and (start < file.stops or (not file.size and start <= file.begins))
    }
    _take(download, touched, at)
    if download.completed_at is None:
        whole = download.taken.filter(completed_at__isnull=False).count()
        if whole == download.files:
            download.completed_at = at
    download.save(update_fields=["ranges", "received", "last_at", "completed_at"])
    return download


def _download(parcel: Parcel, at: datetime) -> Download:
    rows = Download.objects.select_for_update().filter(taker=parcel.taker, etag=parcel.etag)
    last = rows.order_by("-turn").first() if parcel.taker else None
    if last is not None and _goes_on(last, at):
        return last
    return _begun(parcel, last.turn + 1 if last else 1, at)


def _goes_on(last: Download, at: datetime) -> bool:
    within = RESUMED_WITHIN if last.completed_at is None else AGAIN_AFTER
    return at - last.last_at < within


def _begun(parcel: Parcel, turn: int, at: datetime) -> Download:
    person = parcel.reader.person
    user = get_user_model()._default_manager.filter(pk=person.id).first() if person else None
    outlet = person.organisation if person else ""
    organisation = Organisation.objects.filter(name=outlet).first() if outlet else None
    token = parcel.reader.grants.token_id
    return Download.objects.create(
        taker=parcel.taker or f"u{uuid4().hex[:30]}",
        turn=turn,
        person_id=user.pk if user else None,
        organisation=organisation,
        outlet=outlet,
        token=Token.objects.filter(pk=token).first() if token else None,
        kit=parcel.kit,
        version=parcel.version,
        since=parcel.since,
        choice=parcel.choice,
        size=parcel.size,
        title=parcel.title[:300],
        etag=parcel.etag,
        length=parcel.length,
        files=len(parcel.files),
        started_at=at,
        last_at=at,
    )


def _take(download: Download, touched: dict[int, File], at: datetime) -> None:
    known = {one.position: one for one in download.taken.filter(position__in=touched)}
    new = {place: file for place, file in touched.items() if place not in known}
    states = _states(file.state for file in new.values() if file.state is not None)
    rows = {
        **known,
        **{place: _taken(download, place, file, states) for place, file in new.items()},
    }
    for place, file in touched.items():
        row = rows[place]
        row.received = covered(download.ranges, file.begins, file.stops)
        if row.completed_at is None and holds(download.ranges, file.begins, file.stops):
            row.completed_at = at
    Taken.objects.bulk_create(rows[place] for place in new)
    Taken.objects.bulk_update(known.values(), ["received", "completed_at"])


def _taken(
    download: Download, place: int, file: File, states: dict[tuple[str, str], FileState]
) -> Taken:
    state = states[file.state.file, file.state.digest] if file.state is not None else None
    return Taken(
        download=download,
        position=place,
        file=file.file,
        anchor=file.anchor,
        name=file.name[:300],
        sha256=file.sha256,
        source_sha256=file.source_sha256,
        size=file.size,
        state=state,
    )


def _states(wanted: Iterable[Present]) -> dict[tuple[str, str], FileState]:
    by_key = {(one.file, one.digest): one for one in wanted}
    if not by_key:
        return {}
    rows = FileState.objects.filter(file__in={file for file, _digest in by_key})
    found = {(row.file, row.digest): row for row in rows}
    missing = [one for key, one in by_key.items() if key not in found]
    if missing:
        FileState.objects.bulk_create(
            (
                FileState(
                    file=one.file,
                    digest=one.digest,
                    source_sha256=one.source_sha256,
                    said=dict(one.said),
                )
                for one in missing
            ),
            ignore_conflicts=True,
        )
        found = {(row.file, row.digest): row for row in rows.all()}
    return found
