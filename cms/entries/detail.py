"""One entry with all that belongs to it, in one statement. Pure: nothing here runs a query."""

from collections.abc import Sequence

from cms.access.clauses import Clause, opened, readable
from cms.access.reader import Reader
from cms.entries.listing import Statement
from cms.entries.select import HEAD, headed, marks

EARLIEST = {"postgresql": "least", "sqlite": "min"}
# The path of the page above: everything up to the last slash but one. Both databases know rtrim so.
PARENT = "rtrim(rtrim({path}, '/'), replace(rtrim({path}, '/'), '/', ''))"


def one(reader: Reader, *, vendor: str, key: str = "", path: str = "") -> Statement:
    """The entry of a key or a path, its parts, translations, breadcrumb, files and references.

    Rows are ``(version, head, kind, place, a, b, c, d, gate)``; only what the reader may read.
    """
    wanted = Clause("e.key = %s", (key,)) if key else Clause("e.path = %s", (path,))
    rule = readable(reader, "e", vendor=vendor, once=True)
    translation = readable(reader, "t", vendor=vendor, once=True)
    crumb = readable(reader, "b", vendor=vendor, once=True)
    target = readable(reader, "r", vendor=vendor, once=True)
    part = readable(reader, "p", vendor=vendor, once=True)
    file = readable(reader, "f", vendor=vendor, once=True)
    given = opened(reader, vendor=vendor)
    parent_of_entry = PARENT.format(path="e.path")
    parent_of_up = PARENT.format(path="up.path")
    sql = f"""
WITH RECURSIVE {given.sql and f"{given.sql}, "}e AS (
  SELECT * FROM entries_entry e WHERE {wanted.sql} AND {rule.sql}
), up(path) AS (
  SELECT {parent_of_entry} FROM e WHERE e.path IS NOT NULL
  UNION ALL SELECT {parent_of_up} FROM up WHERE length(up.path) > 1
)
{HEAD} LEFT JOIN (
  SELECT 'entry' AS kind, 0 AS place, e.key AS a, e.card AS b, e.body AS c,
    CASE WHEN e.is_woven THEN '1' ELSE '' END AS d, e.gate_id AS gate FROM e
  UNION ALL
  SELECT 'part', p.position, p.anchor, p.title, p.body, '', p.gate_id
    FROM entries_part p JOIN e ON p.entry_id = e.id WHERE p.kind = 'section' AND {part.sql}
  UNION ALL
  SELECT 'translation', 0, t.key, t.locale, t.title, t.path, 0
    FROM entries_entry t JOIN e ON t.translation_key = e.translation_key AND t.id <> e.id
    WHERE {translation.sql}
  UNION ALL
  SELECT 'crumb', length(b.path), b.key, b.title, b.type, b.path, 0
    FROM entries_entry b JOIN up ON b.path = up.path WHERE {crumb.sql}
  UNION ALL
  SELECT 'file', f.position, f.file, f.listing, '', '', 0
    FROM entries_holding f JOIN e ON f.entry_id = e.id
    LEFT JOIN entries_part p ON p.id = f.part_id
    WHERE f.listing <> '' AND {file.sql} AND (f.part_id IS NULL OR ({part.sql}))
  UNION ALL
  SELECT 'reference', 0, r.key, r.card, r.type, '', 0
    FROM entries_reference n JOIN e ON n.entry_id = e.id
    JOIN entries_entry r ON r.key = n.target WHERE {target.sql}
) x ON true ORDER BY x.kind, x.place"""
    params = (
        *given.params,
        *wanted.params,
        *rule.params,
        *part.params,
        *translation.params,
        *crumb.params,
        *file.params,
        *part.params,
        *target.params,
    )
    return Statement(sql, params)


def _until(vendor: str) -> str:
    """Until when it is sure that an entry ``e`` gives a file ``f``, of a part ``p`` or none."""
    return f"{EARLIEST[vendor]}(e.closes_at, f.closes_at, coalesce(p.closes_at, e.closes_at))"


def _given(reader: Reader, vendor: str) -> Clause:
    """What a file ``f`` asks beyond its entry, and the part ``p`` that it is of, or none."""
    part = readable(reader, "p", vendor=vendor, once=True)
    own = readable(reader, "f", vendor=vendor, once=True)
    sql = f"{own.sql} AND (f.part_id IS NULL OR ({part.sql}))"
    return Clause(sql, (*own.params, *part.params))


def _holding(what: str, file: str, reader: Reader, *, vendor: str, end: str = "") -> Statement:
    """``what`` of the entries by which this reader may have a file now."""
    rule, given = readable(reader, "e", vendor=vendor, once=True), _given(reader, vendor)
    sql = f"""
  SELECT {what}
    FROM entries_holding f
    JOIN entries_entry e ON e.id = f.entry_id
    LEFT JOIN entries_part p ON p.id = f.part_id
    WHERE f.file = %s AND {given.sql} AND {rule.sql}{end}"""
    return headed(reader, sql, (file, *given.params, *rule.params), vendor=vendor)


def holder_of(file: str, reader: Reader, *, vendor: str) -> Statement:
    """Whether an entry that the reader may read now holds a file, and until when that is sure.

    Rows are ``(version, head, closes_at)``.
    """
    what, end = f"{_until(vendor)} AS until", " ORDER BY until DESC LIMIT 1"
    return _holding(what, file, reader, vendor=vendor, end=end)


def held_by(keys: Sequence[str], reader: Reader, *, vendor: str) -> Statement:
    """The files that some entries hold and this reader may have now, in their order.

    Rows are ``(version, head, key, anchor, file, until, gate, opens_at)``; none of an entry that is
    not readable. The last two are what an item asks beyond its entry; empty where it asks nothing.
    """
    rule = readable(reader, "e", vendor=vendor, once=True)
    given = _given(reader, vendor)
    sql = f"""
  SELECT e.key, f.anchor, f.file, {_until(vendor)} AS until, p.gate_id, p.opens_at
    FROM entries_entry e
    JOIN entries_holding f ON f.entry_id = e.id
    LEFT JOIN entries_part p ON p.id = f.part_id
    WHERE e.key IN ({marks(keys)}) AND {rule.sql} AND {given.sql}
    ORDER BY e.id, f.position"""
    return headed(reader, sql, (*keys, *rule.params, *given.params), vendor=vendor)


def types_holding(file: str, reader: Reader, *, vendor: str) -> Statement:
    """The types of the entries by which this reader may have a file now.

    Rows are ``(version, head, type)``.
    """
    return _holding("DISTINCT e.type", file, reader, vendor=vendor)
