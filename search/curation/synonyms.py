"""Synonyms: which words of a query lead to which others. Looked up in memory, never queried for.

Members are compared in the terms of the index, so accents, plurals, D.C.P. and e-mail find DCP and
email. A phrase in quotes means just these words: it has no synonyms.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from search.curation.latest import Latest
from search.curation.members import MOST_SETS, Member, member, split, stands_at, steps_of
from search.curation.models import Synonym
from search.query import Query
from search.stopwords import STOP_WORDS

LANGUAGES = tuple(STOP_WORDS)
"""What is curated is read in all that have stems: names and loans are of no one language."""


@dataclass(frozen=True, slots=True)
class Row:
    """A set as editors wrote it."""

    words: str
    locale: str = ""
    direction: str = "both"


@dataclass(frozen=True, slots=True)
class Match:
    """Words of the query, from ``start`` to before ``end``, and what else they lead to."""

    start: int
    end: int
    text: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lead:
    """A member and the members that it leads to."""

    member: Member
    locale: str
    others: tuple[str, ...]


class Synonyms:
    """Every set in force, ready to be looked up."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._leads: dict[str, list[_Lead]] = defaultdict(list)
        for row in rows:
            for lead in _leads(row):
                for term in lead.member.steps[0]:
                    self._leads[term].append(lead)

    def __bool__(self) -> bool:
        return bool(self._leads)

    def for_query(self, query: Query, locales: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """What the words of a query lead to, by the words as they were typed.

        ``locales`` are those whose documents are wanted; none: all. Several words that lead
        somewhere together are joined by spaces.
        """
        found: dict[str, tuple[str, ...]] = {}
        for match in self.matches(query, locales):
            others = (*found.get(match.text, ()), *match.others)
            found[match.text] = tuple(dict.fromkeys(others))
        return found

    def matches(self, query: Query, locales: Sequence[str]) -> list[Match]:
        """Where members stand in a query: longest first, no word twice, in order."""
        if not self:
            return []
        steps = steps_of(query, LANGUAGES)
        found = [
            (start, lead)
            for start, terms in enumerate(steps)
            for lead in self._at(terms)
            if _is_wanted(lead, locales) and stands_at(lead.member, steps, start)
        ]
        found.sort(key=lambda one: (-len(one[1].member.steps), one[0]))
        taken: dict[int, tuple[int, int]] = {}
        matches: dict[tuple[int, int], dict[str, None]] = {}
        for start, lead in found:
            span = (start, start + len(lead.member.steps))
            if any(taken.get(place, span) != span for place in range(*span)):
                continue
            taken.update(dict.fromkeys(range(*span), span))
            matches.setdefault(span, {}).update(dict.fromkeys(lead.others))
        return [
            Match(start, end, " ".join(word.text for word in query.words[start:end]), tuple(others))
            for (start, end), others in sorted(matches.items())
        ]

    def _at(self, terms: Iterable[str]) -> Iterable[_Lead]:
        # A word has several terms, and a member stands under each of its own.
        return {id(lead): lead for term in terms for lead in self._leads.get(term, ())}.values()


def _leads(row: Row) -> Iterable[_Lead]:
    texts = split(row.words)
    members = [_member(text) for text in texts]
    for one in members[:1] if row.direction == "first" else members:
        others = tuple(text for text in texts if text != one.text)
        if one.steps and others:
            yield _Lead(one, row.locale, others)


@lru_cache(maxsize=32_768)
def _member(text: str) -> Member:
    """Kept for the process: the sets are made anew whenever access changes, their words are not."""
    return member(text, LANGUAGES)


def _is_wanted(lead: _Lead, locales: Sequence[str]) -> bool:
    return not lead.locale or not locales or lead.locale in locales


def current(version: int) -> Synonyms:
    """The sets in force at this access version. Read once a version in each process.

    A change of the table raises the version (``search.triggers``), in its own transaction.
    """
    return _latest.at(version)


def rows_in_force(*, without: int = 0) -> tuple[Row, ...]:
    """The sets as they are stored, less one that is being changed. One query."""
    rows = Synonym.objects.filter(is_active=True).exclude(pk=without).order_by("pk")
    values = rows.values_list("words", "locale", "direction")[:MOST_SETS]
    return tuple(Row(*value) for value in values)


_latest = Latest(rows_in_force, Synonyms)


def forget() -> None:
    """Drop what this process remembers."""
    _latest.forget()
