"""Who has a file, and what they were told of it since."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from cms.accounts.models import User, display_name
from media.downloads.models import Notice, Taken, Told
from media.downloads.states import Origin

WITHDRAWN = "withdrawn"
"""What ``Taken.told`` is once its taker knows that the file is withdrawn."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A file as somebody has it. ``state``: the row of what it was then."""

    file: str
    name: str
    sha256: str
    kit: str = ""
    anchor: str = ""
    state: int | None = None

    @property
    def origin(self) -> Origin:
        return Origin(self.file, self.kit, self.anchor) if self.kit else Origin(self.file)

    @property
    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Somebody who has copies of a file, and when they last took one."""

    person_id: int
    name: str
    email: str
    outlet: str
    last_at: datetime
    copies: tuple[Copy, ...]


def takers_of(file_key: str) -> list[Taker]:
    """The people who have a file whole, those who took it last first. Two queries."""
    rows: dict[int, list[Taken]] = defaultdict(list)
    for row in taken(Q(file=file_key)).select_related("download"):
        rows[row.download.person_id or 0].append(row)
    people = User.objects.in_bulk(list(rows))
    takers = [_taker(people[pk], own) for pk, own in rows.items() if pk in people]
    return sorted(takers, key=lambda one: one.last_at, reverse=True)


def count_of(file_key: str) -> int:
    """How many people would be told. One query."""
    return taken(Q(file=file_key)).values("download__person").distinct().count()


def anonymous_of(file_key: str) -> int:
    """How many downloads of it nobody can be told about. One query."""
    rows = Taken.objects.filter(file=file_key, completed_at__isnull=False)
    return rows.filter(download__person=None).count()


def told(key: str, version: int) -> int:
    """How many people were told of changes that a version of a kit brought. One query."""
    rows = Told.objects.filter(kit=key, version=version, sent_at__isnull=False)
    return rows.values("person").distinct().count()


def taken(condition: Q) -> QuerySet[Taken]:
    """What people with a name have whole."""
    rows = Taken.objects.filter(condition, completed_at__isnull=False)
    return rows.filter(download__person__isnull=False)


def copy_of(row: Taken) -> Copy:
    """The copy that a row of the log tells of; its download is at hand."""
    return Copy(row.file, row.name, row.sha256, row.download.kit, row.anchor, row.state_id)


def pending() -> QuerySet[Notice]:
    """Notices that wait, the last touched first."""
    return Notice.objects.filter(state=Notice.State.PENDING)


def _taker(person: User, rows: Iterable[Taken]) -> Taker:
    newest = max(rows, key=lambda row: row.completed_at or row.download.last_at)
    return Taker(
        person_id=person.pk,
        name=display_name(person),
        email=person.email,
        outlet=newest.download.outlet,
        last_at=newest.completed_at or newest.download.last_at,
        copies=tuple(dict.fromkeys(copy_of(row) for row in rows)),
    )
