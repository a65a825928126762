"""The admin's search on PostgreSQL: the stock backend, asked for words alone, on an index."""

import operator
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from django.contrib.postgres.search import SearchQuery as TSQuery
from django.db.models import F
from modelsearch.backends.database.postgres import postgres as stock
from modelsearch.backends.database.postgres.query import Lexeme
from modelsearch.query import Phrase, PlainText, SearchQuery

from search.admin_backend.asking import AskingBackend, AskingCompiler, WordsIndex, columns_of
from search.admin_backend.words import is_beginning

TITLE_NORM = "index_entries__title_norm"


class PostgreSQLCompiler(AskingCompiler, stock.PostgresSearchQueryCompiler):
    COLUMNS: Sequence[str] = ("title", "body")

    def get_search_vectors(self, _search_query: Any) -> list[tuple[Any, Any]]:
        """The vectors of the index, also when fields are named.

        The stock backend computes a vector from each row of the model then.
        """
        return [
            (F(f"index_entries__{name}"), F(TITLE_NORM) if name == "title" else 1.0)
            for name in columns_of(self.fields, self.COLUMNS)
        ]

    def build_tsquery_content(
        self,
        query: SearchQuery,
        config: str | None = None,
        invert: bool = False,  # noqa: FBT001, FBT002
    ) -> Any:
        """Like the stock one, but what is not wanted is a whole phrase, or words together."""
        if isinstance(query, Phrase):
            phrase = TSQuery(query.query_string, search_type="phrase", config=config)
            return ~phrase if invert else phrase
        if not isinstance(query, PlainText):
            return super().build_tsquery_content(query, config=config, invert=invert)
        words = query.query_string.split()
        lexemes = [Lexeme(word, invert=invert, prefix=is_beginning(word)) for word in words]
        lexemes[-1].prefix = lexemes[-1].prefix or self.LAST_TERM_IS_PREFIX
        every = (query.operator == "and") != invert
        combined = reduce(operator.and_ if every else operator.or_, lexemes)
        return TSQuery(combined, search_type="raw", config=config)


class PostgreSQLAutocompleteCompiler(PostgreSQLCompiler, stock.PostgresAutocompleteQueryCompiler):
    COLUMNS = ("autocomplete",)


class PostgreSQLIndex(WordsIndex, stock.PostgresIndex):
    pass


class PostgreSQLBackend(AskingBackend, stock.PostgresSearchBackend):
    query_compiler_class = PostgreSQLCompiler
    autocomplete_query_compiler_class = PostgreSQLAutocompleteCompiler
    index_class = PostgreSQLIndex

    def __init__(self, params: Mapping[str, Any]) -> None:
        """Without a configuration, PostgreSQL takes the server's, which is English after initdb.

        Words come folded from our analyser, in all languages, so none is needed; and stems would
        make a bulk action take what its list, which asks by beginnings, did not show.
        """
        super().__init__({"SEARCH_CONFIG": "simple", **params})
