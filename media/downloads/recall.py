"""Who has a file, and what they were told of it since."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet

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
