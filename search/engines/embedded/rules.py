"""Who may find a passage, and which passages are asked for at all."""

from collections.abc import Callable, Sequence
from typing import Any

from cms.access.clauses import Clause, readable
from cms.access.reader import Reader
from search.contract import Filters
from search.engines.embedded.tables import COPIED

OPEN = "p.part_gate_id IS NULL"
"""The passage is of its entry's open text."""

_OWN = (
    "id", "entry_id", "subjects_id", "part_gate_id", "part_early_gate_id", "part_opens_at",
    "part_closes_at", "terms",
)  # fmt: skip

WITH_SHELF = (
    "LEFT JOIN search_shelf s ON s.type = e.type AND s.locale = e.locale "
    "AND s.section = e.section "
    "AND s.year = extract(year FROM e.published_at AT TIME ZONE 'UTC')"
)
"""The shelf ``s`` on which an entry ``e`` belongs, on PostgreSQL. Years are those of UTC."""
_LAGGING = (
    f"(SELECT {', '.join(f'q.{one}' for one in _OWN)}, coalesce(s.id, q.shelf_id) AS shelf_id, "
    f"{', '.join(f'e.{one}' for one in COPIED)} FROM search_lagging v "
    "JOIN entries_entry e ON e.id = v.entry_id JOIN search_passage q ON q.entry_id = e.id "
    f"{WITH_SHELF}) p"
)


def lists(alias: str, **types: str) -> str:
    """A relation of parameters on PostgreSQL, one list a column.

    The planner is not let see how long they are: it would plan every search for them, which takes
    as long as many a search.
    """
    given = ", ".join(f"(SELECT %s::{one}[])" for one in types.values())
    return f"unnest({given}) AS {alias}({', '.join(types)})"


def in_both(written: Callable[[str], str], params: tuple[Any, ...] = ()) -> Clause:
    """A query ``written`` over passages ``p`` on PostgreSQL: a source, with its first condition.

    It is asked of those that say what their entries do, and of those that lag behind.
    """
    settled = "search_passage p WHERE p.entry_id NOT IN (SELECT v.entry_id FROM search_lagging v)"
    both = (written(settled), written(f"{_LAGGING} WHERE true"))
    return Clause(" UNION ALL ".join(both), (*params, *params))


def together(lookups: Sequence[Clause]) -> Clause:
    """The rows of all of them."""
    return Clause(
        " UNION ALL ".join(one.sql for one in lookups),
        tuple(param for one in lookups for param in one.params),
    )


def rule_of(reader: Reader, vendor: str, *, sieve: bool = True) -> Clause:
    """The rule for a passage: its entry's, and the part's own where it is of a part.

    Without the ``sieve`` PostgreSQL may ask an index for the reader's gates.
    """
    entry = readable(reader, "p", vendor=vendor, once=True, sieve=sieve)
    own = rule_of_part(reader, vendor)
    return Clause(f"{entry.sql} AND {own.sql}", (*entry.params, *own.params))


def rule_of_part(reader: Reader, vendor: str) -> Clause:
    """What a passage asks beyond its entry, which must be asked as well."""
    part = readable(reader, "part", vendor=vendor, once=True, sieve=True)
    own = part.sql.replace("part.", "p.part_")
    return Clause(f"({OPEN} OR ({own}))", part.params)


def within(rule: Clause, filters: Filters) -> Clause:
    """The rule, and the dates that are asked for."""
    sql, params = rule
    if filters.since:
        sql, params = f"{sql} AND p.published_at >= %s", (*params, filters.since)
    if filters.until:
        sql, params = f"{sql} AND p.published_at < %s", (*params, filters.until)
    return Clause(sql, params)
