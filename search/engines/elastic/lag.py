"""How far the index is behind the database. Asks the database alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cms.entries import asking
from cms.entries.models import Change, Cursor, FeedHead
from cms.entries.read import as_moment
from search.engines.elastic.models import DeadLetter

CONSUMER = "elasticsearch"
MOST_PENDING = 500
"""So many changes may wait to be fed while searches ask the index; beyond that it is behind."""
LONGEST_WAIT = timedelta(seconds=10)
"""And so long: what waits is found by nobody who asks the index."""


# Each search asks this: Django takes longer to write it than a database to answer it.
_WAITING = (
    "SELECT c.key, c.at FROM entries_change c WHERE c.number > coalesce("
    "(SELECT k.number FROM entries_cursor k WHERE k.consumer = %s), 0) ORDER BY c.number LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Lag:
    """Changes that the index does not have, and the age of the oldest in seconds."""

    changes: int
    seconds: float


def head() -> int:
    """The number of the last change."""
    return FeedHead.objects.values_list("last", flat=True).first() or 0


def position() -> int | None:
    """The number of the last change that the index has, or nothing before the first rebuild."""
    return Cursor.objects.filter(pk=CONSUMER).values_list("number", flat=True).first()


def lag(*, at: datetime) -> Lag:
    """How far the index is behind. Two or three queries."""
    waiting = Change.objects.filter(number__gt=position() or 0)
    oldest = waiting.values_list("at", flat=True).first()
    if oldest is None:
        return Lag(0, 0.0)
    return Lag(waiting.count(), max((at - oldest).total_seconds(), 0.0))


def pending(*, at: datetime) -> list[str] | None:
    """The keys whose changes the index does not have yet, or nothing: it is behind. One query.

    Without a first rebuild everything is pending.
    """
    found = asking.rows(_WAITING, (CONSUMER, MOST_PENDING + 1))
    if len(found) > MOST_PENDING or any(at - as_moment(since) > LONGEST_WAIT for _, since in found):
        return None
    return sorted({key for key, _ in found})


def facts(*, at: datetime) -> dict[str, object]:
    """For the health endpoint."""
    present = lag(at=at)
    return {
        "behind": present.changes,
        "behind_s": round(present.seconds, 1),
        "refused": DeadLetter.objects.count(),
    }
