"""Where in a text words may stand that are looked for: at what begins like one of them.

A text is looked through in one octet a character, folded by one table: that is twice as quick as
the best pattern. What else it sights is sorted out by whoever analyses the words.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from search.analysis import fold, is_cjk

STEM_END = 2
"""Letters of a term that an inflected word may lack: a word is looked at from its beginning on."""
SHORTEST, LONGEST = 3, 6
"""Letters of a beginning. What a term has behind these may be joined from pieces."""

_CODE = "latin-1"
"""An octet for each letter of most western texts, the quickest there is."""
_SPACE = " "
_TYPOGRAPHIC = "’…“”–—œ"
"""What else they often have: no letters, or two in one. Each is taken for a space."""
_LIGATURES = ("oe", "ae")
_REST = r"[\w'’\-‐‑/.]*"
_WORD = re.compile(_REST)


@lru_cache(maxsize=1 << 12)
def _bare(character: str) -> str:
    """A character as one letter or digit; as a space where it is none, or several."""
    folded = fold(character)
    return folded if len(folded) == 1 and folded.isascii() and folded.isalnum() else _SPACE


def _without_marks(error: UnicodeError) -> tuple[str, int]:
    """Characters that have no octet, one for one."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_bare, error.object[error.start : error.end])), error.end


codecs.register_error("search.bare", _without_marks)
_FOLDED = bytes(ord(_bare(bytes([octet]).decode(_CODE))) for octet in range(256))


@dataclass(frozen=True, slots=True)
class _Sought:
    """What words may begin with, as octets behind a space, and terms in other scripts."""

    beginnings: tuple[bytes, ...]
    foreign: re.Pattern[str] | None


def sighted(text: str, terms: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Words of the text, or runs such as Chinese ones, that may have a term; each where it begins.

    They follow each other: pairs of characters that overlap are one run.
    """
    start = end = 0
    for begins, ends in sorted(_all(text, _sought(terms))):
        if begins >= end:
            if end > start:
                yield start, text[start:end]
            start = begins
        end = max(end, ends)
    if end > start:
        yield start, text[start:end]


def _all(text: str, sought: _Sought) -> Iterator[tuple[int, int]]:
    plain = text
    for one in _TYPOGRAPHIC:
        plain = plain.replace(one, _SPACE)
    octets = b" " + plain.encode(_CODE, "search.bare").translate(_FOLDED)
    for beginning in sought.beginnings:
        at = octets.find(beginning)
        while at >= 0:
            end = at
            if at == 0 or not text[at - 1].isalnum():
                word = _WORD.match(text, at)
                end = word.end() if word else at
                if end > at:  # a ligature is taken for a space, and so are two spaces
                    yield at, end
            at = octets.find(beginning, max(end, at + 1))
    if sought.foreign:
        bare = text.translate(_BARE)
        found = sought.foreign.search(bare)
        while found:
            yield found.span()
            # The next pair of characters begins within this one.
            found = sought.foreign.search(bare, found.start() + 1)


@lru_cache(maxsize=256)
def _sought(terms: frozenset[str]) -> _Sought:
    begun = {
        term[: min(max(len(term) - STEM_END, SHORTEST), LONGEST)]
        for term in terms
        if term.isascii()
    }
    foreign = sorted(map(_written, (term for term in terms if not term.isascii())), reverse=True)
    return _Sought(
        tuple(sorted({one for beginning in begun for one in _spellings(beginning)})),
        re.compile("|".join(foreign), re.IGNORECASE) if foreign else None,
    )


def _written(term: str) -> str:
    """A pattern for a term that is not ASCII: Chinese stands anywhere in a run."""
    return re.escape(term) if is_cjk(term[0]) else rf"(?<![^\W_]){re.escape(term)}{_REST}"


class _Bare(dict[int, str]):
    """Characters without their marks, one for one. Those of Chinese, Japanese and Korean stay."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = letter if is_cjk(letter) else fold(letter)
        self[code] = folded if len(folded) == 1 else letter
        return self[code]


_BARE = _Bare()


def _spellings(beginning: str) -> Iterable[bytes]:
    """The beginning, and with ligatures, which the table takes for a space."""
    written = [beginning]
    for letters in _LIGATURES:
        written += [one.replace(letters, "\0") for one in written if letters in one]
    return (b" " + one.encode().translate(_FOLDED) for one in written)
