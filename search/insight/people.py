"""How many people stand behind a query: what fewer than K asked is shown to nobody.

Pseudonyms change every month, so one person has several in a longer time. People are counted month
by month and the best month counts: rather too few than too many. All anonymous readers count as
one. L. Sweeney, "k-anonymity: a model for protecting privacy", IJUFKS 10(5), 2002.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncMonth

from search.insight.models import Asked


@dataclass(frozen=True, slots=True)
class Query:
    """A query that enough people asked."""

    folded: str
    locale: str
    text: str
    people: int


def least_people() -> int:
    """K."""
    return max(settings.SEARCH_LOG_K, 1)


def enough(people: int) -> bool:
    return people >= least_people()


def asked_by_enough(
    since: datetime, until: datetime, *, with_results: bool, limit: int
) -> list[Query]:
    """The queries that K people and more asked, most people first. One query."""
    asked = Asked.objects.filter(at__gte=since, at__lt=until).exclude(folded="")
    if with_results:
        asked = asked.filter(total__gt=0)
    best: dict[tuple[str, str], Query] = {}
    for row in _monthly(asked):
        query = Query(*row)
        known = best.get((query.folded, query.locale))
        if enough(query.people) and (known is None or known.people < query.people):
            best[query.folded, query.locale] = query
    return sorted(best.values(), key=lambda one: (-one.people, one.folded))[:limit]


def _monthly(asked: QuerySet[Asked]) -> Iterable[tuple[str, str, str, int]]:
    return (
        asked.annotate(month=TruncMonth("at", tzinfo=UTC))
        .values("folded", "locale", "month")
        .annotate(sample=Max("text"), people=Count("reader", distinct=True))
        .filter(Q(people__gte=least_people()))
        .values_list("folded", "locale", "sample", "people")
        .iterator()
    )
