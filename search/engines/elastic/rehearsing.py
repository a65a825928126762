"""Asking a new index before readers do.

Its first searches wait for the disk and for the numbers that facets are counted by, and the first
thousand on a server that has just started for its Java machine, which runs what it has not compiled
yet two or three times as slowly.
"""

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import orjson
from elasticsearch import ApiError, TransportError

from search.contract import Wanted
from search.curation import readers
from search.engines.elastic import client, queries
from search.planning import languages_of, plan
from search.query import parse

AT_ONCE = 4
"""Questions of one request. The server answers them side by side."""

logger = logging.getLogger(__name__)


def rehearse(index: str, texts: Sequence[str]) -> Iterator[None]:
    """Search the index for each of the texts, as who may find most. Yields after some of them.

    Nothing comes of the answers, nor of their failing: readers are served all the same.
    """
    reader = readers.member_of_all()
    languages = languages_of(())
    left = iter(texts)
    while some := list(islice(left, AT_ONCE)):
        searches: list[Any] = []
        for text in some:
            query = parse(text, languages)
            wanted = Wanted(plan=plan(query, languages=languages), query=query)
            for body in (
                queries.first_page(wanted, reader, size=wanted.limit + 1),
                queries.occurrences(wanted.plan.words, reader),
            ):
                searches += [b"{}", orjson.dumps(body)]
        try:
            client.for_asking().msearch(index=index, searches=searches)
        except (ApiError, TransportError) as error:
            logger.info(
                "search_index_not_rehearsed name=%s reason=%s", index, client.in_words(error)
            )
            return
        yield
