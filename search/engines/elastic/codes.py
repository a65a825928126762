"""Words that name one thing by signs or digits: codes, visas, compounds. Pure."""

import re
from collections.abc import Sequence

from search.contract import Unit

MOST_CODES = 5

_SPAN = re.compile(r"[^\W_]+(?:[-‐‑_/&@.:][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_QUANTITY = re.compile(r"\d+[^\W\d_]{1,3}")  # 1960s, 20th, 35mm
_SHORTEST_CODE = 4
_SHORTEST_NUMBER = 6


def compounds(units: Sequence[Unit], text: str) -> list[Unit]:
    """What the query joins by signs, as one word: e-mail is also written email."""
    words = {unit.text for unit in units}
    joined = {
        "".join(pieces): None
        for span in spans(text)
        if len(pieces := _PIECE.findall(span)) > 1 and words.issuperset(pieces)
    }
    return [Unit(one, ()) for one in joined]


def spans(text: str) -> list[str]:
    """Distinct words of a text that name one thing by signs or digits. Five at the most."""
    found = [word for word in _SPAN.findall(text) if not word.isalpha()]
    return list(dict.fromkeys(found))[:MOST_CODES]


def is_code(word: str) -> bool:
    """DCP-2K, CB-2026-0412, the number of a visa; not a year, a size or a century."""
    plain = "".join(filter(str.isalnum, word))
    if plain.isdigit():
        return len(plain) >= _SHORTEST_NUMBER
    has_digit = any(character.isdigit() for character in plain)
    return has_digit and len(plain) >= _SHORTEST_CODE and not _QUANTITY.fullmatch(word)
