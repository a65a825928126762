"""What people did with what they were answered: visits, what they gave up, what they asked anew.

Pure functions over rows of the log. What people do next tells whether they were served: A. Hassan,
R. Jones, K. Klinkner, "Beyond DCG: user behavior as a predictor of a successful search", WSDM 2010.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

A_VISIT_ENDS = timedelta(minutes=30)
REFORMULATED_WITHIN = timedelta(seconds=60)
TYPING = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A search of the log, with the places of the results that were opened."""

    at: datetime
    reader: str
    text: str
    folded: str
    total: int
    milliseconds: int
    locale: str = ""
    page: int = 1
    correction: str = ""
    is_correction_accepted: bool = False
    is_degraded: bool = False
    clicks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """A search that somebody meant, and what became of it."""

    row: Row
    is_abandoned: bool
    is_reformulated: bool

    @property
    def found_nothing(self) -> bool:
        return self.row.total == 0


def searches(rows: Iterable[Row]) -> Iterator[Search]:
    """The searches behind the rows, which come reader by reader, each in the order of time.

    Left out: words that were still being typed, and further pages of a search. Anonymous readers
    cannot be followed, so each of their searches is a visit of its own.
    """
    for reader, theirs in groupby(rows, key=lambda row: row.reader):
        if reader:
            for visit in _visits(theirs):
                yield from _of_visit(visit)
        else:
            for row in theirs:
                yield from _of_visit([row])


def _visits(rows: Iterable[Row]) -> Iterator[list[Row]]:
    visit: list[Row] = []
    for row in rows:
        if visit and row.at - visit[-1].at > A_VISIT_ENDS:
            yield visit
            visit = []
        visit.append(row)
    if visit:
        yield visit


def _of_visit(visit: Sequence[Row]) -> Iterator[Search]:
    clicked_later = [False] * len(visit)
    later = False
    for place in range(len(visit) - 1, -1, -1):
        later = later or bool(visit[place].clicks)
        clicked_later[place] = later
    meant = [
        (row, later)
        for (row, following), later in zip(pairwise([*visit, None]), clicked_later, strict=True)
        if row is not None and not _is_unfinished(row, following)
    ]
    for (row, later), following in zip(meant, [*[one for one, _ in meant[1:]], None], strict=True):
        if row.page == 1:
            yield Search(
                row,
                is_abandoned=row.total > 0 and not later,
                is_reformulated=_is_reformulated(row, following),
            )


def _is_unfinished(row: Row, following: Row | None) -> bool:
    return (
        following is not None
        and not row.clicks
        and following.at - row.at <= TYPING
        and len(following.folded) > len(row.folded)
        and following.folded.startswith(row.folded)
    )


def _is_reformulated(row: Row, following: Row | None) -> bool:
    return (
        following is not None
        and not row.clicks
        and following.folded != row.folded
        and following.at - row.at <= REFORMULATED_WITHIN
    )
