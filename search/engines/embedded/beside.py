"""What is told beside the hits: where in them words were found, and what sections are called. Pure.

Both are branches of the one statement of a search. Parts are those of its ``page``, on SQLite out
of what it has ``found``.
"""

from collections.abc import Sequence

from cms.access.clauses import Clause, readable
from cms.access.reader import Reader
from cms.entries.select import among
from search.contract import Unit
from search.engines.embedded.rules import OPEN, lists, rule_of_part
from search.engines.embedded.stretches import STRETCH
from search.engines.embedded.terms import match, tsquery

PART, SECTION = "part", "section"


def parts(units: Sequence[Unit], reader: Reader, moment: str, *, vendor: str) -> Clause:
    """A row for each readable part, of an entry in ``page``, that has a unit; the best first.

    The entry is its ``id``; ``a`` is a list as JSON: anchor, kind, file, title. ``b`` is the text,
    or of a long one the stretch that has most of the units. The entries themselves are readable, or
    none of their passages had been found.
    """
    rule = rule_of_part(reader, vendor)
    found = _on_postgresql(units) if vendor == "postgresql" else _on_sqlite(units)
    named = "json_build_array" if vendor == "postgresql" else "json_array"
    as_text = "::text" if vendor == "postgresql" else ""
    return Clause(
        f"SELECT '{PART}', w.* FROM (SELECT t.entry_id, b.n, {moment}, "
        f"{named}(t.anchor, t.kind, t.file, t.title){as_text}, "
        f"substr(t.text, b.start + 1, {STRETCH}), '' FROM ("
        "SELECT f.*, row_number() OVER (PARTITION BY f.entry_id, f.part "
        f"ORDER BY f.n DESC, f.start) AS place FROM ({found.sql} AND {rule.sql}) f WHERE f.n > 0"
        ") b JOIN entries_part t ON t.entry_id = b.entry_id AND t.anchor = b.part "
        "WHERE b.place = 1 ORDER BY t.entry_id, b.n DESC, t.position) w",
        (*found.params, *rule.params),
    )


def _on_postgresql(units: Sequence[Unit]) -> Clause:
    """The passages of parts, and how many of the units each has."""
    number = f"(SELECT count(*) FROM {lists('u', query='text')} WHERE p.terms @@ u.query::tsquery)"
    return Clause(
        f"SELECT p.entry_id, p.part, p.start, {number} AS n FROM page m "
        f"JOIN search_passage p ON p.entry_id = m.entry_id WHERE NOT ({OPEN})",
        ([tsquery(unit) for unit in units],),
    )


def _on_sqlite(units: Sequence[Unit]) -> Clause:
    each = "EXISTS (SELECT 1 FROM search_terms WHERE rowid = p.id AND search_terms MATCH %s)"
    return Clause(
        f"SELECT p.entry_id, p.part, p.start, {' + '.join([each] * len(units))} AS n "
        "FROM (SELECT DISTINCT f.id FROM found f "
        "WHERE NOT f.is_open AND f.entry_id IN (SELECT m.entry_id FROM page m)) f "
        f"CROSS JOIN search_passage p ON p.id = f.id WHERE NOT ({OPEN})",
        tuple(match(unit) for unit in units),
    )


def sections(keys: Sequence[str], reader: Reader, moment: str, *, vendor: str) -> Clause:
    """A row for each of the sections that is readable: its key in ``a``, its title in ``b``."""
    rule = readable(reader, "e", vendor=vendor, once=True, sieve=True)
    named = among("e.key", keys, vendor=vendor)
    return Clause(
        f"SELECT '{SECTION}', e.id, 0, {moment}, e.key, e.title, '' FROM entries_entry e "
        f"WHERE {named.sql} AND {rule.sql}",
        (*named.params, *rule.params),
    )
