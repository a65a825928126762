"""Appending to the change feed, and reading it from a cursor."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from cms import copying
from cms.entries.models import Change
from cms.entries.projection import Weight


def append(
    keys: Iterable[str], *, kind: str, at: datetime, weights: Mapping[str, Weight] | None = None
) -> None:
    """Number and store one change a key, in the caller's transaction."""
    ordered = list(keys)
    if not ordered:
        return
    number = _take(len(ordered)) - len(ordered)
    weights = weights or {}
    none = Weight(Change.Weight.NONE)
    copying.insert(
        [
            Change(
                number=number + place,
                key=key,
                kind=kind,
                weight=weights.get(key, none).value,
                note=weights.get(key, none).note,
                at=at,
            )
            for place, key in enumerate(ordered, start=1)
        ]
    )


def append_selected(sql: str, params: list[Any], *, count: int, at: datetime) -> None:
    """One weightless change for each key that a query selects: set-based, for whole subtrees."""
    if not count:
        return
    number = _take(count) - count
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO entries_change (number, key, kind, weight, note, at) "
            f"SELECT %s + row_number() OVER (ORDER BY k.key), k.key, 'put', 0, '', %s "
            f"FROM ({sql}) k",
            [number, moment, *params],
        )


def _take(count: int) -> int:
    """The last of ``count`` new numbers. Locks the head until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE entries_feedhead SET last = last + %s RETURNING last", [count])
        return int(cursor.fetchone()[0])


def after(number: int, *, limit: int = 1000) -> list[Change]:
    """The changes a consumer has not seen, in order."""
    return list(Change.objects.filter(number__gt=number)[:limit])
