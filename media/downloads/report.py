"""The figures of a period, from the log: by day, file, outlet and kit, and line by line."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from cms.accounts.models import display_name
from media.downloads.models import Download, Taken

MOST_LISTED = 50
COLUMNS = (
    "started", "completed", "person", "email", "outlet", "by token", "kit", "version", "title",
    "choice", "size", "file", "name", "sha256", "original sha256", "bytes", "bytes delivered",
    "file completed",
)  # fmt: skip
# A spreadsheet runs a cell that begins so; with an apostrophe before it, it shows it.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which downloads: from one day to another, both included; the rest narrows them down."""

    since: date
    until: date
    kit: str = ""
    outlet: str = ""
    person: int | None = None
    file: str = ""

    @property
    def days(self) -> list[date]:
        return [
            self.since + timedelta(days=step) for step in range((self.until - self.since).days + 1)
        ]

    @property
    def condition(self) -> Q:
        """On rows of ``Download``."""
        start, stop = _midnight(self.since), _midnight(self.until + timedelta(days=1))
        found = Q(started_at__gte=start, started_at__lt=stop)
        if self.kit:
            found &= Q(kit=self.kit)
        if self.outlet:
            found &= Q(outlet=self.outlet)
        if self.person is not None:
            found &= Q(person=self.person)
        if self.file:
            found &= Q(pk__in=Taken.objects.filter(_is_file(self.file)).values("download"))
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table. ``whole`` downloads or files, and of how many begun."""

    key: str
    title: str
    whole: int
    begun: int
    bytes: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A period in numbers."""

    begun: int
    whole: int
    people: int
    outlets: int
    strangers: int  # downloads by people who were not signed in
    files: int
    bytes: int
    by_day: tuple[int, ...]
    whole_by_day: tuple[int, ...]
    by_file: tuple[Line, ...]
    by_outlet: tuple[Line, ...]
    by_kit: tuple[Line, ...]


def of(asked: Asked) -> Figures:
    """Count. Six queries, however much was taken."""
    rows = Download.objects.filter(asked.condition).order_by()
    taken = _taken(asked)
    total = rows.aggregate(
        begun=Count("pk"),
        whole=Count("pk", filter=_WHOLE),
        people=Count("person", distinct=True),
        outlets=Count("outlet", distinct=True, filter=~Q(outlet="")),
        strangers=Count("pk", filter=Q(person=None)),
        bytes=Sum("received"),
    )
    begun, whole = _days(rows, asked)
    return Figures(
        **{**total, "bytes": total["bytes"] or 0},
        files=taken.filter(_FILE_WHOLE).count(),
        by_day=begun,
        whole_by_day=whole,
        by_file=tuple(_by_file(taken)),
        by_outlet=tuple(_lines(rows.exclude(outlet=""), "outlet")),
        by_kit=tuple(_by_kit(rows)),
    )


def latest(asked: Asked) -> QuerySet[Download]:
    """The downloads themselves, newest first."""
    rows = Download.objects.filter(asked.condition).select_related("person")
    return rows.order_by("-started_at", "-pk")


def as_csv(rows: Iterable[Taken]) -> Iterator[str]:
    """A line a file, as it is read, for spreadsheets: nothing in it is taken for a formula."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(COLUMNS)
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in _cells(row)])


def lines(asked: Asked) -> Iterator[Taken]:
    """Every file of every download, from the database a few at a time."""
    rows = _taken(asked).select_related("download", "download__person")
    return rows.order_by("download__started_at", "download", "position").iterator(chunk_size=2000)


_WHOLE = Q(completed_at__isnull=False)
_FILE_WHOLE = Q(completed_at__isnull=False)


class _Echo:
    """Hands the writer's lines on."""

    def write(self, line: str) -> str:
        return line


def _taken(asked: Asked) -> QuerySet[Taken]:
    rows = Taken.objects.filter(download__in=Download.objects.filter(asked.condition)).order_by()
    return rows.filter(_is_file(asked.file)) if asked.file else rows


def _is_file(said: str) -> Q:
    """By its key, a checksum, or a part of its name."""
    return Q(file=said) | Q(sha256=said.lower()) | Q(name__icontains=said)


def _days(rows: QuerySet[Download], asked: Asked) -> tuple[tuple[int, ...], tuple[int, ...]]:
    by_day = rows.annotate(day=TruncDate("started_at")).values("day")
    found = {
        row["day"]: (row["begun"], row["whole"])
        for row in by_day.annotate(begun=Count("pk"), whole=Count("pk", filter=_WHOLE))
    }
    counts = [found.get(day, (0, 0)) for day in asked.days]
    return tuple(begun for begun, _ in counts), tuple(whole for _, whole in counts)


def _by_file(taken: QuerySet[Taken]) -> Iterator[Line]:
    counted = taken.values("file").annotate(
        begun=Count("pk"),
        whole=Count("pk", filter=_FILE_WHOLE),
        bytes=Sum("received"),
        people=Count("download__person", distinct=True, filter=_FILE_WHOLE),
    )
    rows = list(counted.order_by("-whole", "-begun", "file")[:MOST_LISTED])
    keys = [row["file"] for row in rows]
    names = dict(
        Taken.objects.filter(file__in=keys).order_by("pk").values_list("file", "name")
    )  # the last one wins
    for row in rows:
        yield _line(row, row["file"], names)


def _by_kit(rows: QuerySet[Download]) -> Iterator[Line]:
    of_kits = rows.exclude(kit="")
    titles = dict(of_kits.order_by("pk").values_list("kit", "title"))
    yield from _lines(of_kits, "kit", titles)


def _lines(
    rows: QuerySet[Download], field: str, titles: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Line]:
    counted = rows.values(field).annotate(
        begun=Count("pk"),
        whole=Count("pk", filter=_WHOLE),
        bytes=Sum("received"),
        people=Count("person", distinct=True),
    )
    for row in counted.order_by("-whole", "-begun", field)[:MOST_LISTED]:
        yield _line(row, row[field], titles)


def _line(row: Mapping[str, Any], key: str, titles: Mapping[str, str]) -> Line:
    return Line(
        key, titles.get(key, key), row["whole"], row["begun"], row["bytes"] or 0, row["people"]
    )


def _cells(row: Taken) -> tuple[Any, ...]:
    one = row.download
    person = one.person
    return (
        _when(one.started_at), _when(one.completed_at), display_name(person) if person else "",
        person.email if person else "", one.outlet, "yes" if one.is_by_token else "", one.kit,
        one.version or "", one.title, one.choice, one.size, row.file, row.name, row.sha256,
        row.source_sha256, row.size, row.received, _when(row.completed_at),
    )  # fmt: skip


def _when(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _harmless(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\x00", "")
    return f"'{cell}" if cell.lstrip(" \n").startswith(_RUNS) else cell


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())
