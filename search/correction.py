"""«Results for X»: words that nothing readable has, and what was probably meant.

Candidates come from every word that occurs anywhere, so a candidate alone says nothing. One is
offered only where it finds something that this reader may read.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from cms.access.reader import Reader
from cms.entries import asking
from search.analysis import fold, terms_of
from search.contract import Engine, Unit
from search.planning import forms_of
from search.query import QUOTED, Query
from search.vocabulary import Vocabulary

SHORTEST = 4
LONG = 8
"""From so many letters on, two of them may be wrong."""
CANDIDATES = 60
"""How many are tried. Few words have more: those of others must not crowd out what may be read."""
MOST_CORRECTED = 2_000
"""Words that are remembered because they were corrected."""
READ_EVERY = 5.0
"""Seconds between looks for new words."""
READ_AGAIN = 1000
"""Numbers behind the last word read that are read again: an earlier number may commit later."""
_WORDS = "SELECT w.id, w.text FROM search_word w WHERE w.id > %s ORDER BY w.id"


def read_words() -> None:
    """Read what is new among the words that occur. The first time it is all of them."""
    _known.read_on()


def doubtful(units: Iterable[Unit], reader: Reader) -> list[Unit]:
    """Those of the words that are likely slips, as far as this process knows.

    They occur nowhere, or were corrected before for whoever may read just as much.
    """
    return [
        one
        for one in units
        if not one.synonyms
        and not one.beginning
        and (_slips.has(one.text, reader) or not _known.has(fold(one.text)))
    ]


def remember(words: Iterable[str], reader: Reader) -> None:
    """These were corrected. Whoever types on, or turns the page, has them in the query again."""
    _slips.add(words, reader)


def corrections(
    query: Query,
    missing: frozenset[str],
    engine: Engine,
    reader: Reader,
    languages: Sequence[str],
    *,
    doubted: Sequence[Unit] = (),
) -> Mapping[str, str]:
    """For each missing word the nearest one that finds something, the more frequent first.

    Of what is ``doubted`` only that counts as missing which finds nothing either. Each word is
    judged by itself: so it matters to none how many others are doubted first.
    """
    missing = missing | {unit.text for unit in doubted}
    proposed: dict[str, Sequence[tuple[int, str]]] = {}
    for word in query.words:
        if word.text in missing:
            near = nearest(fold(word.text))
            if near:
                proposed[word.text] = near
    if not proposed:
        return {}
    units = [
        Unit(text=candidate, alternatives=forms_of(candidate, terms_of(candidate, languages)))
        for near in proposed.values()
        for _, candidate in near
    ]
    counted = engine.frequencies([*units, *doubted], reader)
    frequencies = dict(zip((unit.text for unit in units), counted, strict=False))
    found = {
        unit.text for unit, number in zip(doubted, counted[len(units) :], strict=True) if number
    }
    _slips.drop(found, reader)
    chosen = {}
    for text, near in proposed.items():
        if text in found:
            continue
        visible = [(away, -frequencies[one], one) for away, one in near if frequencies[one]]
        if visible:
            chosen[text] = min(visible)[2]
    return chosen


def nearest(word: str) -> Sequence[tuple[int, str]]:
    """Words that occur somewhere within one or two edits, the nearest first."""
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return []
    return _known.near(word, most=2 if len(word) >= LONG else 1, limit=CANDIDATES)


def corrected(text: str, changes: Mapping[str, str]) -> str:
    """The query as it was probably meant. Phrases, and what is not wanted, stay as they are."""
    words = "|".join(re.escape(wrong) for wrong in sorted(changes, key=len, reverse=True))
    pattern = re.compile(rf"{QUOTED}|(?<!\w)(?P<wrong>{words})(?!\w)", re.VERBOSE)
    return pattern.sub(lambda found: changes.get(found["wrong"] or "", found[0]), text)


class _Known:
    """The words that occur, as far as this process has read them. For any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        self._vocabulary = Vocabulary()
        self._last = 0
        self._read_at = 0.0

    def read_on(self) -> None:
        with self._lock:
            self._read_on()

    def has(self, word: str) -> bool:
        with self._lock:
            self._read_on()
            return word in self._vocabulary

    def near(self, word: str, *, most: int, limit: int) -> Sequence[tuple[int, str]]:
        with self._lock:
            self._read_on()
            return self._vocabulary.near(word, most=most, limit=limit)

    def _read_on(self) -> None:
        now = time.monotonic()
        if self._last and now < self._read_at + READ_EVERY:
            return
        self._read_at = now
        start = max(self._last - READ_AGAIN, 0)
        # A list of plain rows: there may be a hundred thousand words, and somebody waits.
        found = asking.rows(_WORDS, (start,))
        if found:
            self._vocabulary.add(text for _, text in found)
            self._last = max(self._last, found[-1][0])


class _Slips:
    """The latest words that were corrected, by open gates. For any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._words: OrderedDict[tuple[str, frozenset[int]], None] = OrderedDict()

    def has(self, word: str, reader: Reader) -> bool:
        with self._lock:
            return (word, reader.grants.open_gates) in self._words

    def add(self, words: Iterable[str], reader: Reader) -> None:
        with self._lock:
            for word in words:
                self._words[word, reader.grants.open_gates] = None
                self._words.move_to_end((word, reader.grants.open_gates))
            while len(self._words) > MOST_CORRECTED:
                self._words.popitem(last=False)

    def drop(self, words: Iterable[str], reader: Reader) -> None:
        with self._lock:
            for word in words:
                self._words.pop((word, reader.grants.open_gates), None)

    def clear(self) -> None:
        with self._lock:
            self._words.clear()


_known = _Known()
_slips = _Slips()


def forget() -> None:
    """Drop what this process remembers."""
    _known.clear()
    _slips.clear()
