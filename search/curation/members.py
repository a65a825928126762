"""The members of a set of synonyms: how they are written, understood and refused."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from search.analysis import fold, tokens
from search.query import Query, parse
from search.stopwords import OPERATORS, STOP_WORDS

FEWEST_MEMBERS = 2
MOST_MEMBERS = 12
MOST_WORDS = 6
MOST_SETS = 2_000
LONGEST = 120

_SEPARATOR = re.compile(r"[\n\r,;，、；]+")


def split(words: str) -> list[str]:
    """The members as they were typed: one a line, or between commas."""
    return [one for part in _SEPARATOR.split(words) if (one := " ".join(part.split()))]


@dataclass(frozen=True, slots=True)
class Member:
    """A word or several, as a query of its own would be understood."""

    text: str
    steps: tuple[frozenset[str], ...]
    """For each word, the terms that it may stand for."""


def member(text: str, languages: Sequence[str]) -> Member:
    """A member as queries are read, without what queries leave out."""
    return Member(text, tuple(steps_of(parse(_bare(text), languages), languages)))


def steps_of(query: Query, languages: Sequence[str]) -> list[frozenset[str]]:
    """The same of a query, to find members in, whichever languages it was read in.

    A language without stems is one of them: in it, words are the same that differ by an accent.
    """
    return [
        frozenset((*word.alternatives, *_leading(word.text, (*languages, ""))))
        for word in query.words
    ]


def _leading(word: str, languages: Sequence[str]) -> Iterable[str]:
    """Its terms, without single characters of a Chinese word: those say too little."""
    for language in languages:
        yield from (one.term for one in tokens(word, language)[:1])


def problems(words: str, languages: Sequence[str]) -> list[str]:
    """Why this is no set of synonyms, in the active language. Nothing: it is one."""
    found = split(words)
    if len(found) < FEWEST_MEMBERS:
        return [_("Write at least two members, one a line.")]
    if len(found) > MOST_MEMBERS:
        return [
            _("Write at most %(most)d members: there are %(count)d.")
            % {"most": MOST_MEMBERS, "count": len(found)}
        ]
    told = [problem for one in found if (problem := _problem(one, languages))]
    return told or _twins(found, languages)


def _problem(text: str, languages: Sequence[str]) -> str:
    words = {token.position: token for token in tokens(text, "") if token.surface}
    if not words:
        return _("“%s” has no letters and no digits: write a word that people look for.") % text
    if len(text) > LONGEST:
        return _("“%(text)s…” is too long: %(most)d characters at most.") % {
            "text": text[:40],
            "most": LONGEST,
        }
    if len(text.split()) > MOST_WORDS or len(words) > 2 * MOST_WORDS:
        return _("“%(text)s” is too long: %(most)d words at most.") % {
            "text": text,
            "most": MOST_WORDS,
        }
    if _says_nothing(text, [token.surface for token in words.values()], languages):
        return _("“%s” has only words that searches leave out: add a word that says more.") % text
    return ""


def _says_nothing(text: str, words: Sequence[str], languages: Sequence[str]) -> bool:
    """Only stop words. In capitals they are an acronym, such as IT, but for operators."""
    if text in OPERATORS:
        return True
    if text.isupper() and len(words) == 1:
        return False
    fillers = {
        fold(word)
        for language in languages
        for word in STOP_WORDS.get(language[:2].lower(), frozenset())
    }
    return all(word in fillers for word in words)


def _twins(texts: Sequence[str], languages: Sequence[str]) -> list[str]:
    """Members that are the same word already, such as a plural."""
    seen: list[Member] = []
    told = []
    for one in (member(text, languages) for text in texts):
        if twin := next((other for other in seen if stands_at(other, one.steps)), None):
            told.append(
                _("“%(text)s” and “%(other)s” are the same to a search: leave one out.")
                % {"text": one.text, "other": twin.text}
            )
        seen.append(one)
    return told


def stands_at(one: Member, steps: Sequence[frozenset[str]], start: int | None = None) -> bool:
    """Whether the words there are a member's. Without ``start``: all of the words are."""
    there = steps if start is None else steps[start : start + len(one.steps)]
    return len(there) == len(one.steps) and all(
        terms & wanted for terms, wanted in zip(there, one.steps, strict=True)
    )


def _bare(text: str) -> str:
    """Without what a query would take for an operator."""
    return re.sub(r"""["“”«»]|(?<!\S)-""", " ", text)
