"""What a unit is to the embedded engine: the word itself, its synonyms, its neighbours."""

from dataclasses import replace
from itertools import islice, pairwise

from search.contract import Plan, Unit

OTHERS = 0.5
"""What synonyms count beside the word itself."""
FOREIGN = 0.3
"""What they count of that in a text which is not in the reader's language."""
TOGETHER = 0.5
"""What it counts that two neighbours of the query stand close together."""
MOST_PAIRS = 8


def neighbours(plan: Plan) -> list[tuple[Unit, Unit]]:
    """Words of the query that follow each other, each something that has a place of its own."""
    words = [unit for unit in plan.words if any(len(terms) == 1 for terms in unit.own)]
    return list(islice(pairwise(words), MOST_PAIRS))


def is_apart(unit: Unit) -> bool:
    """Whether what has the word itself is told from what has only synonyms of it."""
    return bool(unit.own and unit.others)


def without_others(unit: Unit) -> Unit:
    return replace(unit, alternatives=unit.own, others=()) if is_apart(unit) else unit


def only_others(unit: Unit) -> Unit:
    return replace(unit, alternatives=unit.others, exact="", weight=OTHERS * unit.weight)
