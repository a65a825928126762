"""Queries that many people asked, to suggest to others.

Kept in a table of their own, made anew by the worker: nobody who types waits for counting.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from search.analysis import fold
from search.insight.models import Frequent
from search.insight.people import asked_by_enough
from search.query import clean

LATELY = timedelta(days=30)
MOST_KEPT = 5_000


def frequent(prefix: str, locale: str, *, limit: int) -> list[str]:
    """Queries that begin so, most frequent first. One query.

    They found something for those who asked. Whoever calls must see what they find for the reader.
    """
    folded = " ".join(fold(clean(prefix)).split())
    if not folded:
        return []
    found = Frequent.objects.filter(folded__startswith=folded)
    if locale:
        found = found.filter(locale__in=["", locale])
    texts = found.order_by("-people", "folded").values_list("text", flat=True)[: 2 * limit]
    return list(dict.fromkeys(texts))[:limit]


def learn(at: datetime) -> int:
    """Make the table anew from the log of the last month. How many queries it holds."""
    rows = asked_by_enough(at - LATELY, at, with_results=True, limit=MOST_KEPT)
    kept = [
        Frequent(folded=row.folded, locale=row.locale, text=row.text, people=row.people)
        for row in rows
        if settings.SEARCH_LOG_DAYS
    ]
    with transaction.atomic():
        Frequent.objects.all().delete()
        Frequent.objects.bulk_create(kept, batch_size=500)
    return len(kept)
