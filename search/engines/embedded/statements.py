"""The SQL that finds, ranks and counts. Pure: nothing here runs a query.

One statement does it all: each unit of the plan is a look-up in the index, sieved by the rule; what
they find is added up by entry; hits, facets and the frequency of each unit are read from that.
"""

from collections.abc import Sequence

from cms.access.clauses import Clause, readable
from cms.access.reader import Reader
from cms.entries.listing import Statement
from cms.entries.select import headed, starts_with
from search.contract import Filters, Unit, Wanted
from search.engines.embedded import lookups, ranking
from search.engines.embedded.scoring import Corpus
from search.engines.embedded.terms import beginnings, tsquery_of_beginnings

TITLE_ITSELF = 1000.0
"""Added where the title is just the query: nothing else comes near."""

HIT, SHELF, TOPIC, UNIT = "hit", "shelf", "topic", "unit"


def search(wanted: Wanted, reader: Reader, corpus: Corpus, *, vendor: str) -> Statement:
    """Rows ``(kind, id, score, moment, n, a, b, c)``.

    A hit has card, text and locale in ``a`` to ``c`` and says in ``n`` whether it has parts. A
    shelf has the number of entries in ``n``, and their topics in ``a`` where a facet is chosen;
    otherwise each topic has a row of its own. A unit has its number in ``id``, and in ``n`` how
    many readable passages have it.
    """
    steps = [("found", lookups.found(wanted, reader, vendor))]
    if wanted.plan.title and not wanted.by_date:
        steps.append(("itself", _with_this_title(wanted)))
    is_twofold = vendor == "postgresql" and not wanted.by_date
    if is_twofold:
        steps += [
            ("rarity", ranking.rarity(wanted.plan, corpus)),
            ("aspects", ranking.aspects(wanted.plan)),
            ("pairs", ranking.pairs(wanted.plan)),
        ]
    steps.append(("merged", _merged(wanted, vendor)))
    if is_twofold:
        steps.append(("best", _chosen(wanted, vendor, limit=ranking.CANDIDATES)))
        exact = ranking.exact(reader, corpus, _itself(wanted, "b"))
        steps.append(("exact", exact))
    steps.append(("page", _page(wanted, vendor, is_twofold=is_twofold)))
    moment = "NULL::timestamptz" if vendor == "postgresql" else "NULL"
    rows = [_hits(wanted, vendor), *_facets(wanted, vendor, moment), _units(moment)]
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
    found = lookups.frequencies(units, reader, vendor)
    sql = f"SELECT f.unit, count(DISTINCT f.entry_id) AS n FROM ({found.sql}) f GROUP BY f.unit"
    return headed(reader, sql, found.params, vendor=vendor)


def titles(words: Sequence[str], reader: Reader, *, limit: int, vendor: str) -> Statement:
    """Rows ``(key, card)`` of entries whose title has words that begin so, newest first."""
    rule = readable(reader, "p", vendor=vendor, once=True, sieve=True)
    if vendor == "postgresql":
        source = "search_passage p WHERE p.part = '' AND p.terms @@ %s::tsquery"
        asked = tsquery_of_beginnings(words)
    else:
        source = (
            "search_titles CROSS JOIN search_passage p ON p.id = search_titles.rowid "
            "WHERE search_titles MATCH %s"
        )
        asked = beginnings(words)
    sql = (
        f"SELECT e.key, e.card FROM (SELECT p.entry_id, p.published_at FROM {source} "
        f"AND {rule.sql} ORDER BY p.published_at DESC, p.id DESC LIMIT {limit}) t "
        "JOIN entries_entry e ON e.id = t.entry_id ORDER BY t.published_at DESC, e.id DESC"
    )
    return headed(reader, sql, (asked, *rule.params), vendor=vendor)


def parts(entry_ids: Sequence[int], reader: Reader, *, vendor: str) -> Statement:
    """Rows ``(entry_id, anchor, title, text)`` of the parts of these entries that are readable."""
    rule = lookups.rule_of(reader, vendor)
    marks = ", ".join(["%s"] * len(entry_ids))
    sql = (
        "SELECT t.entry_id, t.anchor, t.title, t.text FROM search_passage p "
        "JOIN entries_part t ON t.entry_id = p.entry_id AND t.anchor = p.part "
        f"WHERE p.entry_id IN ({marks}) AND p.part <> '' AND {rule.sql}"
    )
    return headed(reader, sql, (*entry_ids, *rule.params), vendor=vendor)


def _merged(wanted: Wanted, vendor: str) -> Clause:
    """A row for each entry that is found."""
    plan = wanted.plan
    first, last = len(plan.words), len(plan.wanted)
    having = [
        f"max(CASE WHEN f.unit = {place} THEN 1 ELSE 0 END) = 1" for place in range(first, last)
    ]
    if plan.excluded:
        unwanted = f"f.unit BETWEEN {last} AND {lookups.PAIRS - 1}"
        having.append(f"max(CASE WHEN {unwanted} THEN 1 ELSE 0 END) = 0")
    is_twofold = vendor == "postgresql" and not wanted.by_date
    score = ranking.ROUGH if is_twofold else "sum(f.score)"
    itself = _itself(wanted, "f")
    source, where = "found f", Clause("")
    if wanted.filters.under is not None:
        below = starts_with("e.path", wanted.filters.under, vendor=vendor)
        source = f"{source} JOIN entries_entry e ON e.id = f.entry_id"
        where = Clause(f"WHERE {below.sql}", below.params)
    conditions = f" HAVING {' AND '.join(having)}" if having else ""
    # All rows of an entry have the same shelf, topics and date.
    sql = (
        "SELECT f.entry_id, f.shelf_id, f.topics, f.published_at, "
        f"{score}{itself} AS score FROM {source} {where.sql} "
        f"GROUP BY f.entry_id, f.shelf_id, f.topics, f.published_at{conditions}"
    )
    return Clause(sql, where.params)


