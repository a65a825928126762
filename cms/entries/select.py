"""Questions to the entries, and the SQL that answers them. Pure: nothing here runs a query.

Every statement returns the access version and the head of the change feed beside its rows, so that
one query both answers and proves that the reader was fresh.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cms.access.clauses import Clause, gate_is_open, in_window, readable
from cms.access.reader import Reader
from cms.entries.listing import Listing, Statement

WINDOW = 1000
"""How many of the newest rows are looked at before asking gate by gate."""
FEW_GATES = 24
"""Up to so many gates, asking gate by gate is cheaper than looking through a window."""
LONG_WINDOW = 5000
"""The same for orders that no index of gates has; PostgreSQL stops in it once it has enough."""
MOST_COUNTED = 10_000

HEAD = "SELECT s.version, h.last, x.* FROM access_accessstate s CROSS JOIN entries_feedhead h "
COLUMNS = "e.card, e.id, e.{column} AS place"


def plain(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """One statement in the order asked for; right for every reader, quick for most."""
    where = _where([*_filters(listing, vendor), readable(reader, "e", vendor=vendor)])
    sql, params = _ordered(listing, f"FROM entries_entry e {where.sql}", where.params)
    return _with_head(listing, sql, params)


def by_window(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """The newest ``WINDOW`` rows, then the rule: bounded work for a reader with many gates."""
    direction = _direction(listing)
    # What waits for its moment stands before the newest: it must not fill the window.
    filters = _where([*_filters(listing, vendor), in_window(reader, "e", vendor=vendor)])
    gate = gate_is_open(reader, "e.gate_id", vendor=vendor)
    inner = (
        f"SELECT * FROM entries_entry e {filters.sql} "
        f"ORDER BY e.{listing.column} {direction}, e.id {direction} LIMIT {WINDOW}"
    )
    sql, params = _ordered(listing, f"FROM ({inner}) e WHERE {gate}", filters.params)
    return _with_head(listing, sql, params)


def by_long_window(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """The first ``LONG_WINDOW`` rows of an order, then filters and rule (PostgreSQL)."""
    direction = _direction(listing)
    place = _where(_time_and_place(listing, "e", "id"))
    inner = (
        f"SELECT * FROM entries_entry e {place.sql} "
        f"ORDER BY e.{listing.column} {direction}, e.id {direction} LIMIT {LONG_WINDOW}"
    )
    rest = _where([*_filters(listing, vendor, paged=False), readable(reader, "e", vendor=vendor)])
    sql, params = _ordered(listing, f"FROM ({inner}) e {rest.sql}", (*place.params, *rest.params))
    return _with_head(listing, sql, params)


def by_sorting(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """Find everything, then sort (PostgreSQL): for what is rare in an order.

    ``OFFSET 0`` keeps the planner from walking the order's index in search of the few.
    """
    where = _where([*_filters(listing, vendor), readable(reader, "e", vendor=vendor)])
    inner = f"SELECT e.* FROM entries_entry e {where.sql} OFFSET 0"
    sql, params = _ordered(listing, f"FROM ({inner}) e", where.params)
    return _with_head(listing, sql, params)


def by_gate(listing: Listing, reader: Reader) -> Statement:
    """The first rows of each gate, merged (PostgreSQL): quick when gates are few or hold little."""
    filters = _filters(listing, "postgresql")
    rule = in_window(reader, "e", vendor="postgresql")
    where = _where([Clause("e.gate_id = g.id"), *filters, rule])
    source = f"FROM entries_entry e {where.sql}"
    inner, params = _ordered(listing, source, where.params, limit=_most_of_a_gate(listing))
    gates = f"unnest('{{{reader.grants.gate_list}}}'::bigint[]) AS g(id)"
    direction = _direction(listing)
    sql = (
        f"SELECT e.* FROM {gates} CROSS JOIN LATERAL ({inner}) e "
        f"ORDER BY e.place {direction}, e.id {direction} LIMIT {listing.limit + 1}"
    )
    return _with_head(listing, sql, params)


def topic_by_window(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """Topics, newest first: a topic's own rows carry gate and date."""
    bounds = _time_and_place(listing, "t", "entry_id")
    inside = [_where([Clause("t.slug = %s", (topic,)), *bounds]) for topic in listing.topics]
    newest = [
        "SELECT t.entry_id, t.gate_id, t.published_at FROM entries_entrytopic t "
        f"{where.sql} ORDER BY t.published_at DESC, t.entry_id DESC LIMIT {WINDOW}"
        for where in inside
    ]
    inner = newest[0]
    if len(newest) > 1:
        # The newest of all of them; what has two of the topics stands there once.
        merged = " UNION ALL ".join(f"SELECT * FROM ({one}) n{i}" for i, one in enumerate(newest))
        inner = (
            f"SELECT DISTINCT m.entry_id, m.gate_id FROM (SELECT * FROM ({merged}) u "
            f"ORDER BY u.published_at DESC, u.entry_id DESC LIMIT {WINDOW}) m"
        )
    rest = _where(
        [
            Clause(gate_is_open(reader, "w.gate_id", vendor=vendor)),
            *_plain_filters(listing, vendor),
            readable(reader, "e", vendor=vendor),
        ]
    )
    sql, params = _ordered(
        listing,
        f"FROM ({inner}) w JOIN entries_entry e ON e.id = w.entry_id {rest.sql}",
        (*(param for where in inside for param in where.params), *rest.params),
    )
    return _with_head(listing, sql, params)


