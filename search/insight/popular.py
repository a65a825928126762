"""Entries that many people open from their searches.

Popularity feeds itself: what stands first is opened because it stands there. So an opening counts
more the further down it was made, by the inverse of the odds that anybody looks there: T. Joachims,
A. Swaminathan, T. Schnabel, "Unbiased Learning-to-Rank with Biased Feedback", WSDM 2017. And what
it is worth is bounded (``search.worth``).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil, log1p, sqrt

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import TruncMonth

from cms.entries.models import Entry
from search.curation.latest import Latest
from search.insight import people
from search.insight.models import Click, Popular
from search.worth import LEVELS

LATELY = timedelta(days=90)
MOST = 200
FURTHEST = 100
"""Further down an opening counts no more than here."""

Levels = Mapping[int, int]
"""From 1 to ``LEVELS``, by the ids of entries."""


def learn(at: datetime) -> int:
    """Make the table anew from the openings of the last months. How many entries it holds.

    It is left alone where nothing changed: what is kept of answers holds on.
    """
    levels = _levels(_openings(at)) if settings.SEARCH_LOG_DAYS else {}
    ids = dict(Entry.objects.filter(key__in=levels).values_list("key", "pk"))
    wanted = sorted((ids[key], level) for key, level in levels.items() if key in ids)
    if wanted != list(_rows()):
        with transaction.atomic():
            Popular.objects.all().delete()
            Popular.objects.bulk_create(
                [Popular(entry_id=id_, level=level) for id_, level in wanted], batch_size=100
            )
    return len(wanted)


def current(version: int) -> Levels:
    """The levels at this access version. Read once a version in each process.

    A change of the table raises the version (``search.triggers``), in its own transaction.
    """
    return _latest.at(version)


def _openings(at: datetime) -> Mapping[str, float]:
    """What the openings of each entry count, if enough people opened it in some month.

    A person counts once a month. Nobody can be followed who is not signed in: they do not count.
    """
    rows = (
        Click.objects.filter(at__gte=at - LATELY, at__lt=at)
        .exclude(asked__reader="")
        .annotate(month=TruncMonth("at", tzinfo=UTC))
        .values("key", "month", "asked__reader")
        .annotate(furthest=Max("position"))
        .values_list("key", "month", "furthest")
    )
    score: dict[str, float] = defaultdict(float)
    readers: dict[str, dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
    for key, month, furthest in rows.iterator():
        score[key] += sqrt(min(furthest, FURTHEST))
        readers[key][month] += 1
    return {
        key: score[key]
        for key, by_month in readers.items()
        if people.enough(max(by_month.values()))
    }


def _levels(openings: Mapping[str, float]) -> dict[str, int]:
    """The most opened, in steps of a logarithm."""
    first = sorted(openings.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    if not first:
        return {}
    top = log1p(first[0][1])
    return {key: ceil(LEVELS * log1p(count) / top) for key, count in first}


def _rows() -> Sequence[tuple[int, int]]:
    return tuple(Popular.objects.order_by("pk").values_list("entry_id", "level"))


_latest: Latest[tuple[int, int], Levels] = Latest(_rows, dict)


def forget() -> None:
    """Drop what this process remembers."""
    _latest.forget()
