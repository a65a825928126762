"""The figures of the report, from the searches of a period. Pure functions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from django.utils import timezone

from search.insight.visits import Search

MOST_LISTED = 25
CLICK_PLACES = 10


@dataclass(slots=True)
class Asking:
    """A query, and everything that came of asking it."""

    folded: str
    count: int = 0
    nothing: int = 0
    abandoned: int = 0
    reformulated: int = 0
    milliseconds: list[int] = field(default_factory=list)
    _texts: Counter[str] = field(default_factory=Counter)
    _locales: Counter[str] = field(default_factory=Counter)
    _people: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, search: Search) -> None:
        row = search.row
        self.count += 1
        self.nothing += search.found_nothing
        self.abandoned += search.is_abandoned
        self.reformulated += search.is_reformulated
        self.milliseconds.append(row.milliseconds)
        self._texts[row.text] += 1
        self._locales[row.locale] += 1
        self._people[f"{row.at:%Y-%m}"].add(row.reader)

    @property
    def text(self) -> str:
        return self._texts.most_common(1)[0][0]

    @property
    def locale(self) -> str:
        return self._locales.most_common(1)[0][0]

    @property
    def people(self) -> int:
        """At least so many: see ``search.insight.people``."""
        return max(map(len, self._people.values()))

    @property
    def slowness(self) -> int:
        return percentile(self.milliseconds, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the period."""

    day: date
    searches: int
    nothing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A period in numbers, and the queries that may be shown."""

    searches: int = 0
    people: int = 0
    nothing: int = 0
    with_results: int = 0
    abandoned: int = 0
    reformulated: int = 0
    corrections: int = 0
    accepted: int = 0
    clicks: int = 0
    click_position: float = 0.0
    clicks_at: tuple[int, ...] = ()
    p50: int = 0
    p95: int = 0
    p99: int = 0
    fallback: int = 0
    days: tuple[Day, ...] = ()
    queries: tuple[Asking, ...] = ()
    hidden: int = 0

    def share(self, part: int, of: int | None = None) -> float:
        whole = self.searches if of is None else of
        return 100 * part / whole if whole else 0.0


def figures(found: Iterable[Search], days: Sequence[date], least_people: int) -> Figures:
    """Count. Queries of fewer than ``least_people`` are counted and never named."""
    searches = list(found)
    clicks = [place for one in searches for place in one.row.clicks]
    times = [one.row.milliseconds for one in searches]
    queries = _queries(searches)
    shown = tuple(one for one in queries if one.people >= least_people)
    return Figures(
        searches=len(searches),
        people=len({one.row.reader for one in searches if one.row.reader}),
        nothing=sum(one.found_nothing for one in searches),
        with_results=sum(not one.found_nothing for one in searches),
        abandoned=sum(one.is_abandoned for one in searches),
        reformulated=sum(one.is_reformulated for one in searches),
        corrections=sum(bool(one.row.correction) for one in searches),
        accepted=sum(one.row.is_correction_accepted for one in searches),
        clicks=len(clicks),
        click_position=sum(clicks) / len(clicks) if clicks else 0.0,
        clicks_at=_clicks_at(clicks),
        p50=percentile(times, 0.5),
        p95=percentile(times, 0.95),
        p99=percentile(times, 0.99),
        fallback=sum(one.row.is_degraded for one in searches),
        days=_days(searches, days),
        queries=shown,
        hidden=sum(one.count for one in queries) - sum(one.count for one in shown),
    )


def percentile(values: Sequence[int], share: float) -> int:
    """The nearest-rank percentile; 0 of nothing."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else 0


def most(queries: Iterable[Asking], of: Callable[[Asking], int]) -> list[Asking]:
    """Those that have most of something, and any of it."""
    having = (one for one in queries if of(one))
    return sorted(having, key=lambda one: (-of(one), one.folded))[:MOST_LISTED]


def _queries(searches: Iterable[Search]) -> list[Asking]:
    found: dict[str, Asking] = {}
    for one in searches:
        if one.row.folded:
            found.setdefault(one.row.folded, Asking(one.row.folded)).add(one)
    return sorted(found.values(), key=lambda one: (-one.count, one.folded))


def _clicks_at(clicks: Iterable[int]) -> tuple[int, ...]:
    """How often the first, the second … result was opened; at the end all further down."""
    at = [0] * (CLICK_PLACES + 1)
    for place in clicks:
        at[min(place, CLICK_PLACES + 1) - 1] += 1
    return tuple(at)


def _days(searches: Iterable[Search], days: Sequence[date]) -> tuple[Day, ...]:
    every: Counter[date] = Counter()
    nothing: Counter[date] = Counter()
    for one in searches:
        day = timezone.localdate(one.row.at)
        every[day] += 1
        nothing[day] += one.found_nothing
    return tuple(Day(day=day, searches=every[day], nothing=nothing[day]) for day in days)
