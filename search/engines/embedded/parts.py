"""In which parts of a page of entries the words were found. Pure."""

from collections.abc import Sequence

from cms.access.clauses import Clause, readable
from cms.access.reader import Reader
from cms.entries.listing import Statement
from cms.entries.select import headed
from search.contract import Unit
from search.engines.embedded.rules import OPEN, rule_of_part
from search.engines.embedded.stretches import STRETCH
from search.engines.embedded.terms import match, tsquery


def found_in(
    entry_ids: Sequence[int], units: Sequence[Unit], reader: Reader, *, vendor: str
) -> Statement:
    """Rows ``(entry_id, anchor, kind, file, title, text)`` of readable parts that have a unit.

    Of a long text it is the stretch that has most of the units.
    """
    rule = rule_of_part(reader, vendor)
    entry = readable(reader, "e", vendor=vendor, once=True, sieve=True)
    number = _number_of(units, vendor)
    ids = ", ".join(str(int(one)) for one in entry_ids)
    sql = (
        "SELECT t.entry_id, t.anchor, t.kind, t.file, t.title, "
        f"substr(t.text, b.start + 1, {STRETCH}) FROM ("
        "SELECT f.*, row_number() OVER (PARTITION BY f.entry_id, f.part "
        "ORDER BY f.n DESC, f.start) AS place FROM ("
        f"SELECT p.entry_id, p.part, p.start, {number.sql} AS n FROM search_passage p "
        f"JOIN entries_entry e ON e.id = p.entry_id WHERE p.entry_id IN ({ids}) "
        f"AND {entry.sql} AND NOT ({OPEN}) AND {rule.sql}) f WHERE f.n > 0) b "
        "JOIN entries_part t ON t.entry_id = b.entry_id AND t.anchor = b.part "
        "WHERE b.place = 1 ORDER BY t.entry_id, b.n DESC, t.position"
    )
    return headed(reader, sql, (*number.params, *entry.params, *rule.params), vendor=vendor)


def _number_of(units: Sequence[Unit], vendor: str) -> Clause:
    """How many of the units the passage has."""
    if vendor == "postgresql":
        return Clause(
            "(SELECT count(*) FROM unnest(%s::text[]) AS u(query) "
            "WHERE p.terms @@ u.query::tsquery)",
            ([tsquery(unit) for unit in units],),
        )
    each = "EXISTS (SELECT 1 FROM search_terms WHERE rowid = p.id AND search_terms MATCH %s)"
    return Clause(f"({' + '.join([each] * len(units))})", tuple(match(unit) for unit in units))
