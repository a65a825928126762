"""Requests a minute, counted over all processes.

Each process takes its allowance from the database in small leases, so that most requests cost no
query. What is never spent may refuse a reader a little early; it never lets one more through.
"""

import time
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.db import connection

MINUTE = 60
MOST_KEYS = 50_000


@dataclass(slots=True)
class _Lease:
    window: int
    left: int = 0
    used: int = 0  # over all processes, when the lease was taken


@dataclass(frozen=True, slots=True)
class Verdict:
    """For the ``RateLimit`` headers: requests allowed, left, and seconds to the next minute."""

    limit: int
    remaining: int
    reset: int

    @property
    def is_refused(self) -> bool:
        return self.remaining < 0

    @property
    def headers(self) -> dict[str, str]:
        """As in draft-ietf-httpapi-ratelimit-headers."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.remaining, 0)),
            "RateLimit-Reset": str(self.reset),
        }


_leases: dict[str, _Lease] = {}
_lock = Lock()


def spend(key: str) -> Verdict | None:
    """Count one request against a key's minute; ``None`` when rates are off."""
    limit: int = settings.API_RATE
    if limit <= 0:
        return None
    seconds = time.time()
    window = int(seconds // MINUTE)
    reset = MINUTE - int(seconds % MINUTE)
    with _lock:
        if len(_leases) > MOST_KEYS:
            _leases.clear()
        lease = _leases.get(key)
        if lease is None or lease.window != window:
            lease = _leases[key] = _Lease(window)
        if lease.left == 0 and lease.used < limit:
            size = max(1, limit // MINUTE)
            lease.used = _take(key, window, size)
            lease.left = max(0, min(size, limit - (lease.used - size)))
        if lease.left == 0:
            return Verdict(limit, -1, reset)
        lease.left -= 1
        return Verdict(limit, max(0, limit - lease.used) + lease.left, reset)


def _take(key: str, window: int, size: int) -> int:
    """Add to what the key has used of this minute, and say how much that is now. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO accounts_allowance (key, "window", used) VALUES (%s, %s, %s) '
            "ON CONFLICT (key) DO UPDATE SET "
            'used = CASE WHEN accounts_allowance."window" = excluded."window" '
            "THEN accounts_allowance.used + excluded.used ELSE excluded.used END, "
            '"window" = excluded."window" RETURNING used',
            [key[:80], window, size],
        )
        return int(cursor.fetchone()[0])
