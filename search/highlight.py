"""Showing why something was found: passages of a text with the words marked."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from search.analysis import tokens
from search.contract import Unit
from search.sighting import sighted

LENGTH = 160
FRAGMENTS = 2
DOTS = "…"
READ_AT_MOST = 50_000
MOST_PLACES = 300
LONGEST_KEPT = 80
"""Characters of a word whose tokens are remembered."""
BETWEEN = 3
"""Characters at most between two words of a run: a space, a hyphen, an elided article."""


class _Place(NamedTuple):
    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What to mark: single terms wherever they stand, others only in their order."""

    singles: frozenset[str]
    runs: frozenset[tuple[str, ...]] = frozenset()

    @property
    def terms(self) -> frozenset[str]:
        return self.singles.union(*self.runs)

    def __bool__(self) -> bool:
        return bool(self.singles or self.runs)


def title(text: str, terms: Marks, language: str) -> str:
    """The whole text as HTML, its matching words in ``<mark>``."""
    return _marked(text, 0, len(text), _places(text, terms, language))


def passages(text: str, terms: Marks, language: str) -> str:
    """The best one or two passages as HTML, or nothing where no word matches."""
    text = text[:READ_AT_MOST]
    places = _places(text, terms, language)
    if not places:
        return ""
    windows = _best(places)
    shown = " ".join(_shown(text, window, places) for window in windows)
    return shown.replace(f"{DOTS} {DOTS}", DOTS)


def beginning(text: str) -> str:
    """How the text begins, as HTML."""
    return _shown(text, (0, min(len(text), LENGTH)), ()) if text else ""


def _places(text: str, marks: Marks, language: str) -> list[_Place]:
    """Where to mark: single words, and those of a run only where all of it stands."""
    found = _words(text, marks.terms, language)
    if not marks.runs:
        return found
    kept = {place for place in found if place.term in marks.singles}
    for run in marks.runs:
        for first in range(len(found) - len(run) + 1):
            stretch = found[first : first + len(run)]
            if tuple(one.term for one in stretch) == run and _is_close(stretch):
                kept.update(stretch)
    return [place for place in found if place in kept]


def _is_close(stretch: Sequence[_Place]) -> bool:
    return all(right.start - left.end <= BETWEEN for left, right in pairwise(stretch))


def _words(text: str, terms: frozenset[str], language: str) -> list[_Place]:
    """Where the words stand."""
    found: list[_Place] = []
    for at, word in sighted(text, terms):
        of_word = _tokens if len(word) <= LONGEST_KEPT else _analysed
        for start, end, term in of_word(word, language):
            if term in terms:
                place = _Place(at + start, at + end, term)
                if not found or place.start >= found[-1].end:
                    found.append(place)
                elif place.end > found[-1].end:
                    found[-1] = place._replace(start=found[-1].start)
        if len(found) >= MOST_PLACES:
            break
    return found[:MOST_PLACES]


def _analysed(word: str, language: str) -> tuple[_Place, ...]:
    return tuple(_Place(one.start, one.end, one.term) for one in tokens(word, language))


_tokens = lru_cache(maxsize=1 << 14)(_analysed)
"""What is looked for stands in many texts in the same few forms."""


def _best(places: Sequence[_Place]) -> list[tuple[int, int]]:
    """The windows with the most different words, in the order of the text."""
    if len(places) == 1:
        return [_around(places[0], places[0])]
    windows: list[tuple[int, int]] = []
    for _, _, _, first, last in sorted(_stretches(places), reverse=True):
        start, end = _around(places[first], places[last])
        if all(end <= other[0] or start >= other[1] for other in windows):
            windows.append((start, end))
        if len(windows) == FRAGMENTS:
            break
    return sorted(windows)


def _stretches(places: Sequence[_Place]) -> Iterator[tuple[int, int, int, int, int]]:
    """From each place on, what stands within a window, however long the first word is.

    Different words, all words, minus where it starts; the numbers of the first and last place.
    """
    inside: dict[str, int] = {}
    following = 0
    for first, place in enumerate(places):
        while following < len(places) and (
            following <= first or places[following].end <= place.start + LENGTH
        ):
            term = places[following].term
            inside[term] = inside.get(term, 0) + 1
            following += 1
        yield len(inside), following - first, -place.start, first, following - 1
        inside[place.term] -= 1
        if not inside[place.term]:
            del inside[place.term]


def _around(first: _Place, last: _Place) -> tuple[int, int]:
    start, end = first.start, last.end
    room = max(LENGTH - (end - start), 0)
    return max(start - room // 3, 0), end + room - room // 3


def _shown(text: str, window: tuple[int, int], places: Sequence[_Place]) -> str:
    """A window widened to whole words, with dots where the text goes on."""
    start, end = window
    start = _back_to_a_word(text, start)
    end = _on_to_a_words_end(text, end)
    before = f"{DOTS} " if start > 0 else ""
    after = f" {DOTS}" if end < len(text) else ""
    return f"{before}{_marked(text, start, end, places).strip()}{after}"


def _back_to_a_word(text: str, start: int) -> int:
    lowest = max(start - 20, 0)
    while start > lowest and not text[start - 1].isspace():
        start -= 1
    return start


def _on_to_a_words_end(text: str, end: int) -> int:
    highest = min(end + 20, len(text))
    end = min(end, len(text))
    while end < highest and not text[end].isspace():
        end += 1
    return end


def _marked(text: str, start: int, end: int, places: Iterable[_Place]) -> str:
    pieces, at = [], start
    for place in places:
        if place.end > end or place.start < at:
            continue
        pieces += [
            html.escape(text[at : place.start]),
            "<mark>",
            html.escape(text[place.start : place.end]),
            "</mark>",
        ]
        at = place.end
    return "".join([*pieces, html.escape(text[at:end])])


def marks_of(units: Iterable[Unit]) -> Marks:
    """What to mark for these units: the words themselves and what means the same."""
    alternatives = {terms for unit in units for terms in unit.alternatives}
    return Marks(
        singles=frozenset(terms[0] for terms in alternatives if len(terms) == 1),
        runs=frozenset(terms for terms in alternatives if len(terms) > 1),
    )
