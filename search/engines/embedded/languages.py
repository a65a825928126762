"""Texts in the reader's own language before others that are about as good."""

from cms.access.clauses import Clause

PREFERRED = 1.5
"""By what the score of a text in the reader's language is multiplied: it is bounded, so that it
decides between translations, and does not hide what is much better in another language."""


def factor(language: str, shelf: str, own: float, other: float) -> Clause:
    """What to multiply by: ``shelf`` is a column, ``own`` for texts in the language."""
    if not language:
        return Clause("1.0")
    mine = f"{shelf} IN (SELECT l.id FROM search_shelf l WHERE l.locale = %s)"
    return Clause(f"(CASE WHEN {mine} THEN {own!r} ELSE {other!r} END)", (language,))
