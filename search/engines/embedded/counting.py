"""What facets are counted from, and the filters that are facets. Pure."""

from cms.access.clauses import Clause
from search.contract import Filters

SHELVES, SUBJECTS = "shelves", "subjects"


def counted(filters: Filters, vendor: str, moment: str) -> list[Clause]:
    """One row of everything where a facet is chosen, else one of shelves and one of topics."""
    if facet_clauses(filters, vendor):
        return [_row(SHELVES, ("shelf_id", "subjects_id"), vendor, moment)]
    return [
        _row(SHELVES, ("shelf_id",), vendor, moment),
        _row(SUBJECTS, ("subjects_id",), vendor, moment),
    ]


def _row(kind: str, columns: tuple[str, ...], vendor: str, moment: str) -> Clause:
    """Lists of numbers: thousands of rows take longer to read than to count."""
    names = ", ".join(f"m.{one}" for one in columns)
    lists = [_list(f"coalesce(g.{one}, 0)", vendor) for one in columns]
    a, b = [*lists, "''"][:2]
    return Clause(
        f"SELECT '{kind}', 0, 0, {moment}, {a}, {b}, {_list('g.n', vendor)} "
        f"FROM (SELECT {names}, count(*) AS n FROM merged m GROUP BY {names}) g"
    )


def _list(column: str, vendor: str) -> str:
    if vendor == "postgresql":
        return f"array_to_string(array_agg({column}), ',')"
    return f"group_concat({column})"


def facet_clauses(filters: Filters, vendor: str) -> list[Clause]:
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
        place, line = (
            ("strpos", "E'\\n' || s.lines")
            if vendor == "postgresql"
            else ("instr", "char(10) || s.lines")
        )
        found = " OR ".join([f"{place}({line}, %s) > 0"] * len(filters.topics))
        clauses.append(
            Clause(
                f"m.subjects_id IN (SELECT s.id FROM search_subjects s WHERE {found})",
                tuple(f"\n{slug}\t" for slug in filters.topics),
            )
        )
    return clauses
