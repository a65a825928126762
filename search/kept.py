"""Outcomes of searches that a process keeps, given again only when it is proven that they hold.

The proof is that of lists (``cms.entries.kept``); curation raises the access version too.
Elasticsearch follows the content by a moment, so what it found is not kept.
"""

from datetime import datetime, timedelta

from django.conf import settings

from cms.access.reader import Reader
from cms.entries import kept
from cms.entries.kept import Shelf
from search import service
from search.curation import promotions
from search.service import Asked, Outcome

STEADY = timedelta(minutes=5)
"""Corrections and rarity follow what a process has read of the words: no outcome outlives that."""

OUTCOMES: Shelf[Outcome] = Shelf(share=8)


def search(asked: Asked, reader: Reader) -> Outcome:
    """Like ``service.search``: all of an outcome depends on the open gates and the moment.

    From the second asking on it is kept, and costs one small query from the third.
    """
    if settings.ELASTICSEARCH_URL:
        return service.search(asked, reader)

    def until() -> datetime:
        steady = promotions.steady_until(reader.grants.version, reader.at)
        return min(steady, reader.at + STEADY)

    # Editors are named to those who are signed in alone.
    key = asked, reader.grants.open_gates, reader.is_anonymous
    found = kept.made(OUTCOMES, key, reader, lambda _: service.search(asked, reader), until=until)
    return found.thing
