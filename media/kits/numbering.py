"""The numbers of a kit's photos. Pure: the moment is an argument.

A photo has the same number for everybody who has it, and nobody sees a gap. So those of whoever
reads the kit come first, then those of the next circle, and what only some have of a circle has
none: a photo that waits for its hour, or is for one territory. What has ended is not there.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from cms.access.gates import Gates
from cms.access.rule import PUBLIC, Rule
from cms.entries.holdings import HeldItem

Circles = Callable[[Gates], Sequence[Rule]]
"""The rules beyond the kit's own after which its photos are numbered, one circle after another."""

_circles: dict[str, Circles] = {}


def register(entry_type: str, circles: Circles) -> None:
    """Say who has the photos of the kits of a type, beside whoever reads the kit."""
    _circles[entry_type] = circles


def circles_of(entry_type: str, gates: Gates) -> Sequence[Rule]:
    """The circles of a type's kits, the widest first."""
    found = _circles.get(entry_type)
    return (PUBLIC,) if found is None else (PUBLIC, *found(gates))


def numbers(photos: Iterable[HeldItem], circles: Sequence[Rule], at: datetime) -> dict[str, int]:
    """The numbers at a moment, by anchor. ``photos``: those that a reader has, in their order."""
    open_to_all = [one for one in photos if one.opens_at <= at]
    ordered = [one.anchor for rule in circles for one in open_to_all if one.rule == rule]
    return {anchor: place for place, anchor in enumerate(ordered, start=1)}
