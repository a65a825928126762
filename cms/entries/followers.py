"""Who else must know, in the same transaction, when entries are stored: search, kits."""

from collections.abc import Callable, Sequence

Follow = Callable[[Sequence[int]], None]

_stored: list[Follow] = []
_sectioned: list[Follow] = []


def follow(*, stored: Follow, sectioned: Follow | None = None) -> None:
    """Call ``stored`` with the ids of entries put, ``sectioned`` where only their section changed.

    Changes of gates, moments and dates, and entries taken away, are for database triggers.
    """
    _stored.append(stored)
    if sectioned is not None:
        _sectioned.append(sectioned)


def stored(entry_ids: Sequence[int]) -> None:
    for one in _stored:
        one(entry_ids)


def sectioned(entry_ids: Sequence[int]) -> None:
    for one in _sectioned:
        one(entry_ids)
