"""Work that others need not wait for: on a thread of its own, at a lower priority.

Only the computing steps back. Whoever asks for it goes on writing to the database at its own
priority, so that nobody waits for a lock whose holder gets no processor.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

NICE = 10
"""A tenth of the processor beside one process that wants all of it (sched(7))."""
T = TypeVar("T")


def _step_back() -> None:
    if sys.platform == "linux":  # where this is of the thread alone (setpriority(2))
        os.nice(NICE)


_thread = ThreadPoolExecutor(1, "giving-way", _step_back)


def each(several: Iterator[T]) -> Iterator[T]:
    """The same, each computed there when it is asked for. Raises what computing it raises."""
    end = object()
    while (one := _thread.submit(next, several, end).result()) is not end:
        yield one  # type: ignore[misc]
