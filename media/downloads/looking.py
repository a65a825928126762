"""Looking whether what people took still is what it was, and opening notices where it is not.

Nothing depends on hearing of each change: what somebody has is compared with what is there now. So
five quick saves are one notice, one that was undone is none, and no change is missed for good.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from cms.entries.models import Change, Entry, Holding
from media import library
from media.downloads import recall, states
from media.downloads.models import Download, Notice, Taken
from media.downloads.recall import WITHDRAWN
from media.downloads.states import Origin, Present

Kind = Notice.Kind
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class _Held:
    """A state in which at least one person has a file."""

    origin: Origin
    digest: str | None
    told: str

    def is_behind(self, now: Present | None) -> bool:
        """Whether somebody has to be told: it is another by now, and they do not know of it."""
        known = (None, now.digest if now else None)
        return now is not None and self.digest not in known and self.told != now.digest


@transaction.atomic
def look(files: Iterable[str], at: datetime) -> None:
    """Open, touch and close the notices of these files. A fixed number of queries."""
    held = _held(files)
    if not held:
        return
    assets = library.assets_of(held)
    withdrawn = {key for key, asset in assets.items() if states.is_over(asset, at) == WITHDRAWN}
    origins = {one.origin for key, rows in held.items() if key not in withdrawn for one in rows}
    present = states.present_of(origins)
    for key, rows in held.items():
        if key in withdrawn:
            _look_at_withdrawn(assets[key], rows, at)
        else:
            _dismiss(Kind.WITHDRAWN, key, at)
            _look_at_changed(key, rows, present, at)


def withdrawn_and_untold() -> set[str]:
    """The keys of withdrawn files whose takers do not know of it. Four queries."""
    keys = library.keys_where(Q(withdrawn_at__isnull=False))
    return set(
        recall.taken(Q(file__in=keys)).exclude(told=WITHDRAWN).values_list("file", flat=True)
    )


def files_of(kits: Iterable[str]) -> set[str]:
    """The files that people took of these kits. One query."""
    rows = recall.taken(Q(download__kit__in=list(kits)))
    return set(rows.values_list("file", flat=True).distinct())


def all_files() -> set[str]:
    """Every file that somebody took. One query."""
    return set(recall.taken(Q()).values_list("file", flat=True).distinct())


@transaction.atomic
def follow_entries(changes: Iterable[Change]) -> None:
    """Notices about texts: for material corrections by their notes, and for what is gone."""
    by_key: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_key[change.key].append(change)
    concerned = _with_takers(by_key)
    there = dict(Entry.objects.filter(key__in=concerned).values_list("key", "title"))
    for key in concerned:
        if key in there:
            _dismiss(Kind.UNPUBLISHED, key, by_key[key][-1].at)
            _note_corrections(key, there[key], by_key[key])
        else:
            _note_gone(key, by_key[key][-1])


def open_notice(
    kind: Notice.Kind, subject: str, at: datetime, *, title: str, reason: str = "", seen: str = ""
) -> Notice:
    """The pending notice of a subject: a new one, or the one that is there, touched.

    A reason that an editor changed stays; further ones are added to it.
    """
    notice, is_new = Notice.objects.select_for_update().get_or_create(
        kind=kind,
        subject=subject,
        state=Notice.State.PENDING,
        defaults={
            "title": title[:300],
            "reason": reason,
            "seen": seen,
            "opened_at": at,
            "touched_at": at,
        },
    )
    if is_new or (seen and seen == notice.seen):
        return notice
    if reason and reason not in notice.reason.splitlines():
        notice.reason = f"{notice.reason}\n{reason}".strip()[:LONGEST_REASON]
    notice.title, notice.seen, notice.touched_at = title[:300], seen, at
    notice.save(update_fields=["title", "reason", "seen", "touched_at"])
    return notice


def _held(files: Iterable[str]) -> dict[str, list[_Held]]:
    rows = recall.taken(Q(file__in=list(files))).order_by()
    values = rows.values_list("file", "download__kit", "anchor", "state__digest", "told").distinct()
    held: dict[str, list[_Held]] = defaultdict(list)
    for file, kit, anchor, digest, told in values:
        origin = Origin(file, kit, anchor) if kit else Origin(file)
        held[file].append(_Held(origin, digest, told))
    return held


def _look_at_withdrawn(asset: Any, rows: Iterable[_Held], at: datetime) -> None:
    _dismiss(Kind.CORRECTED, asset.file_key, at)
    if any(row.told != WITHDRAWN for row in rows):
        reason = asset.withdrawn_because
        open_notice(
            Kind.WITHDRAWN, asset.file_key, at, title=asset.title, reason=reason, seen=WITHDRAWN
        )


def _look_at_changed(
    key: str, rows: Iterable[_Held], present: Mapping[Origin, Present], at: datetime
) -> None:
    behind = [one for one in rows if one.is_behind(present.get(one.origin))]
    if not behind:
        _dismiss(Kind.CORRECTED, key, at)
        return
    now = sorted({present[one.origin].digest for one in behind})
    seen = hashlib.blake2b("".join(now).encode(), digest_size=16).hexdigest()
    open_notice(Kind.CORRECTED, key, at, title=present[behind[0].origin].title, seen=seen)


def _with_takers(keys: Iterable[str]) -> set[str]:
    """Those of the entries that somebody took as a kit, or a file of."""
    wanted = list(keys)
    named = Download.objects.filter(person__isnull=False, kit__in=wanted)
    concerned = set(named.values_list("kit", flat=True).distinct())
    held = Holding.objects.filter(entry__key__in=wanted).values_list("entry__key", "file")
    files: dict[str, set[str]] = defaultdict(set)
    for key, file in held:
        files[file].add(key)
    rows = Taken.objects.filter(file__in=files, download__person__isnull=False)
    for file in rows.values_list("file", flat=True).distinct():
        concerned |= files[file]
    return concerned


def _note_corrections(key: str, title: str, changes: Iterable[Change]) -> None:
    for change in changes:
        if change.weight == Change.Weight.MATERIAL:
            open_notice(Kind.ENTRY, key, change.at, title=title, reason=change.note)


def _note_gone(key: str, change: Change) -> None:
    _dismiss(Kind.ENTRY, key, change.at)
    titles = Download.objects.filter(kit=key).order_by("-last_at").values_list("title", flat=True)
    title = titles.first()
    if title is not None:
        open_notice(Kind.UNPUBLISHED, key, change.at, title=title, seen="gone")


def _dismiss(kind: Notice.Kind, subject: str, at: datetime) -> None:
    recall.pending().filter(kind=kind, subject=subject).update(
        state=Notice.State.DISMISSED, ended_at=at
    )
