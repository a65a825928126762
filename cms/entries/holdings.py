"""Which files an entry holds for a reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cms.access.reader import ALWAYS, Reader
from cms.access.rule import NOBODY, PUBLIC, Rule
from cms.entries import detail, read


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """A file that an entry holds, under an anchor or none, and what it asks beyond the entry."""

    key: str
    anchor: str
    file: str
    until: datetime
    rule: Rule
    opens_at: datetime


def held_by(keys: Sequence[str], reader: Reader) -> list[HeldItem]:
    """The files of these entries that the reader may have now, in the order of each entry.

    Raises ``StaleReader``. One query.
    """
    if not keys:
        return []
    rows = read.run(detail.held_by(keys, reader, vendor=connection.vendor), reader)
    rules = reader.grants.gates.rules
    return [
        HeldItem(
            key=key,
            anchor=anchor,
            file=file,
            until=read.as_moment(until),
            rule=PUBLIC if gate is None else rules.get(gate, NOBODY),
            opens_at=ALWAYS if opens_at is None else read.as_moment(opens_at),
        )
        for key, anchor, file, until, gate, opens_at in rows
    ]


def types_holding(file: str, reader: Reader) -> frozenset[str]:
    """The types of the entries by which the reader may have a file now.

    Raises ``StaleReader``. One query.
    """
    rows = read.run(detail.types_holding(file, reader, vendor=connection.vendor), reader)
    return frozenset(type_ for (type_,) in rows)