def topic_by_gate(listing: Listing, reader: Reader) -> Statement:
    """Topics, gate by gate (PostgreSQL). What has two of the topics stands there once."""
    where = _where(
        [
            Clause("t.slug = s.slug AND t.gate_id = g.id"),
            *_time_and_place(listing, "t", "entry_id"),
            *_plain_filters(listing, "postgresql"),
            readable(reader, "e", vendor="postgresql"),
        ]
    )
    inner = (
        f"SELECT {_columns(listing)} FROM entries_entrytopic t "
        f"JOIN entries_entry e ON e.id = t.entry_id {where.sql} "
        f"ORDER BY t.published_at DESC, t.entry_id DESC LIMIT {_most_of_a_gate(listing)}"
    )
    gates = f"unnest('{{{reader.grants.gate_list}}}'::bigint[]) AS g(id)"
    topics = f"(VALUES {', '.join(['(%s)'] * len(listing.topics))}) AS s(slug)"
    sql = (
        f"SELECT DISTINCT ON (e.place, e.id) e.* FROM {gates} CROSS JOIN {topics} "
        f"CROSS JOIN LATERAL ({inner}) e "
        f"ORDER BY e.place DESC, e.id DESC LIMIT {listing.limit + 1}"
    )
    return _with_head(listing, sql, (*listing.topics, *where.params))


def count(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """How many entries the list has in all, up to one more than ``MOST_COUNTED``."""
    where = _where([*_filters(listing, vendor, paged=False), readable(reader, "e", vendor=vendor)])
    inner = f"SELECT 1 FROM entries_entry e {where.sql} LIMIT {MOST_COUNTED + 1}"
    counted = f"SELECT count(*) AS n FROM ({inner}) c"
    return Statement(f"{HEAD} LEFT JOIN ({counted}) x ON true", where.params)


def _filters(listing: Listing, vendor: str, *, paged: bool = True) -> list[Clause]:
    clauses = _plain_filters(listing, vendor)
    if listing.topics:
        clauses.append(
            Clause(
                "EXISTS (SELECT 1 FROM entries_entrytopic t WHERE t.entry_id = e.id AND "
                f"t.slug IN ({_marks(listing.topics)}))",
                listing.topics,
            )
        )
    return [*clauses, *_time_and_place(listing, "e", "id", paged=paged)]


def _plain_filters(listing: Listing, vendor: str) -> list[Clause]:
    clauses = []
    for column, values in (("type", listing.types), ("locale", listing.locales)):
        if values:
            clauses.append(Clause(f"e.{column} IN ({_marks(values)})", values))
    if listing.without:
        clauses.append(Clause(f"e.key NOT IN ({_marks(listing.without)})", listing.without))
    if listing.without_types:
        marks = _marks(listing.without_types)
        clauses.append(Clause(f"e.type NOT IN ({marks})", listing.without_types))
    if listing.under is not None:
        clauses.append(starts_with("e.path", listing.under, vendor=vendor))
    if listing.pinned_at is not None:
        clauses.append(Clause("e.pinned_until > %s", (listing.pinned_at,)))
    if listing.menu:
        clauses.append(Clause("e.position <> '' AND e.section = e.key"))
    return clauses


def starts_with(column: str, prefix: str, *, vendor: str) -> Clause:
    """A prefix in the form whose index each database can use."""
    if vendor == "postgresql":
        escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return Clause(f"{column} LIKE %s", (escaped + "%",))
    return Clause(f"{column} >= %s AND {column} < %s", (prefix, prefix + "\U0010ffff"))


def _time_and_place(
    listing: Listing, alias: str, id_column: str, *, paged: bool = True
) -> list[Clause]:
    clauses = []
    if listing.since:
        clauses.append(Clause(f"{alias}.published_at >= %s", (listing.since,)))
    if listing.until:
        clauses.append(Clause(f"{alias}.published_at < %s", (listing.until,)))
    if listing.after and paged:
        comparison = "<" if listing.newest_first else ">"
        value: Any = listing.after.value
        if listing.is_dated:
            value = datetime.fromisoformat(listing.after.value)
        clauses.append(
            Clause(
                f"({alias}.{listing.column}, {alias}.{id_column}) {comparison} (%s, %s)",
                (value, listing.after.id),
            )
        )
    return clauses


def _most_of_a_gate(listing: Listing) -> str:
    """A limit whose value the planner does not see, so that it walks the gate's index.

    It takes every gate for an average one, and would read a large one whole to sort it.
    """
    return f"(SELECT {listing.limit + 1})"


def _ordered(
    listing: Listing, source: str, params: tuple[Any, ...], *, limit: str = ""
) -> tuple[str, tuple[Any, ...]]:
    direction = _direction(listing)
    most = limit or f"{listing.limit + 1}"
    return (
        f"SELECT {_columns(listing)} {source} "
        f"ORDER BY e.{listing.column} {direction}, e.id {direction} LIMIT {most}",
        params,
    )


def _with_head(listing: Listing, sql: str, params: tuple[Any, ...]) -> Statement:
    direction = _direction(listing)
    return Statement(
        f"{HEAD} LEFT JOIN ({sql}) x ON true ORDER BY x.place {direction}, x.id {direction}",
        params,
    )


def _columns(listing: Listing) -> str:
    return COLUMNS.format(column=listing.column)


def _direction(listing: Listing) -> str:
    return "DESC" if listing.newest_first else "ASC"


def _where(clauses: Sequence[Clause]) -> Clause:
    if not clauses:
        return Clause("")
    return Clause(
        "WHERE " + " AND ".join(clause.sql for clause in clauses),
        tuple(param for clause in clauses for param in clause.params),
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
