"""Every word that occurs anywhere, and which of them are near to a slip.

A word at most so many edits away lacks at most so many letters of what was typed, and has at most
so many that it has not: an edit takes one letter away, adds one, or both. Which words have a letter
is one long number with a bit for each word, so that a few operations on those leave some hundred
candidates of a hundred thousand. The distance is that of optimal string alignment, in which two
neighbours that are swapped are one edit: F. Damerau, A technique for computer detection and
correction of spelling errors, 1964.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase

from rapidfuzz import process
from rapidfuzz.distance import OSA

LETTERS = frozenset(ascii_lowercase)
MOST_KEPT = 1000
"""Slips for which is remembered what is near to them."""

Letter = tuple[str, int]
"""A letter, the first of its kind in a word or the second."""


class Vocabulary:
    """Words, in the order in which they came. For one thread at a time."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._of_length: dict[int, _Words] = defaultdict(_Words)
        self._found: dict[tuple[str, int, int], list[tuple[int, str]]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def add(self, words: Iterable[str]) -> None:
        """Take in those that are new, all at once: each call costs as much as reading the rest."""
        new: dict[int, list[str]] = defaultdict(list)
        for word in words:
            if word not in self._known:
                self._known.add(word)
                new[len(word)].append(word)
        for length, some in new.items():
            self._of_length[length].add(some)
        if new:
            self._found.clear()

    def near(self, word: str, *, most: int, limit: int) -> Sequence[tuple[int, str]]:
        """Others within so many edits, the nearest first, each with how many those are.

        A slip is asked for with each letter that is typed behind it, and with each facet.
        """
        asked = word, most, limit
        if asked not in self._found:
            if len(self._found) >= MOST_KEPT:
                self._found.clear()
            self._found[asked] = self._near(word, most, limit)
        return self._found[asked]

    def _near(self, word: str, most: int, limit: int) -> list[tuple[int, str]]:
        letters = _letters(word)
        candidates = [
            candidate
            for length in range(len(word) - most, len(word) + most + 1)
            if length in self._of_length
            for candidate in self._of_length[length].candidates(letters, most)
            if candidate != word
        ]
        found = process.extract(
            word, candidates, scorer=OSA.distance, score_cutoff=most, limit=limit
        )
        return sorted((int(distance), str(text)) for text, distance, _ in found)


class _Words:
    """Words of one length, and which of them have a letter."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._having: dict[Letter, int] = {}

    def add(self, words: Sequence[str]) -> None:
        places: dict[Letter, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            for letter in _letters(word):
                places[letter].append(place)
        for letter, some in places.items():
            self._having[letter] = self._having.get(letter, 0) | _bits(some) << len(self._words)
        self._words += words

    def candidates(self, letters: set[Letter], most: int) -> Iterator[str]:
        """Those that lack at most so many of the letters, and have at most so many others."""
        wanted = (1 << len(self._words)) - 1
        lacking = (wanted & ~self._having.get(letter, 0) for letter in letters)
        wanted &= ~_in_more_than(most, lacking)
        others = (
            wanted & having for letter, having in self._having.items() if letter not in letters
        )
        wanted &= ~_in_more_than(most, others)
        return (self._words[place] for place in _places(wanted))


def _letters(word: str) -> set[Letter]:
    first: set[str] = set()
    again: set[str] = set()
    for letter in word:
        (again if letter in first else first).add(letter)
    return {(one, 1) for one in first & LETTERS} | {(one, 2) for one in again & LETTERS}


def _in_more_than(most: int, some: Iterable[int]) -> int:
    """The bits that more than so many of the numbers have."""
    in_more = [0] * (most + 1)  # than none, than one, …
    for bits in some:
        for number in range(most, 0, -1):
            in_more[number] |= in_more[number - 1] & bits
        in_more[0] |= bits
    return in_more[most]


def _bits(places: list[int]) -> int:
    """A number with these bits set. The places rise."""
    octets = bytearray(places[-1] // 8 + 1)
    for place in places:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")


def _places(bits: int) -> Iterator[int]:
    """Which bits are set, rising."""
    return (found.start() for found in re.finditer("1", f"{bits:b}"[::-1]))
