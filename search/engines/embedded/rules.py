"""Who may find a passage, and which passages are asked for at all."""

from cms.access.clauses import Clause, readable
from cms.access.reader import Reader
from search.contract import Filters

OPEN = "p.part_gate_id IS NULL"
"""The passage is of its entry's open text."""


def rule_of(reader: Reader, vendor: str, *, sieve: bool = True) -> Clause:
    """The rule for a passage: its entry's, and the part's own where it is of a part.

    Without the ``sieve`` PostgreSQL may ask an index for the reader's gates.
    """
    entry = readable(reader, "p", vendor=vendor, once=True, sieve=sieve)
    part = readable(reader, "part", vendor=vendor, once=True, sieve=True)
    own = part.sql.replace("part.", "p.part_")
    return Clause(f"{entry.sql} AND ({OPEN} OR ({own}))", (*entry.params, *part.params))


def within(rule: Clause, filters: Filters) -> Clause:
    """The rule, and the dates that are asked for."""
    sql, params = rule
    if filters.since:
        sql, params = f"{sql} AND p.published_at >= %s", (*params, filters.since)
    if filters.until:
        sql, params = f"{sql} AND p.published_at < %s", (*params, filters.until)
    return Clause(sql, params)
