"""Words as languages have them: a few stand everywhere, most stand nearly nowhere.

The frequent ones are those of the demo's texts, with their stop words and inflections; behind them
come invented ones. How often each is drawn falls with its rank: B. Mandelbrot, "An informational
theory of the statistical structure of language", Communication Theory, 1953.
"""

import re
from collections import Counter
from functools import cache
from itertools import accumulate
from random import Random

VOCABULARY = 40_000
"""Words of a language. Of 100,000 texts, some thousand have fewer than ten of them."""
EXPONENT, SHIFT = 1.07, 2.7
HEAD = 400
"""Words of these ranks say little: what a text is about is told by others."""
SUBJECTS = 8
DWELLING = 0.1
"""The share of a text's words that speak of its subject: rare words come in clusters."""

_MARKUP = re.compile(r"<[^>]*>")
_WORD = re.compile(r"(?:[^\W\d_]{1,4}[’'])?[^\W\d_]{2,24}")
_ONSETS = ("b", "br", "c", "ch", "d", "f", "g", "gr", "l", "m", "n", "p", "pl", "r", "s", "t", "tr")
_NUCLEI = ("a", "e", "i", "o", "u", "ou", "ai", "on", "an", "er", "é", "in")
_ENDINGS = {
    "fr": ("tion", "ment", "age", "eur", "ière", "é", "er", "es", "ant", "oir", "s", ""),
    "en": ("tion", "ment", "ing", "er", "ed", "ness", "ly", "s", "age", "al", "", ""),
}


class Language:
    """The words of a language by rank, and texts drawn from them."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.words = _ranked(code)
        weights = (1 / (rank + SHIFT) ** EXPONENT for rank in range(1, len(self.words) + 1))
        self._heights = list(accumulate(weights))
        self._telling = self.words[HEAD:]
        told = (1 / (rank + SHIFT) for rank in range(HEAD, len(self.words)))
        self._told = list(accumulate(told))

    def subjects(self, rng: Random) -> list[str]:
        """What a text is about: words beyond the most frequent ones."""
        return rng.choices(self._telling, cum_weights=self._told, k=SUBJECTS)

    def drawn(self, rng: Random, number: int, subjects: list[str]) -> list[str]:
        """So many words, some of them of the subject."""
        found = rng.choices(self.words, cum_weights=self._heights, k=number)
        if subjects:
            for place in rng.sample(range(number), int(number * DWELLING)):
                found[place] = subjects[int(len(subjects) * rng.random() ** 2)]
        return found

    def sentence(self, rng: Random, number: int, subjects: list[str]) -> str:
        return " ".join(self.drawn(rng, number, subjects)).capitalize()

    def text(self, rng: Random, number: int, subjects: list[str]) -> str:
        """Sentences of so many words in all."""
        words = self.drawn(rng, number, subjects)
        sentences, start = [], 0
        while start < number:
            end = start + rng.randint(7, 22)
            sentences.append(" ".join(words[start:end]).capitalize())
            start = end
        return ". ".join(sentences) + "."


@cache
def language(code: str) -> Language:
    return Language(code)


def _ranked(code: str) -> list[str]:
    """The demo's words, the most frequent first, and invented ones up to the number wanted."""
    from cms.demo.content import texts

    counted: Counter[str] = Counter()
    for text in texts():
        if text.locale == code:
            counted.update(_WORD.findall(_MARKUP.sub(" ", " ".join(_strings(text.raw))).lower()))
    known = dict.fromkeys(word for word, _ in counted.most_common())
    rng = Random(code)
    while len(known) < VOCABULARY:
        stem = "".join(rng.choice(_ONSETS) + rng.choice(_NUCLEI) for _ in range(rng.randint(2, 3)))
        known.setdefault(stem + rng.choice(_ENDINGS[code]))
    return list(known)


def _strings(value: object) -> list[str]:
    """What people wrote: the names of types, files and slugs are left out."""
    if isinstance(value, dict):
        return [
            one
            for name, inner in value.items()
            if name not in {"type", "slug", "image", "topics", "translation_of", "slugs"}
            for one in _strings(inner)
        ]
    if isinstance(value, list):
        return [one for inner in value for one in _strings(inner)]
    return [value] if isinstance(value, str) else []
