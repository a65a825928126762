"""Writing passages, many at a time, with the words of each beside it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cms import copying
from search.analysis import Places, is_exact
from search.documents import Document, PartDocument
from search.engines.embedded.terms import EXACT
from search.engines.embedded.vectors import vector

BARRIER = "·"
"""Stands between the words of a text and what was appended to it: no phrase goes across."""

COLUMNS = {
    "id": "int8",
    "entry_id": "int8",
    "gate_id": "int8",
    "early_gate_id": "int8",
    "opens_at": "timestamptz",
    "closes_at": "timestamptz",
    "published_at": "timestamptz",
    "shelf_id": "int8",
    "subjects_id": "int8",
    "length": "int4",
    "start": "int4",
    "title_hash": "int8",
    "part": "text",
    "part_gate_id": "int8",
    "part_early_gate_id": "int8",
    "part_opens_at": "timestamptz",
    "part_closes_at": "timestamptz",
}
"""What a passage has but its words, and PostgreSQL's type of it."""
MANY = 100
"""From so many passages on PostgreSQL sorts their words into the index once, at the end."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one passage is found by."""

    title: Places
    names: Places
    body: Places

    @property
    def length(self) -> int:
        return len(self.title) + len(self.names) + len(self.body)


@dataclass(frozen=True, slots=True)
class Filed:
    """A passage as it is stored."""

    id: int
    document: Document
    terms: Terms
    shelf: int
    subjects: int | None
    part: PartDocument | None = None
    start: int = 0
    title_hash: int | None = None

    def row(self) -> tuple[Any, ...]:
        """The values of ``COLUMNS``, in their order."""
        document, part = self.document, self.part
        return (
            self.id,
            document.entry_id,
            document.gate_id,
            document.early_gate_id,
            document.opens_at,
            document.closes_at,
            document.published_at,
            self.shelf,
            self.subjects,
            self.terms.length,
            self.start,
            self.title_hash,
            *(
                ("", None, None, None, None)
                if part is None
                else (
                    part.anchor,
                    part.gate_id,
                    part.early_gate_id,
                    part.opens_at,
                    part.closes_at,
                )
            ),
        )


def write(passages: Sequence[Filed]) -> None:
    """Insert them. A fixed number of statements."""
    if connection.vendor == "postgresql":
        with sorted_in_at_the_end(len(passages)):
            _copy(passages)
    else:
        _insert(passages)


@contextmanager
def sorted_in_at_the_end(number: int) -> Iterator[None]:
    """What many rows add to PostgreSQL's index of words waits in a list, and is sorted in at once.

    That halves the work. Few are left to the connection's own limit, since searches read the list
    from end to end. To be used in a transaction.
    """
    if connection.vendor != "postgresql" or number < MANY:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        yield
        cursor.execute("SELECT gin_clean_pending_list(to_regclass('passage_terms'))")
        cursor.execute("SET LOCAL gin_pending_list_limit TO DEFAULT")


def _copy(passages: Sequence[Filed]) -> None:
    # What a tsvector is on the wire are bytes to the driver.
    types = {**COLUMNS, "terms": "bytea"}
    rows = (
        (*one.row(), vector(one.terms.title, one.terms.names, one.terms.body)) for one in passages
    )
    copying.copy("search_passage", types, rows)


def _insert(passages: Sequence[Filed]) -> None:
    adapt = connection.ops.adapt_datetimefield_value
    moments = [place for place, kind in enumerate(COLUMNS.values()) if kind == "timestamptz"]
    rows = []
    for one in passages:
        row = list(one.row())
        for place in moments:
            row[place] = adapt(row[place])
        rows.append(row)
    marks = ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO search_passage ({', '.join(COLUMNS)}) VALUES ({marks})", rows
        )
        cursor.executemany(
            "INSERT INTO search_terms (rowid, title, names, body) VALUES (%s, %s, %s, %s)",
            [
                (
                    one.id,
                    _in_order(one.terms.title),
                    _in_order(one.terms.names),
                    _in_order(one.terms.body),
                )
                for one in passages
            ],
        )
        cursor.executemany(
            "INSERT INTO search_titles (rowid, words) VALUES (%s, %s)",
            [
                (one.id, " ".join(surface for _, surface in one.terms.title.pairs()))
                for one in passages
                if one.part is None and not one.start
            ],
        )


def _in_order(found: Places) -> str:
    """Terms for FTS5, which counts positions itself.

    Only the first term of each position stands in the order that phrases go by; the others, and the
    words as they are written, follow behind a barrier.
    """
    first = [term for term, _ in found.first]
    more = [term for _, (term, _) in found.more]
    exact = [EXACT + surface for _, surface in found.first if is_exact(surface)]
    exact += [EXACT + surface for _, (_, surface) in found.more if is_exact(surface)]
    return " ".join([*first, BARRIER, *more, *exact] if more or exact else first)
