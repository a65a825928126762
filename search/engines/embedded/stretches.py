"""Long texts in pieces, each a passage: databases bound how many words a row may have.

A tsvector knows 16,383 positions and has a megabyte at most. A piece stays below both, whatever is
written in it.
"""

from collections.abc import Iterator

from search.documents import LONGEST_TEXT

STRETCH = 60_000
"""Characters of a piece at most: some 10,000 words."""
BACK = 200
"""Characters in which the end of a word is looked for."""
SPACES = " \n\t"


def stretches(text: str) -> Iterator[tuple[int, str]]:
    """The pieces of a text, each with where it starts; one at least, though it be empty."""
    text = text[:LONGEST_TEXT]
    start = 0
    while True:
        end = _end(text, start)
        yield start, text[start:end]
        if end >= len(text):
            return
        start = end


def _end(text: str, start: int) -> int:
    end = start + STRETCH
    if end >= len(text):
        return len(text)
    words_end = max(text.rfind(space, end - BACK, end) for space in SPACES)
    return words_end if words_end > 0 else end
