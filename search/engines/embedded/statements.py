"""The SQL that finds, ranks and counts. Pure: nothing here runs a query.

One statement does it all: each unit of the plan is a look-up in the index, sieved by the rule; what
they find is added up by entry; hits, facets and the frequency of each unit are read from that. What
is told beside the hits (``beside``) is read in it too.
"""

from collections.abc import Sequence

from cms.access.clauses import Clause, readable
from cms.access.reader import Reader
from cms.entries.listing import Statement
from cms.entries.select import headed
from search.contract import Unit, Wanted
from search.documents import title_hash
from search.engines.embedded import beside, postgresql, ranking, sqlite
from search.engines.embedded.counting import counted, facet_clauses
from search.engines.embedded.rules import OPEN, in_both
from search.engines.embedded.scoring import Corpus
from search.engines.embedded.terms import beginnings, tsquery_of_beginnings

TITLE_ITSELF = 1000.0
"""Added where the title is just the query: nothing else comes near."""
SHOWN = 50_000
"""Characters of a text in which passages to show are looked for."""

HIT, UNIT = "hit", "unit"


def search(
    wanted: Wanted, reader: Reader, corpus: Corpus, *, sections: Sequence[str], vendor: str
) -> Statement:
    """Rows ``(kind, id, score, moment, a, b, c)``.

    A hit has card, text and locale in ``a`` to ``c``. What facets are counted from is one row:
    numbers of shelves in ``a`` and, where a facet is chosen, of their topics in ``b``, with how
    many entries there are of each in ``c``. Otherwise topics have a row of their own. A unit that
    something readable has is a row with its number in ``id``. Parts and sections, of which
    those with these keys are told: ``beside``.
    """
    is_twofold = vendor == "postgresql" and not wanted.by_date
    steps = (
        postgresql.steps(wanted, reader, corpus, _itself(wanted, "g"))
        if vendor == "postgresql"
        else sqlite.steps(wanted, reader, _itself(wanted, "f"))
    )
    if wanted.plan.title and not wanted.by_date:
        steps.insert(0, ("itself", _with_this_title(wanted)))
    if is_twofold:
        steps.append(("best", _chosen(wanted, vendor, limit=ranking.CANDIDATES)))
        steps += ranking.steps(wanted, reader, corpus, _itself(wanted, "b"))
    steps.append(("page", _page(wanted, vendor, is_twofold=is_twofold)))
    moment = "NULL::timestamptz" if vendor == "postgresql" else "NULL"
    units = f"SELECT '{UNIT}', s.unit, 0, {moment}, '', '', '' FROM seen s WHERE s.n > 0"
    rows = [
        _hits(wanted, vendor, moment),
        *counted(wanted.filters, vendor, moment),
        Clause(units),
        beside.sections(sections, reader, moment, vendor=vendor),
    ]
    if wanted.plan.wanted:
        rows.append(beside.parts(wanted.plan.wanted, reader, moment, vendor=vendor))
    sql = (
        "WITH "
        + ", ".join(f"{name} AS MATERIALIZED ({one.sql})" for name, one in steps)
        + " "
        + " UNION ALL ".join(one.sql for one in rows)
    )
    clauses = [*(one for _, one in steps), *rows]
    return headed(
        reader, sql, tuple(param for one in clauses for param in one.params), vendor=vendor
    )


def frequencies(units: Sequence[Unit], reader: Reader, *, vendor: str) -> Statement:
    """Rows ``(unit, n)``: in how many readable entries each unit occurs."""
    engine = postgresql if vendor == "postgresql" else sqlite
    found = engine.frequencies(units, reader)
    sql = f"SELECT f.unit, count(DISTINCT f.entry_id) AS n FROM ({found.sql}) f GROUP BY f.unit"
    return headed(reader, sql, found.params, vendor=vendor)


def titles(words: Sequence[str], reader: Reader, *, limit: int, vendor: str) -> Statement:
    """Rows ``(key, card)`` of entries whose title has words that begin so, newest first."""
    rule = readable(reader, "p", vendor=vendor, once=True, sieve=True)
    columns = "p.entry_id, p.published_at, p.id"
    if vendor == "postgresql":
        found = in_both(
            lambda passages: (
                f"SELECT {columns} FROM {passages} AND {OPEN} AND p.terms @@ %s::tsquery "
                f"AND {rule.sql}"
            ),
            (tsquery_of_beginnings(words), *rule.params),
        )
    else:
        found = Clause(
            f"SELECT {columns} FROM search_titles CROSS JOIN search_passage p "
            f"ON p.id = search_titles.rowid WHERE search_titles MATCH %s AND {rule.sql}",
            (beginnings(words), *rule.params),
        )
    sql = (
        f"SELECT e.key, e.card FROM (SELECT f.* FROM ({found.sql}) f "
        f"ORDER BY f.published_at DESC, f.id DESC LIMIT {limit}) t "
        "JOIN entries_entry e ON e.id = t.entry_id ORDER BY t.published_at DESC, e.id DESC"
    )
    return headed(reader, sql, found.params, vendor=vendor)


