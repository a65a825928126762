"""Ranges of bytes that came in any order, put together. Pure. Stops are exclusive."""

from collections.abc import Sequence

MOST = 400
"""Stretches that are remembered of one download. Whoever makes more loses the smallest."""

Stretch = tuple[int, int]


def merged(known: Sequence[Sequence[int]], start: int, stop: int) -> tuple[Stretch, ...]:
    """The stretches with another one: sorted, and neither overlapping nor touching."""
    if stop <= start:
        return tuple((one[0], one[1]) for one in known)
    kept: list[Stretch] = []
    for begin, end in known:
        if end < start or begin > stop:
            kept.append((begin, end))
        else:
            start, stop = min(start, begin), max(stop, end)
    kept.append((start, stop))
    if len(kept) > MOST:
        kept.remove(min(kept, key=lambda one: (one[1] - one[0], -one[0])))
    return tuple(sorted(kept))


def covered(known: Sequence[Sequence[int]], start: int, stop: int) -> int:
    """How many bytes between two places are in the stretches."""
    return sum(max(0, min(stop, end) - max(start, begin)) for begin, end in known)


def holds(known: Sequence[Sequence[int]], start: int, stop: int) -> bool:
    """Whether all bytes between two places are there; of none, whether their place was passed."""
    if start == stop:
        return any(begin <= start < end for begin, end in known)
    return covered(known, start, stop) == stop - start
