"""Where statements of entries are run. On PostgreSQL their plans are kept by each connection."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection
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
    adapt = connection.ops.adapt_datetimefield_value
    values = [adapt(one) if isinstance(one, datetime) else one for one in params]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _let_the_server_bind(cursor)
            sql = _numbered(sql)
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


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
    """Parameters as the server numbers them. The driver does not remember that of long texts."""
    place = count(1)
    return re.sub("%(.)", lambda found: "%" if found[1] == "%" else f"${next(place)}", sql)
