"""What changes every answer raises the access version: what editors curate, what is popular.

Below every code path, plain SQL included. Answers and what processes remember are proven by that
version, so a synonym counts at the next request in every process. The pattern is that of
``cms.accounts.triggers``.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections

WATCHED = ("search_synonym", "search_promotion", "search_popular")
EVENTS = ("insert", "update", "delete")

_RISES = "UPDATE access_accessstate SET version = version + 1"


def ensure(using: str = "default", **_kwargs: Any) -> None:
    """Make every trigger that is not there. Connected to ``post_migrate``."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not tables.issuperset({*WATCHED, "access_accessstate"}):
        return  # a partial migration: the last one will come by here too
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sqlite() -> Iterator[str]:
    for table in WATCHED:
        for event in EVENTS:
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {table}_{event} AFTER {event.upper()} ON {table} "
                f"BEGIN {_RISES}; END"
            )


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION search_curation_changed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {_RISES}; RETURN NULL; END $$"
    )
    for table in WATCHED:
        for event in EVENTS:
            yield (
                f"CREATE OR REPLACE TRIGGER {table}_{event} AFTER {event.upper()} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION search_curation_changed()"
            )