def _with_this_title(wanted: Wanted) -> Clause:
    """The entries whose title is just the query. Whoever is among them was found before."""
    sql = "SELECT p.entry_id FROM search_passage p WHERE p.title_hash = %s"
    return Clause(sql, (title_hash(wanted.plan.title),))


def _itself(wanted: Wanted, alias: str) -> str:
    """What is added to an entry whose title is just the query."""
    if not wanted.plan.title or wanted.by_date:
        return ""
    among = f"{alias}.entry_id IN (SELECT entry_id FROM itself)"
    return f" + CASE WHEN {among} THEN {TITLE_ITSELF} ELSE 0 END"


def _chosen(wanted: Wanted, vendor: str, *, limit: int) -> Clause:
    """The first of the entries that pass the facets, by their rough score."""
    chosen = facet_clauses(wanted.filters, vendor)
    where = f" WHERE {' AND '.join(one.sql for one in chosen)}" if chosen else ""
    sql = (
        f"SELECT m.entry_id, m.shelf_id, m.score FROM merged m{where} "
        f"ORDER BY m.score DESC, m.entry_id DESC LIMIT {limit}"
    )
    return Clause(sql, tuple(param for one in chosen for param in one.params))


def _page(wanted: Wanted, vendor: str, *, is_twofold: bool) -> Clause:
    """The entries of this page, with what they are sorted by."""
    chosen = facet_clauses(wanted.filters, vendor)
    where = " AND ".join(one.sql for one in chosen)
    params = tuple(param for one in chosen for param in one.params)
    column = "published_at" if wanted.by_date else "score"
    if is_twofold:
        # What was not ranked exactly stands behind the last of what was.
        rest = (
            f"{_is_needed(wanted)} AND (m.score, m.entry_id) < "
            "(SELECT b.score, b.entry_id FROM best b ORDER BY b.score, b.entry_id LIMIT 1)"
        )
        narrowed = f"{where} AND {rest}" if where else rest
        inner = (
            "SELECT x.entry_id, x.score FROM exact x "
            f"UNION ALL SELECT m.entry_id, m.{column} FROM merged m WHERE {narrowed}"
        )
    else:
        inner = f"SELECT m.entry_id, m.{column} FROM merged m" + (
            f" WHERE {where}" if where else ""
        )
    after = ""
    if wanted.after is not None:
        place = wanted.moment if wanted.by_date else float(wanted.after.value)
        after = f" WHERE (s.{column}, s.entry_id) < (%s, %s)"
        params = (*params, place, wanted.after.id)
    sql = (
        f"SELECT s.* FROM ({inner}) s{after} "
        f"ORDER BY s.{column} DESC, s.entry_id DESC LIMIT {wanted.limit + 1}"
    )
    return Clause(sql, params)


def _is_needed(wanted: Wanted) -> str:
    """Whether the page goes on behind what was ranked exactly: asked once, not for each row."""
    if wanted.after is None:
        return f"(SELECT count(*) FROM exact) <= {wanted.limit}"
    value, id_ = float(wanted.after.value), int(wanted.after.id)
    if value < ranking.EXACTLY:
        return "true"
    behind = f"SELECT count(*) FROM exact x WHERE (x.score, x.entry_id) < ({value!r}, {id_})"
    return f"({behind}) <= {wanted.limit}"


def _hits(wanted: Wanted, vendor: str, moment: str) -> Clause:
    """The page in its order, with what is shown of it."""
    column, score = "score", "m.score"
    if wanted.by_date:
        column, score, moment = "published_at", "0", "e.published_at"
    # The characters of a text are counted one by one to cut it. Hardly any must be cut.
    size = "octet_length(e.text)" if vendor == "postgresql" else "length(e.text)"
    text = f"CASE WHEN {size} > {SHOWN} THEN substr(e.text, 1, {SHOWN}) ELSE e.text END"
    return Clause(
        f"SELECT '{HIT}' AS kind, h.* FROM (SELECT m.entry_id AS id, {score} AS score, "
        f"{moment}, e.card AS a, {text} AS b, "
        "e.locale AS c FROM page m JOIN entries_entry e ON e.id = m.entry_id "
        f"ORDER BY m.{column} DESC, m.entry_id DESC) h"
    )
