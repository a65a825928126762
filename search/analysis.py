"""From text to what is indexed: one analyser for documents, queries and highlighting.

Where words begin and end does not depend on the language, only their stems do. So a query read in
several languages has the same words in each.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from search.stemming import stem

VERSION = 1
"""Rises with every change of what is indexed: an index of another version must be made anew."""
LONGEST = 64
"""Characters of the longest term."""

_CACHED = 1 << 16
_LONGEST_CACHED = 80
_MOST_PIECES = 5
_SHORTEST_EXACT = 3
_MOST_HALVES = 4

_APOSTROPHES = "'’ʼ＇‘"
_MARKS = r"\u0300-\u036f\u00ad\u200c\u200d\u2060\ufeff"
_JAMO = r"\u1100-\u115f\u1160-\u11ff"
_CJK = (
    r"\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e"
    r"\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d"
    rf"\U00020000-\U0003ffff{_JAMO}"
)
_VOICED = r"\u3099\u309a\uff9e\uff9f"
_LETTER = rf"[^\W_{_CJK}{_VOICED}]"
_WORD = rf"{_LETTER}++(?:[{_MARKS}]++{_LETTER}*+)*+"

_CHUNK = re.compile(
    # An address begins with what nobody looks for.
    r"(?P<scheme>https?://(?:www\.)?)"
    rf"|(?P<cjk>[{_CJK}][{_CJK}{_VOICED}]*+)"
    # 1 000, with any of the spaces that stand there.
    r"|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3}(?!\w))++"
    rf"|{_WORD}(?:(?:[{_APOSTROPHES}\-‐‑－_/&@.]|(?<=\d)[,:](?=\d)){_WORD}){{0,30}}+"
)
_DIGITS_APART = re.compile(r"\d[ \u00a0\u2009\u202f]\d")
_CJK_RUN = re.compile(rf"[{_CJK}{_VOICED}]+")
_PART = re.compile(rf"{_WORD}(?:[{_APOSTROPHES}]{_WORD})*+")
_ELISION = re.compile(
    rf"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)[{_APOSTROPHES}](?=.)", re.IGNORECASE
)
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s$", re.IGNORECASE)
_HALF = re.compile(r"\D+|\d+\D*")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_THOUSANDS = re.compile(rf"\d{{1,3}}(?:[ \u00a0\u2009\u202f,.{_APOSTROPHES}]\d{{3}})+")
# "dit-elle" and "celui-ci" are no compounds.
_INVERTED = re.compile(r"-(?:t-)?(?:je|tu|ils?|elles?|on|ce|ci|là|moi|toi|lui|leur|les?|la|y|en)$")
_CJK_UNIT = re.compile(r"[\u1100-\u115f][\u1160-\u11ff]*|.[\u3099\u309a\uff9e\uff9f]?", re.DOTALL)

_COMBINING = re.compile(r"[\u0300-\u036f]+")
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)


class Token(NamedTuple):
    """A word of a text, or a piece of one.

    The first token at a position is what a phrase goes by. Others at the same position are further
    ways to find it: the joined form of a compound, the last character of a Chinese run.
    """

    term: str
    """What is indexed: folded and stemmed."""
    surface: str
    """What is shown, corrected and searched by its beginning: folded, not stemmed."""
    position: int
    start: int
    end: int


Pair = tuple[str, str]
"""A term, and the surface that it was made of."""


class Places(NamedTuple):
    """The terms of a text: the first at each position, in order, and others with theirs."""

    first: Sequence[Pair]
    more: Sequence[tuple[int, Pair]]

    def __len__(self) -> int:
        return len(self.first) + len(self.more)

    def pairs(self) -> Iterator[Pair]:
        """All of them, in no order that counts."""
        yield from self.first
        for _, pair in self.more:
            yield pair


@dataclass(frozen=True, slots=True)
class _Piece:
    """A token within its chunk."""

    term: str
    surface: str
    step: int
    start: int
    end: int


def tokens(text: str, language: str) -> list[Token]:
    """The tokens of a text in their order. The language is a code such as ``fr`` or ``zh-hans``."""
    language = language[:2].lower()
    found: list[Token] = []
    position = 0
    for match in _CHUNK.finditer(text):
        pieces = _pieces_of(match[0], match.lastgroup, language)
        if not pieces:
            continue
        start = match.start()
        found += [
            Token(one.term, one.surface, position + one.step, start + one.start, start + one.end)
            for one in pieces
        ]
        position += pieces[-1].step + 1
    return found


def places(text: str, language: str) -> Places:
    """What ``tokens`` finds, without where in the text: much quicker, for indexing."""
    language = language[:2].lower()
    first: list[Pair] = []
    more: list[tuple[int, Pair]] = []
    # Nothing but numbers such as 1 000 goes on behind a space.
    for word in (text,) if _DIGITS_APART.search(text) else text.split():
        of_word = _of_word if len(word) <= _LONGEST_CACHED else _of_word.__wrapped__
        pairs, others = of_word(word, language)
        if others:
            start = len(first)
            more += [(start + step, pair) for step, pair in others]
        first += pairs
    return Places(first, more)


_Pairs = tuple[Sequence[Pair], Sequence[tuple[int, Pair]]]


@lru_cache(maxsize=_CACHED)
def _of_word(written: str, language: str) -> _Pairs:
    """The pairs of what stands between two spaces, or of a text; further ones with their place."""
    first: list[Pair] = []
    more: list[tuple[int, Pair]] = []
    for match in _CHUNK.finditer(written):
        start = len(first)
        for one in _pieces_of(match[0], match.lastgroup, language):
            pair = one.term, one.surface
            if start + one.step == len(first):
                first.append(pair)
            else:
                more.append((start + one.step, pair))
    return tuple(first), tuple(more)


def _pieces_of(chunk: str, kind: str | None, language: str) -> tuple[_Piece, ...]:
    if kind == "scheme":
        return ()
    if kind == "cjk":
        return tuple(_of_cjk(chunk))
    if len(chunk) > _LONGEST_CACHED:
        return _of_chunk.__wrapped__(chunk, language)
    return _of_chunk(chunk, language)


def terms_of(word: str, languages: Sequence[str]) -> tuple[str, ...]:
    """The distinct terms that a word of a query may stand for in these languages."""
    return tuple(
        dict.fromkeys(token.term for language in languages for token in tokens(word, language))
    )


def fold(text: str) -> str:
    """Lower case, without accents and ligatures. The marks of Japanese and Korean stay."""
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFKD", text).lower().translate(_LIGATURES)
    return unicodedata.normalize("NFKC", _COMBINING.sub("", lowered))


def is_cjk(text: str) -> bool:
    """Whether a text is a run of Chinese, Japanese or Korean characters."""
    return _CJK_RUN.fullmatch(text) is not None


def is_exact(surface: str) -> bool:
    """Whether a word is indexed as it is written too, so that it ranks before its inflections."""
    return len(surface) >= _SHORTEST_EXACT and surface.isascii()


@lru_cache(maxsize=_CACHED)
def _of_chunk(chunk: str, language: str) -> tuple[_Piece, ...]:
    """The pieces of a word, a compound, a number or an address."""
    if chunk.isalpha():
        return tuple(_pieces(_plain(chunk), language, 0, 0, len(chunk)))
    if _ACRONYM.fullmatch(chunk):
        return tuple(_pieces(_plain(chunk), language, 0, 0, len(chunk)))
    found: list[_Piece] = []
    for text, start, end in _parts(chunk):
        step = found[-1].step + 1 if found else 0
        found += _pieces(text, language, step, start, end)
    if len(found) > 1 and (joined := _joined(chunk, found)):
        first, last = found[0], found[-1]
        found[1:1] = _pieces(joined, language, 0, first.start, last.end)
    return tuple(found)


def _pieces(plain: str, language: str, step: int, start: int, end: int) -> Iterator[_Piece]:
    surface = fold(plain)
    term = stem(surface, language) if surface.isalpha() else surface
    if surface:
        yield _Piece(term[:LONGEST], surface[:LONGEST], step, start, end)


def _parts(chunk: str) -> Iterator[tuple[str, int, int]]:
    """What stands between hyphens and the like, without elided articles and possessives."""
    for match in _PART.finditer(chunk):
        start, end = match.span()
        if elision := _ELISION.match(chunk, start, end):
            start = elision.end()
        if possessive := _POSSESSIVE.search(chunk, start, end):
            end = possessive.start()
        plain = _plain(chunk[start:end])
        halves = list(_HALF.finditer(plain))
        if not 1 < len(halves) <= _MOST_HALVES:
            yield plain, start, end
        elif len(plain) == end - start:
            yield from ((half[0], start + half.start(), start + half.end()) for half in halves)
        else:
            yield from ((half[0], start, end) for half in halves)


def _joined(chunk: str, pieces: Sequence[_Piece]) -> str:
    """The compound as one word, where people write it so: e-mail, DCP-2K, 1 000."""
    if len(pieces) > _MOST_PIECES:
        return ""
    written = chunk[pieces[0].start : pieces[-1].end]
    if _is_one_word(written):
        joined = _plain(written)
        return joined if len(joined) <= LONGEST else ""
    return ""


def _is_one_word(written: str) -> bool:
    if "@" in written or _THOUSANDS.fullmatch(written):
        return True
    if any(sign in written for sign in ".,"):
        return False
    has_digit = any(character.isdigit() for character in written)
    return has_digit or not ("/" in written or _INVERTED.search(written.lower()))


def _plain(written: str) -> str:
    """Letters and digits alone, in lower case, with their accents."""
    if written.isascii() and written.isalnum():
        return written.lower()
    composed = unicodedata.normalize("NFKC", written).lower()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFC", composed)))


def _of_cjk(run: str) -> list[_Piece]:
    """Every two neighbours, and the last character.

    So every character begins a term, and is found alone by that beginning. All characters as terms
    of their own would nearly double the index of a Chinese text, and rank it worse.
    """
    units = [
        (character, unit.start(), unit.end())
        for unit in _CJK_UNIT.finditer(run)
        for character in unicodedata.normalize("NFKC", unit[0])
        if character.isalnum()
    ]
    if not units:
        return []
    found = [
        _Piece(left + right, left + right, step, start, end)
        for step, ((left, start, _), (right, _, end)) in enumerate(pairwise(units))
    ]
    last, start, end = units[-1]
    return [*found, _Piece(last, last, max(len(units) - 2, 0), start, end)]