def _with_this_title(wanted: Wanted) -> Clause:
    """The entries whose title is just the query. Whoever is among them was found before."""
    sql = "SELECT p.entry_id FROM search_passage p WHERE p.title_key = %s"
    return Clause(sql, (wanted.plan.title,))


def _itself(wanted: Wanted, alias: str) -> str:
    """What is added to an entry whose title is just the query."""
    if not wanted.plan.title or wanted.by_date:
        return ""
    among = f"{alias}.entry_id IN (SELECT entry_id FROM itself)"
    return f" + CASE WHEN {among} THEN {TITLE_ITSELF} ELSE 0 END"


def _chosen(wanted: Wanted, vendor: str, *, limit: int) -> Clause:
    """The first of the entries that pass the facets, by their rough score."""
    chosen = _facet_clauses(wanted.filters, vendor)
    where = f" WHERE {' AND '.join(one.sql for one in chosen)}" if chosen else ""
    sql = (
        f"SELECT m.entry_id, m.score FROM merged m{where} "
        f"ORDER BY m.score DESC, m.entry_id DESC LIMIT {limit}"
    )
    return Clause(sql, tuple(param for one in chosen for param in one.params))


def _page(wanted: Wanted, vendor: str, *, is_twofold: bool) -> Clause:
    """The entries of this page, with what they are sorted by."""
    chosen = _facet_clauses(wanted.filters, vendor)
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
            "SELECT x.entry_id, NULL::timestamptz AS published_at, x.score FROM exact x "
            "UNION ALL SELECT m.entry_id, m.published_at, m.score FROM merged m "
            f"WHERE {narrowed}"
        )
    else:
        inner = "SELECT m.entry_id, m.published_at, m.score FROM merged m"
        inner += f" WHERE {where}" if where else ""
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


def _hits(wanted: Wanted, vendor: str) -> Clause:
    """The page in its order, with what is shown of it."""
    column = "published_at" if wanted.by_date else "score"
    has_parts = "e.is_woven::int" if vendor == "postgresql" else "e.is_woven"
    return Clause(
        f"SELECT '{HIT}' AS kind, h.* FROM (SELECT m.entry_id AS id, m.score, m.published_at, "
        f"{has_parts}, e.card, e.text, e.locale FROM page m "
        "JOIN entries_entry e ON e.id = m.entry_id "
        f"ORDER BY m.{column} DESC, m.entry_id DESC) h"
    )


def _facets(wanted: Wanted, vendor: str, moment: str) -> list[Clause]:
    """What all facets are counted from: one grouping where a facet is chosen, else two."""
    if _facet_clauses(wanted.filters, vendor):
        return [
            Clause(
                f"SELECT '{SHELF}', m.shelf_id, 0, {moment}, count(*), m.topics, '', '' "
                "FROM merged m GROUP BY m.shelf_id, m.topics"
            )
        ]
    if vendor == "postgresql":
        line = "t.line"
        source = (
            "merged m CROSS JOIN LATERAL unnest(string_to_array(substr(m.topics, 2), E'\n')) "
            "AS t(line) WHERE m.topics <> ''"
        )
    else:
        line = "t.slug || char(9) || t.name"
        source = "merged m CROSS JOIN entries_entrytopic t ON t.entry_id = m.entry_id"
    return [
        Clause(
            f"SELECT '{SHELF}', m.shelf_id, 0, {moment}, count(*), '', '', '' "
            "FROM merged m GROUP BY m.shelf_id"
        ),
        Clause(
            f"SELECT '{TOPIC}', 0, 0, {moment}, count(*), {line}, '', '' "
            f"FROM {source} GROUP BY {line}"
        ),
    ]


def _units(moment: str) -> Clause:
    return Clause(
        f"SELECT '{UNIT}', f.unit, 0, {moment}, count(*), '', '', '' "
        "FROM found f WHERE f.unit >= 0 GROUP BY f.unit"
    )


def _facet_clauses(filters: Filters, vendor: str) -> list[Clause]:
    """The filters that are facets: they narrow the hits, and all facets but their own."""
    shelves = [
        Clause(f"s.{column} IN ({', '.join(['%s'] * len(values))})", values)
        for column, values in (
            ("type", filters.types),
            ("locale", filters.locales),
            ("section", filters.sections),
            ("year", filters.years),
        )
        if values
    ]
    clauses = []
    if shelves:
        where = " AND ".join(one.sql for one in shelves)
        params = tuple(param for one in shelves for param in one.params)
        clauses.append(
            Clause(f"m.shelf_id IN (SELECT s.id FROM search_shelf s WHERE {where})", params)
        )
    if filters.topics:
        place = "strpos" if vendor == "postgresql" else "instr"
        found = " OR ".join([f"{place}(m.topics, %s) > 0"] * len(filters.topics))
        clauses.append(Clause(f"({found})", tuple(f"\n{slug}\t" for slug in filters.topics)))
    return clauses
