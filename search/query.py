"""What a person typed into a search field, understood."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from search.analysis import fold, is_cjk, tokens
from search.stopwords import OPERATORS, STOP_WORDS

LONGEST_QUERY = 500
MOST_WORDS = 20
MOST_PHRASES = 5
MOST_WORDS_OF_PHRASE = 12
MOST_EXCLUDED = 10

_READ_AT_MOST = 4 * LONGEST_QUERY
# People leave accents out.
_FILLERS = {
    language: words | {fold(word) for word in words} for language, words in STOP_WORDS.items()
}
QUOTED = r"""
    (?P<minus>(?<!\S)-)?
    (?:(?<!\w)"(?P<straight>[^"]*)" | “(?P<curly>[^“”]*)” | «(?P<french>[^«»]*)»)
    | (?<!\S)-(?P<excluded>[^\W_]\S*)
    """
"""What stands in quotes, and what is not wanted, as a verbose pattern."""
_QUOTED = re.compile(QUOTED, re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, found where any of the alternatives stands."""

    text: str
    alternatives: tuple[str, ...]
    is_last: bool = False
    """Whether the query ends with it, so that its reader may still be typing it."""

    @property
    def is_beginning(self) -> bool:
        """Whether it must be sought as the beginning of terms: a Chinese character alone."""
        return len(self.text) == 1 and is_cjk(self.text)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow one another, each with its alternatives."""

    text: str
    terms: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query as its reader meant it: some of the words, every phrase, nothing excluded."""

    text: str = ""
    words: tuple[Word, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Word | Phrase, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases or self.excluded)

    @property
    def simple(self) -> bool:
        return not (self.phrases or self.excluded)


@dataclass(frozen=True, slots=True)
class _Place:
    """A position of a text: what stands there in each language, and the compounds it is part of."""

    text: str
    start: int
    end: int
    terms: tuple[str, ...]
    joined: tuple[str, ...]

    @property
    def alternatives(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.terms, *self.joined]))


def parse(text: str, languages: Sequence[str]) -> Query:
    """The query that a text stands for, to be sought in documents of these languages."""
    text = clean(text)
    phrases: list[Phrase] = []
    excluded: list[Word | Phrase] = []
    plain = list(text)
    for match in _QUOTED.finditer(text):
        plain[match.start() : match.end()] = " " * len(match[0])
        unwanted = match["excluded"]
        inner = unwanted or match["straight"] or match["curly"] or match["french"] or ""
        phrase = _phrase(inner, languages)
        if phrase is None:
            continue
        if unwanted or match["minus"]:
            excluded.append(_without(phrase))
        else:
            phrases.append(phrase)
    return Query(
        text=text,
        words=_words("".join(plain), languages),
        phrases=_distinct(phrases)[:MOST_PHRASES],
        excluded=_distinct(excluded)[:MOST_EXCLUDED],
    )


def clean(text: str) -> str:
    """One line of at most 500 characters: no control characters, no halves of characters."""
    kept = text[:_READ_AT_MOST]
    if not kept.isprintable():
        kept = "".join(
            " " if character.isspace() else character
            for character in kept
            if character.isspace() or unicodedata.category(character)[0] != "C"
        )
    return " ".join(unicodedata.normalize("NFC", kept).split())[:LONGEST_QUERY].rstrip()


def _phrase(text: str, languages: Sequence[str]) -> Phrase | None:
    places = _places(text, languages)[:MOST_WORDS_OF_PHRASE]
    return Phrase(text.strip(), tuple(place.terms for place in places)) if places else None


def _without(phrase: Phrase) -> Word | Phrase:
    return Word(phrase.text, phrase.terms[0]) if len(phrase.terms) == 1 else phrase


def _words(text: str, languages: Sequence[str]) -> tuple[Word, ...]:
    places = _places(text, languages)
    telling = [place for place in places if not _is_filler(place, text, languages)]
    words: dict[tuple[str, ...], Word] = {}
    for place in telling or places:
        is_last = place is places[-1] and " " not in text[place.end :]
        word = Word(place.text, place.alternatives, is_last)
        words[word.alternatives] = replace(words.get(word.alternatives, word), is_last=is_last)
    return _most_telling(list(words.values()))


def _is_filler(place: _Place, text: str, languages: Sequence[str]) -> bool:
    """Whether a word says nothing: a stop word, unless capitals make it a name, such as IT."""
    if place.joined:
        return False
    if place.text in OPERATORS:
        return True
    is_name = place.text.isupper() and place.start > 0 and not text.isupper()
    return not is_name and any(
        place.text.lower() in _FILLERS.get(language[:2].lower(), ()) for language in languages
    )


def _places(text: str, languages: Sequence[str]) -> list[_Place]:
    readings = [tokens(text, language) for language in languages or ("",)]
    found: list[_Place] = []
    joined: tuple[str, ...] = ()
    joined_until = 0
    columns = zip(*readings, strict=True)
    for _, group in groupby(columns, key=lambda column: column[0].position):
        leading, *others = list(group)
        first = leading[0]
        if first.start >= joined_until:
            joined = ()
        # The other kind is the last character of a Chinese run, which its pair stands for.
        longer = [column for column in others if len(column[0].surface) > len(first.surface)]
        if longer:
            joined = _distinct(token.term for column in longer for token in column)
            joined_until = longer[0][0].end
        terms = _distinct(token.term for token in leading)
        found.append(_Place(text[first.start : first.end], first.start, first.end, terms, joined))
    return found


def _most_telling(words: list[Word]) -> tuple[Word, ...]:
    """As many words as are worth their work: rather long ones and codes, in their order."""
    room = 2 * MOST_WORDS
    kept: set[Word] = set()
    for word in sorted(words, key=_telling, reverse=True):
        # A pair of Chinese characters is about half a word, for they overlap.
        room -= 1 if _is_pair(word) else 2
        if room < 0:
            break
        kept.add(word)
    return tuple(word for word in words if word in kept)


def _telling(word: Word) -> tuple[bool, int]:
    is_code = any(character.isdigit() for term in word.alternatives for character in term)
    return is_code, len(word.text)


def _is_pair(word: Word) -> bool:
    return is_cjk(word.text)


def _distinct(things: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(things))
