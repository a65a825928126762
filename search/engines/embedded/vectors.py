"""The terms of a passage as a tsvector, in the binary form that PostgreSQL receives.

The form is that of ``tsvectorrecv`` (src/backend/utils/adt/tsvector.c): the number of lexemes in 32
bits; then of each its UTF-8, a zero byte, the number of its places in 16 bits, and the places,
rising, 16 bits each. Reading this costs the server a quarter of reading the text form.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import Struct

from search.analysis import Pair, Places, is_exact
from search.engines.embedded.terms import EXACT

MOST_POSITION = 16_383  # a tsvector knows no higher one
MOST_PLACES = 255  # nor more of them for a term
LONG_ENOUGH = 2100
PADDING = "~" * 2000
"""PostgreSQL stores long rows' words outside of the row, compressed. No row may be short: searches
look at thousands of rows and read the words of some tens. Nobody looks for this word."""

_NUMBER = Struct(">I").pack
_NOWHERE = b"\0\0"


def vector(title: Places, names: Places, body: Places) -> bytes:
    """Body terms with positions, title terms and names also as ``=term``.

    ``^word`` are the words of the title unstemmed, for beginnings. Raises nothing: positions and
    places beyond what a tsvector knows are left out.
    """
    where: dict[bytes, list[int]] = {}
    for pair, numbered in _positions((title, names, body)).items():
        for word in _words(*pair):
            where[word] = where[word] + numbered if word in where else numbered
    written = [
        word + (_once(numbered[0]) if len(numbered) == 1 else _often(numbered))
        for word, numbered in where.items()
    ]
    titles = {f"={term}" for found in (title, names) for term, _ in found.pairs()}
    titles |= {f"^{surface}" for _, surface in title.pairs()}
    written += [_word(term) + _NOWHERE for term in titles]
    lexemes = b"".join(written)
    if len(lexemes) < LONG_ENOUGH:
        return _NUMBER(len(written) + 1) + lexemes + _word(PADDING) + _NOWHERE
    return _NUMBER(len(written)) + lexemes


def _positions(texts: Sequence[Places]) -> Mapping[Pair, list[int]]:
    """Where each pair stands, in texts that follow each other with a place between them."""
    where: dict[Pair, list[int]] = defaultdict(list)
    start = 1
    for found in texts:
        for place, pair in enumerate(found.first, start=start):
            where[pair].append(place)
        for place, pair in found.more:
            where[pair].append(start + place)
        start += len(found.first) + 1
    if start > MOST_POSITION:
        return {
            pair: [min(place, MOST_POSITION) for place in places] for pair, places in where.items()
        }
    return where


@lru_cache(maxsize=MOST_POSITION + 1)
def _once(place: int) -> bytes:
    """Most words stand in a text once."""
    return _many(1).pack(1, place)


def _often(numbered: Sequence[int]) -> bytes:
    places = sorted(set(numbered))[:MOST_PLACES]
    return _many(len(places)).pack(len(places), *places)


@lru_cache(maxsize=MOST_PLACES)
def _many(number: int) -> Struct:
    return Struct(f">H{number}H")


@lru_cache(maxsize=1 << 16)
def _words(term: str, surface: str) -> tuple[bytes, ...]:
    """What is written of a pair: the term, and the word as it stands there."""
    if is_exact(surface):
        return _word(term), _word(EXACT + surface)
    return (_word(term),)


def _word(term: str) -> bytes:
    return term.encode() + b"\0"
