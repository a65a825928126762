"""Lists by topic, newest first: a topic's own rows carry gate and date. Pure, like ``select``."""

# ruff: noqa: S608 - put together of our own pieces; every value is a parameter
from cms.access.clauses import Clause, gate_is_open, readable
from cms.access.reader import Reader
from cms.entries.listing import Listing, Statement
from cms.entries.select import (
    EACH_GATE,
    WINDOW,
    columns,
    listed,
    plain_filters,
    time_and_place,
    unseen,
    where_all,
)


def by_window(listing: Listing, reader: Reader, *, vendor: str) -> Statement:
    """The newest ``WINDOW`` rows of the topics, then the rule."""
    bounds = time_and_place(listing, "t", "entry_id")
    inside = [where_all([Clause("t.slug = %s", (topic,)), *bounds]) for topic in listing.topics]
    newest = [
        f"SELECT t.entry_id, t.gate_id, t.published_at FROM entries_entrytopic t {where.sql} "
        f"ORDER BY t.published_at DESC, t.entry_id DESC LIMIT {unseen(WINDOW)}"
        for where in inside
    ]
    inner = newest[0]
    if len(newest) > 1:
        # The newest of all of them; what has two of the topics stands there once.
        merged = " UNION ALL ".join(f"SELECT * FROM ({one}) n{i}" for i, one in enumerate(newest))
        inner = (
            "SELECT DISTINCT m.entry_id, m.gate_id, m.published_at "
            f"FROM (SELECT * FROM ({merged}) u "
            f"ORDER BY u.published_at DESC, u.entry_id DESC LIMIT {WINDOW}) m"
        )
    gate = gate_is_open(reader, "w.gate_id", vendor=vendor, once=True, sieve=True)
    rule = readable(reader, "e", vendor=vendor, once=True, sieve=True)
    rest = where_all([Clause(gate), *plain_filters(listing, vendor), rule])
    # In the order of the window, which has the entries' dates: it is left once there are enough.
    sql = (
        f"SELECT {columns(listing)} FROM ({inner}) w JOIN entries_entry e ON e.id = w.entry_id "
        f"{rest.sql} ORDER BY w.published_at DESC, w.entry_id DESC LIMIT {listing.limit + 1}"
    )
    params = (*(param for where in inside for param in where.params), *rest.params)
    return listed(listing, reader, sql, params, vendor=vendor)


def by_gate(listing: Listing, reader: Reader) -> Statement:
    """Topics, gate by gate (PostgreSQL). What has two of the topics stands there once."""
    vendor = "postgresql"
    where = where_all(
        [
            Clause("t.slug = s.slug AND t.gate_id = g.id"),
            *time_and_place(listing, "t", "entry_id"),
            *plain_filters(listing, vendor),
            readable(reader, "e", vendor=vendor, once=True),
        ]
    )
    inner = (
        f"SELECT {columns(listing)} FROM entries_entrytopic t "
        f"JOIN entries_entry e ON e.id = t.entry_id {where.sql} "
        f"ORDER BY t.published_at DESC, t.entry_id DESC LIMIT {unseen(listing.limit + 1)}"
    )
    topics = "unnest((SELECT %s::text[])) AS s(slug)"
    sql = (
        f"SELECT DISTINCT ON (e.place, e.id) e.* FROM {EACH_GATE} CROSS JOIN {topics} "
        f"CROSS JOIN LATERAL ({inner}) e "
        f"ORDER BY e.place DESC, e.id DESC LIMIT {listing.limit + 1}"
    )
    return listed(listing, reader, sql, (list(listing.topics), *where.params), vendor=vendor)
