"""Asking a new index before readers do.

Its first searches wait for the disk and for the numbers that facets are counted by, and the first
thousand on a server that has just started for its Java machine, which runs what it has not compiled
yet two or three times as slowly.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from elasticsearch import ApiError, ConnectionTimeout, TransportError

from search.contract import Wanted
from search.curation import readers
from search.engines.elastic import client, queries
from search.planning import languages_of, plan
from search.query import parse

LONGEST = 60.0
"""Seconds. What was not asked by then is left to readers."""

logger = logging.getLogger(__name__)


def rehearse(index: str, texts: Iterable[str]) -> Iterator[None]:
    """Search the index for each of the texts, as who may find most. Yields after each.

    Nothing comes of the answers. A server that has enough to do without is left alone.
    """
    reader = readers.member_of_all()
    languages = languages_of(())
    until = time.monotonic() + LONGEST
    for text in texts:
        query = parse(text, languages)
        wanted = Wanted(plan=plan(query, languages=languages), query=query)
        searches: list[Any] = []
        for body in (
            queries.first_page(wanted, reader, size=wanted.limit + 1),
            queries.occurrences(wanted.plan.words, reader),
        ):
            searches += [b"{}", orjson.dumps(body)]
        try:
            answered = client.for_asking().msearch(index=index, searches=searches)
        except ConnectionTimeout:
            pass  # what it read for this, the next need not wait for
        except (ApiError, TransportError) as error:
            _given_up(index, client.in_words(error))
            return
        else:
            if refused := [one["error"] for one in answered["responses"] if "error" in one]:
                _given_up(index, str(refused[0])[:300])
                return
        if time.monotonic() > until:
            _given_up(index, f"{LONGEST:.0f} s are over")
            return
        yield


def _given_up(index: str, reason: str) -> None:
    logger.info("search_index_not_rehearsed name=%s reason=%s", index, reason)
