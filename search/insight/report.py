"""The report of a period: read from the log, counted, and written out."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

import orjson
from django.utils import timezone

from search.insight.figures import Asking, Figures, figures
from search.insight.models import Asked, Click
from search.insight.people import least_people
from search.insight.visits import Row, searches

MOST_ROWS = 300_000
COLUMNS = (
    "id",
    "at",
    "reader",
    "text",
    "folded",
    "total",
    "milliseconds",
    "locale",
    "page",
    "correction",
    "is_correction_accepted",
    "is_degraded",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included, where the company is."""

    since: date
    until: date

    @property
    def days(self) -> list[date]:
        return [
            self.since + timedelta(days=step) for step in range((self.until - self.since).days + 1)
        ]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        return _midnight(self.since), _midnight(self.until + timedelta(days=1))


def of(period: Period) -> Figures:
    """The figures of a period. Two queries, however much was asked."""
    return figures(searches(_rows(period)), period.days, least_people())


def is_cut(period: Period) -> bool:
    """Whether more was asked than is read."""
    since, until = period.moments
    return Asked.objects.filter(at__gte=since, at__lt=until)[MOST_ROWS:].exists()


def as_csv(queries: Iterable[Asking]) -> str:
    """A line a query, for spreadsheets: nothing in it is taken for a formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_record(None))
    writer.writerows([_harmless(value) for value in _record(one).values()] for one in queries)
    return text.getvalue()


def as_json_lines(queries: Iterable[Asking]) -> str:
    """The same as JSON Lines."""
    return "".join(orjson.dumps(_record(one)).decode() + "\n" for one in queries)


def _record(one: Asking | None) -> dict[str, Any]:
    return {
        "query": one and one.text,
        "locale": one and one.locale,
        "searches": one and one.count,
        "people": one and one.people,
        "without_result": one and one.nothing,
        "abandoned": one and one.abandoned,
        "reformulated": one and one.reformulated,
        "p95_ms": one and one.slowness,
    }


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _rows(period: Period) -> Iterator[Row]:
    since, until = period.moments
    asked = Asked.objects.filter(at__gte=since, at__lt=until)
    clicks: dict[int, list[int]] = defaultdict(list)
    clicked = Click.objects.filter(asked__in=asked).values_list("asked_id", "position")
    for number, position in clicked.order_by("pk").iterator():
        clicks[number].append(position)
    # The newest, and then reader by reader.
    newest = asked.order_by("-at").values_list(*COLUMNS)[:MOST_ROWS]
    for number, *values in sorted(newest, key=lambda row: (row[2], row[1], row[0])):
        named: dict[str, Any] = dict(zip(COLUMNS[1:], values, strict=True))
        yield Row(**named, clicks=tuple(clicks.get(number, ())))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())
