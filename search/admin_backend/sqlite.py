"""The admin's search on SQLite: one scan of the full-text index, however much it finds.

The stock backend computes the rank in a sub-query of every hit that repeats the whole MATCH, so its
work grows with the square of the hits, and lets the planner look into the index once a row.
"""

from typing import Any, NamedTuple

from django.db import connections
from django.db.models import QuerySet
from modelsearch.backends.database.sqlite import sqlite as stock
from modelsearch.backends.database.sqlite.query import BM25
from modelsearch.query import And, MatchAll, Not, Phrase, PlainText, SearchQuery
from modelsearch.utils import get_descendants_content_types_pks

from search.admin_backend.asking import AskingBackend, AskingCompiler, WordsIndex, columns_of
from search.admin_backend.words import finds_nothing, is_beginning

ENTRIES = stock.IndexEntry._meta.db_table
TERMS = stock.SQLiteFTSIndexEntry._meta.db_table


class Rank(BM25):
    """Smaller is better. A word of the title counts twice; Wagtail's multiple of it ignored titles.

    The columns are ``autocomplete, body, title``: migration 0006 of ``wagtail.search``.
    """

    def as_sql(self, *_args: Any, **_kwargs: Any) -> tuple[str, list[Any]]:
        return f"bm25({TERMS}, 1.0, 1.0, 2.0)", []


class Match(NamedTuple):
    """An expression of FTS5, or all that it does not find."""

    text: str
    negated: bool = False


def match_of(query: SearchQuery, *, as_beginning: bool) -> Match:
    """The expression for a simplified query. FTS5 has no NOT of one operand, so it stays outside.

    https://www.sqlite.org/fts5.html#full_text_query_syntax
    """
    if isinstance(query, PlainText):
        return Match(_plain(query, as_beginning=as_beginning))
    if isinstance(query, Phrase):
        return Match(f'"{query.query_string}"')
    if isinstance(query, Not):
        inner = match_of(query.subquery, as_beginning=as_beginning)
        return Match(inner.text, not inner.negated)
    parts = [match_of(part, as_beginning=as_beginning) for part in query.subqueries]
    if isinstance(query, And):
        return _all(parts)
    # De Morgan: a or not b is all but (b without a).
    refused = _all([Match(part.text, not part.negated) for part in parts])
    return Match(refused.text, not refused.negated)


def _all(parts: list[Match]) -> Match:
    found = [part.text for part in parts if not part.negated]
    refused = _joined("OR", [part.text for part in parts if part.negated])
    if not found:
        return Match(refused, negated=True)
    wanted = _joined("AND", found)
    return Match(f"({wanted} NOT {refused})" if refused else wanted)


def _plain(query: PlainText, *, as_beginning: bool) -> str:
    words = query.query_string.split()
    last = len(words) - 1
    sought = [
        f'"{word}"*' if (as_beginning and place == last) or is_beginning(word) else f'"{word}"'
        for place, word in enumerate(words)
    ]
    return _joined(query.operator.upper(), sought)


def _joined(operator: str, parts: list[str]) -> str:
    return f"({f' {operator} '.join(parts)})" if len(parts) > 1 else "".join(parts)


class SQLiteCompiler(AskingCompiler, stock.SQLiteSearchQueryCompiler):
    def search(
        self, _config: Any, start: int | None, stop: int | None, score_field: str | None = None
    ) -> QuerySet[Any]:
        pages: QuerySet[Any] = self.queryset
        if isinstance(self.query, MatchAll):
            return pages[start:stop]
        if finds_nothing(self.query):
            return pages.none()
        match = match_of(self.query, as_beginning=self.LAST_TERM_IS_PREFIX)
        # FTS5 ranks no groups, and there is nothing to rank among what was not found.
        has_rows = not (pages.query.group_by or pages.query.distinct or match.negated)
        if has_rows and (self.order_by_relevance or score_field):
            pages = self._joined(match)
            if score_field:
                pages = pages.annotate(**{score_field: Rank()})
            if self.order_by_relevance:
                return pages.order_by(Rank(), "-pk")[start:stop]
        else:
            pages = self._among(match)
        if not pages.query.order_by:
            # Without an order, pages of a list may repeat one another: wagtail#3729.
            pages = pages.order_by("-pk")
        return pages[start:stop]

    def _joined(self, match: Match) -> QuerySet[Any]:
        """The query set joined with the index, so that each hit has its rank from the one scan.

        A plus sign before a column keeps the planner from using an index on it: the search must
        come first, then the rows it found. https://www.sqlite.org/optoverview.html#uplus
        """
        types, values = self._types()
        return self.queryset.extra(  # noqa: S610 - names are ours, values are parameters
            tables=[TERMS, ENTRIES],
            where=[
                f'"{TERMS}" MATCH %s',
                f'"{ENTRIES}".id = +"{TERMS}".rowid',
                f'+"{ENTRIES}".content_type_id IN ({types})',
                f'{self._key()} = "{ENTRIES}".object_id',
            ],
            params=[self._expression(match), *values],
        )

    def _among(self, match: Match) -> QuerySet[Any]:
        """The query set limited to what is found, in any order."""
        types, values = self._types()
        among = "NOT IN" if match.negated else "IN"
        found = (
            f'{self._key()} {among} (SELECT entry.object_id FROM "{TERMS}" CROSS JOIN "{ENTRIES}" '  # noqa: S608
            f'AS entry ON entry.id = +"{TERMS}".rowid WHERE "{TERMS}" MATCH %s '
            f"AND +entry.content_type_id IN ({types}))"
        )
        return self.queryset.extra(  # noqa: S610 - names are ours, values are parameters
            where=[found], params=[self._expression(match), *values]
        )

    def _expression(self, match: Match) -> str:
        columns = columns_of(self.fields, self.FTS_TABLE_FIELDS)
        return f"{{{' '.join(columns)}}} : {match.text}"

    def _types(self) -> tuple[str, list[int]]:
        types = get_descendants_content_types_pks(self.queryset.model)
        return ", ".join(["%s"] * len(types)), types

    def _key(self) -> str:
        quoted = connections[self.queryset.db].ops.quote_name
        alias = self.queryset.query.get_initial_alias()
        return f"{quoted(alias)}.{quoted(self.queryset.model._meta.pk.column)}"


class SQLiteAutocompleteCompiler(SQLiteCompiler, stock.SQLiteAutocompleteQueryCompiler):
    pass


class SQLiteIndex(WordsIndex, stock.SQLiteIndex):
    def _refresh_title_norms(self, full: bool = False) -> None:  # noqa: FBT001, FBT002
        """Not needed: only the stock rank reads them. They cost each saved page a scan of all."""


class SQLiteBackend(AskingBackend, stock.SQLiteSearchBackend):
    query_compiler_class = SQLiteCompiler
    autocomplete_query_compiler_class = SQLiteAutocompleteCompiler
    index_class = SQLiteIndex
