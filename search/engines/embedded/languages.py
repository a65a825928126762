"""Texts in the reader's own language, and others."""

from cms.access.clauses import Clause


def factor(language: str, shelf: str, own: float, other: float) -> Clause:
    """What to multiply by: ``shelf`` is a column, ``own`` for texts in the language."""
    if not language:
        return Clause("1.0")
    mine = f"{shelf} IN (SELECT l.id FROM search_shelf l WHERE l.locale = %s)"
    return Clause(f"(CASE WHEN {mine} THEN {own!r} ELSE {other!r} END)", (language,))
