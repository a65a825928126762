"""A circuit breaker for each engine: one that fails is left alone for a while.

M. Nygard, Release It!, 2007. Three failures in a row open it; then one question every fifteen
seconds finds out whether the engine answers again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

FAILURES = 3
PROBE_EVERY = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class State:
    """How an engine did lately, in this process."""

    failures: int = 0
    failed_at: datetime | None = None
    probed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the engine is left alone."""
        return self.failures >= FAILURES


_states: dict[str, State] = {}
_lock = Lock()


def allows(name: str, *, at: datetime) -> bool:
    """Whether to ask this engine now. Of those who come while it is open, one may try at a time."""
    with _lock:
        state = _states.get(name, State())
        if not state.is_open:
            return True
        last = state.probed_at or state.failed_at or at
        if timedelta(0) <= at - last < PROBE_EVERY:
            return False
        _states[name] = replace(state, probed_at=at)
        return True


def failed(name: str, *, at: datetime) -> None:
    """The engine did not answer."""
    with _lock:
        state = _states.get(name, State())
        _states[name] = State(state.failures + 1, at, None)


def answered(name: str) -> None:
    """The engine answered: it is trusted again."""
    if name in _states:
        with _lock:
            _states.pop(name, None)


def state(name: str) -> State:
    return _states.get(name, State())


def forget() -> None:
    """Drop what this process remembers."""
    with _lock:
        _states.clear()
