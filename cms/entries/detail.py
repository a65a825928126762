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


def holder_of(file: str, reader: Reader, *, vendor: str) -> Statement:
    """Whether an entry that the reader may read now holds a file, and until when that is sure.

    Rows are ``(version, head, closes_at)``.
    """
    rule = readable(reader, "e", vendor=vendor, once=True)
    part = readable(reader, "p", vendor=vendor, once=True)
    own = readable(reader, "f", vendor=vendor, once=True)
    earliest = EARLIEST[vendor]
    sql = f"""
  SELECT {earliest}(e.closes_at, f.closes_at, coalesce(p.closes_at, e.closes_at)) AS until
    FROM entries_holding f
    JOIN entries_entry e ON e.id = f.entry_id
    LEFT JOIN entries_part p ON p.id = f.part_id
    WHERE f.file = %s AND {own.sql} AND (f.part_id IS NULL OR ({part.sql})) AND {rule.sql}
    ORDER BY until DESC LIMIT 1"""
    params = (file, *own.params, *part.params, *rule.params)
    return headed(reader, sql, params, vendor=vendor)


def held_by(key: str, reader: Reader, *, vendor: str) -> Statement:
    """The files that one entry holds and this reader may have now, in their order.

    Rows are ``(version, head, anchor, file, until)``; none where the entry is not readable.
    """
    rule = readable(reader, "e", vendor=vendor, once=True)
    part = readable(reader, "p", vendor=vendor, once=True)
    own = readable(reader, "f", vendor=vendor, once=True)
    earliest = EARLIEST[vendor]
    sql = f"""
  SELECT f.anchor, f.file,
    {earliest}(e.closes_at, f.closes_at, coalesce(p.closes_at, e.closes_at)) AS until
    FROM entries_entry e
    JOIN entries_holding f ON f.entry_id = e.id
    LEFT JOIN entries_part p ON p.id = f.part_id
    WHERE e.key = %s AND {rule.sql} AND {own.sql} AND (f.part_id IS NULL OR ({part.sql}))
    ORDER BY f.position"""
    params = (key, *rule.params, *own.params, *part.params)
    return headed(reader, sql, params, vendor=vendor)


def items_held(keys: Sequence[str], reader: Reader, *, vendor: str) -> Statement:
    """The items of some entries that this reader may have now, in their order.

    Rows are ``(version, head, key, anchor, file, until, gate, opens_at)``. The last two are what an
    item asks beyond its entry; empty where it asks nothing.
    """
    rule = readable(reader, "e", vendor=vendor, once=True)
    part = readable(reader, "p", vendor=vendor, once=True)
    own = readable(reader, "f", vendor=vendor, once=True)
    earliest = EARLIEST[vendor]
    sql = f"""
  SELECT e.key, f.anchor, f.file,
    {earliest}(e.closes_at, f.closes_at, coalesce(p.closes_at, e.closes_at)) AS until,
    p.gate_id, p.opens_at
    FROM entries_entry e
    JOIN entries_holding f ON f.entry_id = e.id
    LEFT JOIN entries_part p ON p.id = f.part_id
    WHERE e.key IN ({marks(keys)}) AND f.anchor <> '' AND {rule.sql} AND {own.sql}
      AND (f.part_id IS NULL OR ({part.sql}))
    ORDER BY e.id, f.position"""
    params = (*keys, *rule.params, *own.params, *part.params)
    return headed(reader, sql, params, vendor=vendor)


def types_holding(file: str, reader: Reader, *, vendor: str) -> Statement:
    """The types of the entries by which this reader may have a file now.

    Rows are ``(version, head, type)``.
    """
    rule = readable(reader, "e", vendor=vendor, once=True)
    part = readable(reader, "p", vendor=vendor, once=True)
    own = readable(reader, "f", vendor=vendor, once=True)
    sql = f"""
  SELECT DISTINCT e.type
    FROM entries_holding f
    JOIN entries_entry e ON e.id = f.entry_id
    LEFT JOIN entries_part p ON p.id = f.part_id
    WHERE f.file = %s AND {own.sql} AND (f.part_id IS NULL OR ({part.sql})) AND {rule.sql}"""
    params = (file, *own.params, *part.params, *rule.params)
    return headed(reader, sql, params, vendor=vendor)
