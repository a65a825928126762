"""What readers of documents share: a page, an early end, and clean words."""

import re
import unicodedata

PAGES = 2_000
CHARACTERS = 5_000_000

_LINE_BREAK = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
# The library marks a word it found hyphenated with U+0002; Word writes U+00AD where it may be.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")

Page = tuple[int, str]
"""A number from 1, and text."""


class Stop(Exception):
    """The end, before the document's own: a state and its reason."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(state, reason)
        self.state, self.reason = state, reason


def clean(text: str) -> str:
    """NFKC, one line a line, no character that a database or a reader would choke on."""
    text = _NO_TEXT.sub("", _LINE_BREAK.sub("\n", text))
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", text))
    return _BLANK_LINES.sub("\n\n", text).strip()
