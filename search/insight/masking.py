"""What must not be written down: addresses and numbers of people, typed into a search field."""

import re

ADDRESS = "[e-mail]"
NUMBER = "[number]"

_ADDRESS = re.compile(r"[^\s@＠,;<>()]+[@＠][^\s@＠,;<>()]+")
# Nine digits and more, or seven after a plus: fewer are years, dates and codes.
_NUMBER = re.compile(
    r"(?<!\w)(?:[+＋]|00)(?:[\s.()/‐‑–-]{0,3}\d){7,15}(?!\w)"
    r"|(?<!\w)\(?\d(?:[\s.()/‐‑–-]{0,3}\d){8,14}(?!\w)"
)


def masked(text: str) -> str:
    """The text with e-mail addresses and telephone numbers taken out."""
    return _NUMBER.sub(NUMBER, _ADDRESS.sub(ADDRESS, text))
