"""Where statements of entries are run: long texts, of which there are few, asked again and again.

On PostgreSQL each connection keeps their plans, on SQLite the process how Django reads them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count, repeat
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorWrapper

PREPARE_FROM = 5
"""Askings of one statement on one connection before the server keeps its plan."""


LOST = (OperationalError, InterfaceError)


def rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of one statement, which is asked again if the connection was lost meanwhile.

    That is cheaper than looking before it whether the connection is still there.
    """
    if connection.in_atomic_block or getattr(connection, "health_check_done", False):
        return _rows(sql, params)
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _rows(sql, params)
    except LOST:
        connection.close()
        return _rows(sql, params)


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _let_the_server_bind(cursor)
            sql = _numbered(sql)
        else:
            cursor.cursor = connection.connection.cursor(factory=_Remembering)
        cursor.execute(sql, _bound(params))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _bound(params: Sequence[Any]) -> list[Any]:
    """The parameters as the driver is to have them.

    A moment is said many times in a statement, and adapted once. The driver would look at each list
    for long to find its type, which the statement says itself.
    """
    adapt = connection.ops.adapt_datetimefield_value
    moments = {one: adapt(one) for one in {one for one in params if isinstance(one, datetime)}}
    return [
        moments[one] if isinstance(one, datetime) else _array(one) if isinstance(one, list) else one
        for one in params
    ]


def _array(values: list[Any]) -> str:
    """A list as PostgreSQL writes arrays."""
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _let_the_server_bind(cursor: CursorWrapper) -> None:
    """Planning takes these statements many times longer than running them.

    Django's own cursors write values into the text, which leaves nothing to keep. A pooler that
    hands each transaction another session must say ``prepare_threshold=None`` in ``OPTIONS``.
    """
    session: psycopg.Connection[Any] = connection.connection
    wanted = connection.settings_dict["OPTIONS"].get("prepare_threshold", PREPARE_FROM)
    if session.prepare_threshold != wanted:
        session.prepare_threshold = wanted
    cursor.cursor = psycopg.RawCursor(session)


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    """Parameters as PostgreSQL numbers them. The driver does not remember that of long texts."""
    return _with(sql, (f"${number}" for number in count(1)))


class _Remembering(SQLiteCursorWrapper):
    """SQLite's cursor as Django has it. To look through a text for parameters takes a while."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None:
            return _marked(query)
        return super().convert_query(query, param_names=param_names)


@lru_cache(maxsize=128)
def _marked(sql: str) -> str:
    """Parameters as SQLite marks them. The driver keeps as many statements."""
    return _with(sql, repeat("?"))


def _with(sql: str, marks: Iterator[str]) -> str:
    return re.sub("%(.)", lambda found: "%" if found[1] == "%" else next(marks), sql)
