"""What a search is asked, what it answers, and what an engine is: values that all engines share."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cms.access.reader import Reader
from cms.entries.cursors import Place
from cms.problems import FieldError, InvalidParameters
from search.query import Query

RELEVANCE = "relevance"
NEWEST = "-published_at"
ORDERS = (RELEVANCE, NEWEST)
FACETS = ("type", "topic", "locale", "section", "year")
MARKED = re.compile("<mark>(.*?)</mark>")
MOST_COUNTED = 10_000
"""Counts above are said as this number, and as not exact."""

Terms = tuple[str, ...]
"""Terms that stand one after the other; mostly just one."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing a text may be found by: any of its alternatives counts as it.

    ``text`` is as typed, ``synonyms`` are what editors said means the same; the alternatives hold
    the terms of both. ``exact`` is the word unstemmed: texts that have it just so come before
    others. ``beginning`` is what a title word may begin with, for the word still being typed.
    """

    text: str
    alternatives: tuple[Terms, ...]
    synonyms: tuple[str, ...] = ()
    others: tuple[Terms, ...] = ()  # the alternatives that are the synonyms' alone
    exact: str = ""
    beginning: str = ""
    goes_on: bool = False  # the terms may be beginnings of longer ones: a lone Chinese character
    weight: float = 1.0

    @property
    def own(self) -> tuple[Terms, ...]:
        """The alternatives that are the word itself."""
        return tuple(one for one in self.alternatives if one not in self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A query in the terms of the index, synonyms included.

    A text is found by any of the ``words``, if it has all ``phrases`` and none of ``excluded``.
    ``title`` is the folded query, for titles that are just this. Where nothing at all was typed, or
    only what is not wanted, it asks for everything.
    """

    words: tuple[Unit, ...] = ()
    phrases: tuple[Unit, ...] = ()
    excluded: tuple[Unit, ...] = ()
    title: str = ""
    asks_for_all: bool = False

    @property
    def wanted(self) -> tuple[Unit, ...]:
        return (*self.words, *self.phrases)

    @property
    def is_empty(self) -> bool:
        """Something was typed that no text can have, such as an asterisk."""
        return not self.wanted and not self.asks_for_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Several values of one filter are OR, several filters AND.

    The first five are facets: each facet is counted under all filters but its own.
    """

    types: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    under: str | None = None  # a portal path that ends in a slash
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One page of results to find. Texts in ``language`` come before others that are as good.

    So do ``popular`` entries, by their ids, each by its level.
    """

    plan: Plan
    query: Query
    language: str = ""
    filters: Filters = field(default_factory=Filters)
    order: str = RELEVANCE
    limit: int = 20
    after: Place | None = None
    popular: Mapping[int, int] = field(default_factory=dict)

    @property
    def by_date(self) -> bool:
        """What has no words to rank by is listed by date."""
        return self.order == NEWEST or self.plan.asks_for_all

    @property
    def moment(self) -> datetime | None:
        """The date after which a page of results by date begins."""
        return datetime.fromisoformat(self.after.value) if self.after else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Where in an entry something was found beside its open text: a section or a file."""

    anchor: str
    title: str
    text: str  # HTML: escaped but for <mark>
    kind: str = "section"  # or file
    file: str = ""  # the file's key, such as document-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One entry found. ``title`` and ``text`` are HTML, escaped but for ``<mark>``."""

    key: str
    card: Mapping[str, Any]
    title: str
    text: str
    score: float = 0.0
    passages: tuple[Passage, ...] = ()

    @property
    def file(self) -> Passage | None:
        """The file in which most of the words stand, if no other text of the entry has more."""
        files = [one for one in self.passages if one.kind == "file"]
        if not files:
            return None
        best = max(files, key=_marked)
        sections = [_marked(one) for one in self.passages if one.kind != "file"]
        own = len(set(MARKED.findall(f"{self.title} {self.text}".casefold())))
        return best if _marked(best) >= max(own, *sections, 0) else None


def _marked(passage: Passage) -> int:
    """How many different words are marked."""
    return len(set(MARKED.findall(f"{passage.title} {passage.text}".casefold())))


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, for machines and for people, and how many entries have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an engine found for a reader. ``missing`` names words that no readable text has."""

    hits: tuple[Hit, ...]
    count: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    missing: frozenset[str] = frozenset()
    next: Place | None = None


NOTHING = Found(hits=(), count=0, facets={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A title that begins as typed, and where it leads."""

    key: str
    title: str
    url: str
    type: str


class EngineFailed(Exception):
    """An engine cannot answer now. The message is for the operator."""


class EngineBehind(EngineFailed):
    """An engine works, but cannot answer this: it is behind, or refuses the question.

    No fault of its own.
    """


class PlaceLost(InvalidParameters):
    """The engine that gave a cursor does not answer, and no other knows where that is."""

    def __init__(self) -> None:
        message = "Another search engine answers now: start again without the cursor."
        super().__init__(errors=[FieldError("cursor", message)])


class Engine(Protocol):
    """Finds, for one reader, what that reader may read. Raises ``StaleReader``, ``EngineFailed``.

    Every method is trimmed inside: words of hidden texts find, count, suggest and correct nothing.
    """

    name: str

    def search(self, wanted: Wanted, reader: Reader) -> Found:
        """One page of hits with count and facets."""
        ...

    def suggest(self, typed: Query, reader: Reader, *, limit: int) -> Sequence[Suggestion]:
        """Titles whose words begin as typed, best first."""
        ...

    def frequencies(self, units: Sequence[Unit], reader: Reader) -> Sequence[int]:
        """For each unit, how many readable entries have it."""
        ...
