"""Feeding the index from the change feed: a turn at a time, by whichever worker has the lease."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError
from django.utils.crypto import get_random_string
from elasticsearch import ApiError, TransportError

from cms.entries import feed
from cms.entries.models import Cursor
from search.contract import EngineFailed
from search.engines.elastic import client, indexing, indices, leases, rebuilding
from search.engines.elastic.indexing import NotNow, TargetLost
from search.engines.elastic.lag import CONSUMER, head, position

logger = logging.getLogger(__name__)

BATCH = 200
BUDGET = 1.0
"""Seconds of a turn, after which the worker may look at other things."""
LEASE = timedelta(seconds=10)
LOOKS_FOR_INDEX_EVERY = 5.0
WAITS_FOR_OTHERS = 1.0
TIDIES_EVERY = 60.0
LONGEST_PAUSE = 30.0
PATIENCE = 6
"""Failures in a row, after which each document is sent alone, and what fails then is set aside."""


class Feeder:
    """One worker's part in feeding. Time is asked of the system: it measures the outside world."""

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        self.owner = get_random_string(32)
        self.stopping = stopping
        self.failures = 0
        self._not_before = 0.0
        self._has_written = False
        self._index_seen = float("-inf")
        self._tidied = time.monotonic()

    def turn(self) -> bool:
        """Feed what there is, for a second at most. Says whether there is more.

        Never raises for what the server does: it pauses, longer each time, and says so once.
        Raises ``DatabaseError``.
        """
        if not client.is_enabled() or time.monotonic() < self._not_before:
            return False
        try:
            more = self._turn()
        except (NotNow, EngineFailed) as reason:
            self._pause(str(reason))
            return False
        except (ApiError, TransportError) as error:
            self._pause(client.in_words(error))
            return False
        except DatabaseError as error:
            self._pause(type(error).__name__)
            raise
        if self.failures and self._has_written:
            logger.warning("search_feed_resumed after=%d failures", self.failures)
            self.failures = 0
        return more

    def close(self) -> None:
        """Let another worker go on at once."""
        if client.is_enabled():
            leases.give_up(CONSUMER, self.owner)

    def _pause(self, reason: str) -> None:
        self.failures += 1
        seconds = min(0.5 * 2 ** min(self.failures, 10), LONGEST_PAUSE)
        self._not_before = time.monotonic() + seconds
        if self.failures == 1:
            logger.warning("search_feed_paused reason=%s", reason)

    def _turn(self) -> bool:
        self._has_written = False
        deadline = time.monotonic() + BUDGET
        if not self._has_index():
            return False
        self._tidy()
        while not self.stopping():
            number = position()
            if number is None or number >= head():
                return False
            if not leases.take(CONSUMER, self.owner, at=datetime.now(UTC), lasting=LEASE):
                return False
            if not self._feed(number) or time.monotonic() > deadline:
                return True
        return False

    def _feed(self, number: int) -> bool:
        """One batch. The cursor moves only once searches find what the server has acknowledged.

        Says no when an index went away meanwhile: the batch is to be fed again.
        """
        changes = feed.after(number, limit=BATCH)
        if not changes:
            return True
        numbers = {change.key: change.number for change in changes}
        # Asked after the changes: a rebuild that begins later reads a state that has them.
        targets = indices.targets()
        try:
            written = indexing.write(numbers, targets, is_patient=self.failures < PATIENCE)
        except TargetLost as lost:
            if lost.alias == client.building_alias():
                indices.reconcile(at=datetime.now(UTC))
            self._index_seen = float("-inf")
            return False
        indexing.show(targets)
        indexing.note(written, numbers, at=datetime.now(UTC))
        last = changes[-1].number
        Cursor.objects.filter(pk=CONSUMER, number__lt=last).update(number=last)
        self._has_written = True
        return True

    def _has_index(self) -> bool:
        """Look after the index now and then: make it when there is none."""
        now = time.monotonic()
        if now - self._index_seen < LOOKS_FOR_INDEX_EVERY:
            return True
        if not indices.are_there() or position() is None:
            try:
                self._make_index()
            except rebuilding.Busy:
                self._not_before = now + WAITS_FOR_OTHERS
                return False
        self._index_seen = time.monotonic()
        self._has_written = True
        return True

    def _make_index(self) -> None:
        steps = rebuilding.rebuild(stopping=self.stopping)
        for place, _ in enumerate(steps):
            if not place:
                logger.warning("search_index_missing alias=%s", client.write_alias())

    def _tidy(self) -> None:
        now = time.monotonic()
        if now - self._tidied > TIDIES_EVERY:
            self._tidied = now
            rebuilding.tidy(at=datetime.now(UTC))
