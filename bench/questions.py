"""What is looked for: words of the texts, by how many texts have them, as people type them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from bench.filling import Library
from bench.world import World
from search.analysis import fold
from search.stopwords import STOP_WORDS

SAMPLE = 3000
"""Texts by which it is judged how many have a word."""
FREQUENT, RARE = 0.05, 0.002
"""A word is frequent in a twentieth of the texts, and rare in less than one of five hundred."""
TRIES = 400
LETTERS = "abcdefghijklmnopqrstuvwxyz"

_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Question:
    """What is typed, and what kind of asking it is."""

    kind: str
    text: str


class Questions:
    """Questions to a world, the same each time, none of them twice."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._library = Library(world)
        self._rng = Random(world.seed)
        self._stop = frozenset().union(*STOP_WORDS.values())
        self._have = Counter(
            word for _ in range(SAMPLE) for word in set(self._words(self._text().lower()))
        )

    def of_each_kind(self, number: int) -> list[Question]:
        """So many of each kind."""
        found: dict[str, Question] = {}
        for kind, make in KINDS.items():
            distinct: set[str] = set()
            for _ in range(TRIES * number):
                text = make(self)
                if text and text not in found and text not in distinct:
                    distinct.add(text)
                if len(distinct) == number:
                    break
            found |= {text: Question(kind, text) for text in sorted(distinct)}
        return list(found.values())

    def typed(self, number: int) -> Iterator[str]:
        """What a search field has in it while titles are typed."""
        for _ in range(number):
            title, _, _ = self._titled()
            yield title[: self._rng.randint(1, 14)].rstrip() or title[:3]

    def frequent(self) -> str:
        return self._some(1, 3, lambda share: share >= FREQUENT)

    def middling(self) -> str:
        return self._some(1, 3, lambda share: RARE <= share < FREQUENT)

    def rare(self) -> str:
        return self._some(1, 2, lambda share: share < RARE)

    def mixed(self) -> str:
        """Words of one title, in whatever order they come to mind."""
        title, _, _ = self._titled()
        known = list(dict.fromkeys(self._words(title.lower())))
        return " ".join(self._rng.sample(known, min(self._rng.randint(2, 4), len(known))))

    def typo(self) -> str:
        """As above, with a slip in the longest word."""
        text = self.mixed()
        word = max(text.split(), key=len, default="")
        return text.replace(word, self._slipped(word)) if len(word) > 4 else ""

    def phrase(self) -> str:
        return f'"{self._successive(self._rng.randint(2, 3))}"'

    def sentence(self) -> str:
        """Pasted from a text, stop words and all."""
        return self._successive(self._rng.randint(6, 9))

    def _some(self, least: int, most: int, wanted: Callable[[float], bool]) -> str:
        known = [
            word
            for word in dict.fromkeys(self._words(self._text().lower()))
            if wanted(self._have[word] / SAMPLE)
        ]
        number = self._rng.randint(least, most)
        text = " ".join(self._rng.sample(known, number)) if len(known) >= number else ""
        # Half of the people leave accents out.
        return fold(text) if self._rng.random() < 0.5 else text

    def _slipped(self, word: str) -> str:
        """One letter too few, too many, wrong, or two of them swapped; the first is right."""
        at = self._rng.randint(1, len(word) - 2)
        other = self._rng.choice(LETTERS)
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        ways = (word[:at] + word[at + 1 :], word[:at] + other + word[at:], swapped)
        return self._rng.choice((*ways, word[:at] + other + word[at + 1 :]))

    def _successive(self, number: int) -> str:
        known = re.findall(r"[\w’'-]+", self._text())
        start = self._rng.randrange(max(len(known) - number, 1))
        return " ".join(known[start : start + number])

    def _words(self, text: str) -> list[str]:
        return [word for word in _WORD.findall(text) if word not in self._stop]

    def _text(self) -> str:
        return self._titled()[2]

    def _titled(self) -> tuple[str, str, str]:
        number = self._rng.randint(1, self._world.size)
        return self._library.titled(number, self._world.facts(number, Random()))


KINDS: dict[str, Callable[[Questions], str]] = {
    "frequent": Questions.frequent,
    "middling": Questions.middling,
    "rare": Questions.rare,
    "mixed": Questions.mixed,
    "typo": Questions.typo,
    "phrase": Questions.phrase,
    "sentence": Questions.sentence,
}
SHARES = {
    "frequent": 10, "middling": 15, "rare": 15, "mixed": 40, "typo": 10, "phrase": 5, "sentence": 5,
}  # fmt: skip
"""Of a hundred searches, so many are of each kind: where all kinds count together."""
