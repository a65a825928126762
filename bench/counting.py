"""How many statements a request takes: exact, counted in this process."""

from collections.abc import Callable
from typing import Any

from bench.people import Asker

WARMING = 2
"""Requests before the one that counts: the reader is built, and an answer asked twice is kept."""


class NotServed(Exception):
    """A request that should be measured has no good answer."""


def queries(path: str, asker: Asker, *, answer_cache: bool) -> int:
    """The statements of one request by a reader whom the process knows already."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from cms.entries import answers
    from search import kept

    settings.API_ANSWER_CACHE = 2000 if answer_cache else 0
    for shelf in (answers.JSON, answers.PAGES, kept.OUTCOMES):
        shelf.clear()
    client = Client(
        raise_request_exception=False, headers={"host": "127.0.0.1", **asker.headers_for(path)}
    )
    counter = Counter()
    for _ in range(WARMING):
        client.get(path)
    with connection.execute_wrapper(counter):
        response = client.get(path)
    if response.status_code != 200:
        raise NotServed(f"{asker.name} gets {response.status_code} at {path}")
    return counter.statements


class Counter:
    """Counts what Django sends to the database."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 - as Django calls it
        context: Any,
    ) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)
