"""When something opens or closes next, by time alone. Pure: nothing here runs a query."""

from datetime import datetime

TABLES = ("entries_entry", "entries_part", "entries_holding")

# Each is the first of an index of the few rows that have such a moment.
NEXT = ", ".join(
    f"(SELECT min(opens_at) FROM {table} WHERE opens_at > %s), "
    f"(SELECT min(closes_at) FROM {table} WHERE closes_at > %s AND closes_at < '9999-01-01')"
    for table in TABLES
)
"""Columns of a statement: for each table its next opening and its next closing, or NULL."""


def asked_at(at: datetime) -> tuple[datetime, ...]:
    """The parameters of ``NEXT``."""
    return (at,) * (2 * len(TABLES))
