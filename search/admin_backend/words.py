"""Words of texts and queries, the same on both sides: folded, without elisions and signs.

What comes out of here is letters and digits alone. So no sign that somebody types can reach the
syntax of a database, and its own idea of a word does not matter.
"""

from itertools import groupby
from typing import Any

from modelsearch.query import (
    MATCH_ALL,
    MATCH_NONE,
    And,
    Boost,
    Fuzzy,
    MatchAll,
    Not,
    Or,
    Phrase,
    PlainText,
    SearchQuery,
)

from search.analysis import is_cjk, tokens
from search.query import clean

LONGEST_QUERY = 200
MOST_WORDS = 12
LONGEST_TEXT = 200_000
"""Characters of a field that are indexed. PostgreSQL refuses a vector of more than a megabyte."""


def words_of(text: str) -> list[str]:
    """The words of a text in their order. They are not stemmed: editors look for what they wrote.

    A bulk action asks for whole words what its list asked for by their beginnings. With stems it
    would take things that the list did not show.
    """
    return [words[0] for words in _places(text)]


def indexed_words(text: str) -> str:
    """The words of a text, then the other ways to find some: ``dcp 2k`` and ``dcp2k``.

    Those come last, for a phrase needs words that follow one another.
    """
    places = _places(text[:LONGEST_TEXT])
    further = [word for words in places for word in words[1:]]
    return " ".join([*(words[0] for words in places), *further])


def is_beginning(word: str) -> bool:
    """Whether a word is only found as a beginning: one Chinese character, as pairs are indexed."""
    return len(word) == 1 and is_cjk(word)


def simplified(query: Any, operator: str | None = None) -> SearchQuery:
    """What was asked, in the kinds of queries that both databases answer alike.

    At most 12 words. Fuzzy and boosted queries become plain ones. ``MatchAll`` and its opposite
    stand alone if anywhere. What asks nothing finds nothing.
    """
    if query is None:
        return MATCH_ALL
    if isinstance(query, str):
        query = PlainText(query, operator=operator or PlainText.DEFAULT_OPERATOR)
    return _Reading().of(query) or MATCH_NONE


def finds_nothing(query: SearchQuery | None) -> bool:
    return isinstance(query, Not) and isinstance(query.subquery, MatchAll)


class _Reading:
    """One query being read, with the room that is left in it."""

    def __init__(self) -> None:
        self.room = MOST_WORDS

    def of(self, query: SearchQuery) -> SearchQuery | None:
        """The query made simple; None if it asks nothing."""
        match query:
            case PlainText() | Fuzzy() | Phrase():
                return self._in_words(query)
            case Boost():
                return self.of(query.subquery)
            case Not():
                return self._opposite(self.of(query.subquery))
            case And():
                return self._all(query.subqueries)
            case Or():
                return self._any(query.subqueries)
        return query if isinstance(query, MatchAll) else None

    def _in_words(self, query: PlainText | Fuzzy | Phrase) -> SearchQuery | None:
        words = words_of(shortened(query.query_string))[: self.room] if self.room else []
        self.room -= len(words)
        if not words:
            return None
        text = " ".join(words)
        if isinstance(query, Phrase):
            return Phrase(text)
        return PlainText(text, operator=query.operator)

    def _opposite(self, query: SearchQuery | None) -> SearchQuery | None:
        if isinstance(query, Not):
            return query.subquery
        return None if query is None else Not(query)

    def _all(self, queries: list[SearchQuery]) -> SearchQuery | None:
        parts = [part for query in queries if (part := self.of(query)) is not None]
        if any(finds_nothing(part) for part in parts):
            return MATCH_NONE
        telling = [part for part in parts if not isinstance(part, MatchAll)]
        if len(telling) > 1:
            return And(telling)
        return next(iter(telling or parts), None)

    def _any(self, queries: list[SearchQuery]) -> SearchQuery | None:
        parts = [part for query in queries if (part := self.of(query)) is not None]
        if any(isinstance(part, MatchAll) for part in parts):
            return MATCH_ALL
        telling = [part for part in parts if not finds_nothing(part)]
        if len(telling) > 1:
            return Or(telling)
        return next(iter(telling or parts), None)


def shortened(text: str) -> str:
    """One line of at most 200 characters, without a word that is cut in two."""
    line = clean(text)
    if len(line) <= LONGEST_QUERY:
        return line
    whole, space, _rest = line[: LONGEST_QUERY + 1].rpartition(" ")
    return whole if space else line[:LONGEST_QUERY]


def _places(text: str) -> list[list[str]]:
    """What stands at each position of a text: its word first."""
    found = groupby(tokens(text, ""), key=lambda token: token.position)
    return [[token.surface for token in group] for _position, group in found]
