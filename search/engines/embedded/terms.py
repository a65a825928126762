"""Units in the query languages of FTS5 and of tsquery. Terms need no escaping there."""

from collections.abc import Sequence

from search.contract import Terms, Unit

CLOSE = 4
"""Words at most so far apart count as standing together."""
MOST_NEAR = 3
EXACT = "·"
"""Stands before a word that is indexed as it is written, beside its stem."""


def match(unit: Unit) -> str:
    """An FTS5 query for any of the alternatives. Whatever has the exact word has its stem too."""
    exact = [f'"{EXACT}{unit.exact}"'] if unit.exact else []
    star = "*" if unit.goes_on else ""
    return " OR ".join([*(f'"{" ".join(terms)}"{star}' for terms in unit.alternatives), *exact])


def match_others(unit: Unit) -> str:
    """An FTS5 query for texts that have only synonyms of the word."""
    others = " OR ".join(f'"{" ".join(terms)}"' for terms in unit.others)
    own = " OR ".join(f'"{" ".join(terms)}"' for terms in unit.own)
    return f"({others}) NOT ({own})"


def beginnings(words: Sequence[str]) -> str:
    """An FTS5 query for titles with words that begin so."""
    return " AND ".join(f'"{word}"*' for word in words)


def tsquery(unit: Unit) -> str:
    """A tsquery for any of the alternatives, or a title word that begins as typed."""
    star = ":*" if unit.goes_on else ""
    found = [f"{_one_after_the_other(terms)}{star}" for terms in unit.alternatives]
    if unit.beginning:
        found.append(f"'^{unit.beginning}':*")
    return " | ".join(found)


def tsquery_of_others(unit: Unit) -> str:
    """A tsquery for texts that have only synonyms of the word."""
    others = " | ".join(_one_after_the_other(terms) for terms in unit.others)
    own = " | ".join(_one_after_the_other(terms) for terms in unit.own)
    return f"({others}) & !({own})"


def tsquery_of_beginnings(words: Sequence[str]) -> str:
    """A tsquery for titles with words that begin so."""
    return " & ".join(f"'^{word}':*" for word in words)


def ranked(unit: Unit) -> tuple[str, int]:
    """A tsquery of all single terms, which is what ts_rank can count, and how many those are."""
    singles = sorted({term for terms in unit.alternatives for term in terms})
    star = ":*" if unit.goes_on else ""
    return " | ".join(f"'{term}'{star}" for term in singles), len(singles)


def in_title(unit: Unit) -> str:
    """A tsquery for titles and names that have it as one word; empty where it is none.

    Whatever this finds has the unit itself.
    """
    star = ":*" if unit.goes_on else ""
    singles = sorted({terms[0] for terms in unit.alternatives if len(terms) == 1})
    found = [f"'={term}'{star}" for term in singles]
    if unit.beginning:
        found.append(f"'^{unit.beginning}':*")
    return " | ".join(found)


def _one_after_the_other(terms: Terms) -> str:
    inner = " <-> ".join(f"'{term}'" for term in terms)
    return f"({inner})" if len(terms) > 1 else inner


def near(left: Unit, right: Unit, *, vendor: str) -> str:
    """A query for texts in which two units stand close to each other."""
    lefts, rights = _singles(left), _singles(right)
    if vendor != "postgresql":
        return " OR ".join(
            f'NEAR("{one}" "{other}", {CLOSE - 1})' for one in lefts for other in rights
        )
    before, behind = (" | ".join(f"'{term}'" for term in some) for some in (lefts, rights))
    return " | ".join(
        f"({first}) <{steps}> ({second})"
        for first, second in ((before, behind), (behind, before))
        for steps in range(1, CLOSE + 1)
    )


def _singles(unit: Unit) -> list[str]:
    return [terms[0] for terms in unit.own if len(terms) == 1][:MOST_NEAR]
