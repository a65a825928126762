"""Inserting many rows at once: by COPY in binary where that is PostgreSQL's, else by Django.

Django binds a parameter a value, which costs a bulk insert most of its time
(https://www.postgresql.org/docs/current/sql-copy.html, «Binary Format»).
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Model

MANY = 50
"""Fewer rows are as quick by INSERT."""
AT_ONCE = 1000


def is_for(rows: Sequence[object]) -> bool:
    """Whether so many rows are worth a COPY here."""
    return connection.vendor == "postgresql" and len(rows) >= MANY


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model, whose ids the database gives. Theirs stay unknown."""
    if not is_for(rows):
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, batch_size=AT_ONCE)
        return
    meta = rows[0]._meta
    without_key = rows[0].pk is None
    fields = [one for one in meta.concrete_fields if not (without_key and one.primary_key)]
    types = {str(one.column): str(one.db_type(connection)).partition("(")[0] for one in fields}
    copy(meta.db_table, types, map(attrgetter(*(one.attname for one in fields)), rows))


def insert_named(rows: Sequence[Model]) -> None:
    """The same, and each row has its id afterwards."""
    if is_for(rows):
        for row, id_ in zip(rows, _new_ids(type(rows[0]), len(rows)), strict=True):
            row.pk = id_
    insert(rows)


def copy(table: str, types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table, on PostgreSQL. ``types`` has each column and its type, in order.

    Raises ``django.db.IntegrityError`` and its kin.
    """
    sql = f"COPY {table} ({', '.join(types)}) FROM STDIN (FORMAT BINARY)"
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(sql) as copying,
    ):
        copying.set_types(list(types.values()))
        for row in rows:
            copying.write_row(row)


def _new_ids(model: type[Model], number: int) -> list[int]:
    meta = model._meta
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [meta.db_table, meta.pk.column, number],
        )
        return [id_ for (id_,) in cursor.fetchall()]
