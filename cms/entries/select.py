"""Questions to the entries, and the SQL that answers them. Pure: nothing here runs a query.

Every statement returns the access version and the head of the change feed beside its rows, so that
one query both answers and proves that the reader was fresh.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cms.access.clauses import GATES, Clause, gate_is_open, in_window, opened, readable
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
EACH_GATE = f"unnest({GATES}) AS g(id)"
ASKED = (
    "e.id, e.key, e.type, e.locale, e.path, e.sort_title, e.published_at, e.updated_at, e.gate_id, "
    "e.early_gate_id, e.opens_at, e.closes_at, e.card"
)
COLUMNS = "e.card, e.id, e.{column} AS place"


def headed(
    reader: Reader, sql: str, params: tuple[Any, ...], *, vendor: str, end: str = ""
) -> Statement:
    """A statement around rows: what they are trimmed by before them, version and head beside."""
    given = opened(reader, vendor=vendor)
    start = f"WITH {given.sql} " if given.sql else ""
    return Statement(f"{start}{HEAD}LEFT JOIN ({sql}) x ON true{end}", (*given.params, *params))


def plain(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """One statement in the order asked for; right for every reader, quick for most."""
    rule = readable(reader, "e", vendor=vendor, once=True)
    where = where_all([*_filters(listing, vendor), rule])
    sql, params = ordered(listing, f"FROM entries_entry e {where.sql}", where.params)
    return listed(listing, reader, sql, params, vendor=vendor)


def by_window(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """The newest ``WINDOW`` rows, then the rule: bounded work for a reader with many gates."""
    direction = _direction(listing)
    # What waits for its moment stands before the newest: it must not fill the window.
    moment = in_window(reader, "e", vendor=vendor, once=True)
    filters = where_all([*_filters(listing, vendor), moment])
    gate = gate_is_open(reader, "e.gate_id", vendor=vendor, once=True, sieve=True)
    inner = (
        f"SELECT e.id, e.gate_id, e.card, e.{listing.column} FROM entries_entry e {filters.sql} "
        f"ORDER BY e.{listing.column} {direction}, e.id {direction} LIMIT {unseen(WINDOW)}"
    )
    sql, params = ordered(listing, f"FROM ({inner}) e WHERE {gate}", filters.params)
    return listed(listing, reader, sql, params, vendor=vendor)


def by_long_window(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """The first rows of an order, then filters and rule: bounded work for every question."""
    direction = _direction(listing)
    place = where_all([*_in_section(listing, vendor), *time_and_place(listing, "e", "id")])
    most = unseen(WINDOW if listing.is_section else LONG_WINDOW)
    inner = (
        f"SELECT {ASKED} FROM entries_entry e {place.sql} "
        f"ORDER BY e.{listing.column} {direction}, e.id {direction} LIMIT {most}"
    )
    rule = readable(reader, "e", vendor=vendor, once=True, sieve=True)
    rest = where_all([*_filters(listing, vendor, paged=False), rule])
    sql, params = ordered(listing, f"FROM ({inner}) e {rest.sql}", (*place.params, *rest.params))
    return listed(listing, reader, sql, params, vendor=vendor)


def by_sorting(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """Find everything, then sort (PostgreSQL): for what is rare in an order.

    ``OFFSET 0`` keeps the planner from walking the order's index in search of the few.
    """
    rule = readable(reader, "e", vendor=vendor, once=True)
    where = where_all([*_filters(listing, vendor), rule])
    inner = f"SELECT e.* FROM entries_entry e {where.sql} OFFSET 0"
    sql, params = ordered(listing, f"FROM ({inner}) e", where.params)
    return listed(listing, reader, sql, params, vendor=vendor)


def by_gate(listing: Listing, reader: Reader) -> Statement:
    """The first rows of each gate, merged (PostgreSQL): quick when gates are few or hold little."""
    vendor = "postgresql"
    filters = [*_in_section(listing, vendor), *_filters(listing, vendor)]
    if listing.section_path is not None:
        # No index of paths may be preferred to that of section, gate and date.
        filters = [
            one._replace(sql=one.sql.replace("LIKE %s", "LIKE (SELECT %s)")) for one in filters
        ]
    moment = in_window(reader, "e", vendor=vendor, once=True)
    where = where_all([Clause("e.gate_id = g.id"), *filters, moment])
    source = f"FROM entries_entry e {where.sql}"
    inner, params = ordered(listing, source, where.params, limit=unseen(listing.limit + 1))
    direction = _direction(listing)
    sql = (
        f"SELECT e.* FROM {EACH_GATE} CROSS JOIN LATERAL ({inner}) e "
        f"ORDER BY e.place {direction}, e.id {direction} LIMIT {listing.limit + 1}"
    )
    return listed(listing, reader, sql, params, vendor=vendor)


def count(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """How many entries the list has in all, up to one more than ``MOST_COUNTED``."""
    rule = readable(reader, "e", vendor=vendor, once=True)
    where = where_all([*_filters(listing, vendor, paged=False), rule])
    inner = f"SELECT 1 FROM entries_entry e {where.sql} LIMIT {MOST_COUNTED + 1}"
    counted = f"SELECT count(*) AS n FROM ({inner}) c"
    return headed(reader, counted, where.params, vendor=vendor)


def named(
    column: str, values: Sequence[str], wanted: str, reader: Reader, *, vendor: str
) -> Statement:
    """Columns of the entries that have one of the keys or paths."""
    # The few rows are looked at one by one: an index of gates would find thousands more.
    rule = readable(reader, "e", vendor=vendor, once=True, sieve=True)
    where = where_all([among(f"e.{column}", values, vendor=vendor), rule])
    sql = f"SELECT {wanted} FROM entries_entry e {where.sql}"
    return headed(reader, sql, where.params, vendor=vendor)


def among(column: str, values: Sequence[str], *, vendor: str) -> Clause:
    """The column holds one of the values. On PostgreSQL the text is the same for any number."""
    if vendor == "postgresql":
        return Clause(f"{column} = ANY(%s)", (list(values),))
    return Clause(f"{column} IN ({marks(values)})", tuple(values))


def _in_section(listing: Listing, vendor: str) -> list[Clause]:
    """A subtree lies in one top-level section, whose entries have an index by date.

    Whatever lies there names the section, so that it is found when its own page is not public.
    """
    top = listing.section_path
    if top is None:
        return []
    order = "o.path ~>=~ %s ORDER BY o.path USING ~<~"  # the order of the index for prefixes
    if vendor != "postgresql":
        order = "o.path >= %s ORDER BY o.path"
    found = f"SELECT o.section FROM entries_entry o WHERE {order} LIMIT 1"
    return [Clause(f"e.section = ({found})", (top,))]


def _filters(listing: Listing, vendor: str, *, paged: bool = True) -> list[Clause]:
    clauses = plain_filters(listing, vendor)
    if listing.topics:
        clauses.append(
            Clause(
                "EXISTS (SELECT 1 FROM entries_entrytopic t WHERE t.entry_id = e.id AND "
                f"t.slug IN ({marks(listing.topics)}))",
                listing.topics,
            )
        )
    return [*clauses, *time_and_place(listing, "e", "id", paged=paged)]


def plain_filters(listing: Listing, vendor: str) -> list[Clause]:
    clauses = []
    for column, values in (("type", listing.types), ("locale", listing.locales)):
        if values:
            clauses.append(Clause(f"e.{column} IN ({marks(values)})", values))
    if listing.without:
        clauses.append(Clause(f"e.key NOT IN ({marks(listing.without)})", listing.without))
    if listing.without_types:
        others = marks(listing.without_types)
        clauses.append(Clause(f"e.type NOT IN ({others})", listing.without_types))
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


def time_and_place(
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


def unseen(limit: int) -> str:
    """A limit whose value the planner does not see, so that it walks the order's index.

    It takes every gate for an average one, and every window for one in which the rule leaves
    little, and would read all of it to sort it.
    """
    return f"(SELECT {limit})"


def ordered(
    listing: Listing, source: str, params: tuple[Any, ...], *, limit: str = ""
) -> tuple[str, tuple[Any, ...]]:
    direction = _direction(listing)
    most = limit or f"{listing.limit + 1}"
    return (
        f"SELECT {columns(listing)} {source} "
        f"ORDER BY e.{listing.column} {direction}, e.id {direction} LIMIT {most}",
        params,
    )


def listed(
    listing: Listing, reader: Reader, sql: str, params: tuple[Any, ...], *, vendor: str
) -> Statement:
    direction = _direction(listing)
    end = f" ORDER BY x.place {direction}, x.id {direction}"
    return headed(reader, sql, params, vendor=vendor, end=end)


def columns(listing: Listing) -> str:
    return COLUMNS.format(column=listing.column)


def _direction(listing: Listing) -> str:
    return "DESC" if listing.newest_first else "ASC"


def where_all(clauses: Sequence[Clause]) -> Clause:
    if not clauses:
        return Clause("")
    return Clause(
        "WHERE " + " AND ".join(clause.sql for clause in clauses),
        tuple(param for clause in clauses for param in clause.params),
    )


def marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
