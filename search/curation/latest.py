"""What editors set, made ready once for each access version in each process."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

Row = TypeVar("Row")
Made = TypeVar("Made")


class Latest(Generic[Row, Made]):
    """The rows as they were at one version, and what was made of them.

    A change of their table raises the version (``search.triggers``), in its own transaction.
    """

    def __init__(
        self, read: Callable[[], Sequence[Row]], make: Callable[[Sequence[Row]], Made]
    ) -> None:
        self._read = read
        self._make = make
        self._lock = Lock()
        self._known: tuple[int, Sequence[Row], Made] | None = None

    def at(self, version: int) -> Made:
        """Read once a version; made anew only where the rows are others."""
        with self._lock:
            if self._known is not None and self._known[0] == version:
                return self._known[2]
        rows = self._read()
        with self._lock:
            is_same = self._known is not None and self._known[1] == rows
            made = self._known[2] if self._known is not None and is_same else self._make(rows)
            self._known = (version, rows, made)
            return made

    def forget(self) -> None:
        """Drop what this process remembers."""
        with self._lock:
            self._known = None
