"""``manage.py work``: everything that happens in the background, in one process."""

import logging
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from threading import Event, Thread
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.compat import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from django_tasks_db.management.commands.db_worker import Worker

from media import sweeping
from media.downloads import following, retention
from media.renditions import keeping
from media.uploads.places import place
from pages.base import schedule
from pages.base.passing import follow_moments
from pages.press.accreditation import erasing
from search.engines.embedded import lagging
from search.insight import frequent, popular
from search.insight.logging import forget_old

logger = logging.getLogger(__name__)

FEED_EVERY = 0.3
"""Seconds between looks at the change feed: what is published is to be found within two."""
STOPS_WITHIN = 40.0
LEARN_EVERY = 3600.0
"""Seconds between looks at the log of searches: what to suggest, and what to forget."""
SWEEP_EVERY = 86_400.0
SWEEPS_A_TURN = 50
TASKS_A_TURN = 10
"""So that a long queue does not keep scheduled pages waiting: a large picture takes two seconds."""


class Work:
    """A loop over chores, each at its own pace. It ends after the task in hand, never amid one."""

    def __init__(self, *, every: float, interval: float) -> None:
        self.every = every
        self.interval = interval
        self.stopping = Event()
        self.worker: Worker | None = None
        self.worker_id = get_random_string(32)
        self.told: dict[str, float] = {}
        self.steps: Iterator[sweeping.Step] = iter(())

    def stop(self, _signum: int, _frame: FrameType | None) -> None:
        self.stopping.set()
        if self.worker is not None:
            self.worker.running = False

    def run(self) -> None:
        """Until told to stop. A chore that fails is logged and tried again at its next turn."""
        next_look = next_lesson = next_sweep = 0.0
        feeding = self.start_feeding()
        self.turn(self.ask_for_renditions)
        while not self.stopping.is_set():
            is_time = time.monotonic() >= next_look
            if is_time:
                self.turn(self.publish_due)
                self.turn(self.follow_moments)
                self.turn(self.tell_takers)
                next_look = time.monotonic() + self.every
            if time.monotonic() >= next_lesson:
                self.turn(self.learn_from_searches)
                next_lesson = time.monotonic() + LEARN_EVERY
            if time.monotonic() >= next_sweep:
                self.begin_sweep()
                next_sweep = time.monotonic() + SWEEP_EVERY
            is_busy = (
                self.turn(self.run_tasks) | self.turn(self.file_lagging) | self.turn(self.sweep)
            )
            if not is_busy:
                self.stopping.wait(self.interval)
        if feeding is not None:
            feeding.join(timeout=STOPS_WITHIN)

    def turn(self, chore: Callable[[], bool]) -> bool:
        """Do a chore, on a fresh connection where the old one is lost. Says if there is more."""
        close_old_connections()
        try:
            return chore()
        except DatabaseError:
            logger.exception("work_failed chore=%s", chore.__name__)
            connections.close_all()
            return False

    def start_feeding(self) -> Thread | None:
        """Feed Elasticsearch beside the rest: a long task must not delay it, nor it the tasks."""
        if not settings.ELASTICSEARCH_URL:
            return None
        feeding = Thread(target=self.feed_search, name="feed-search", daemon=True)
        feeding.start()
        return feeding

    def feed_search(self) -> None:
        from search.engines.elastic.feeding import Feeder

        feeder = Feeder(self.stopping.is_set)
        while not self.stopping.is_set():
            try:
                is_busy = self.turn(feeder.turn)
            except Exception:
                # A thread that ends is missed by nobody.
                logger.exception("work_failed chore=feed_search")
                self.stopping.wait(self.every)
            else:
                if not is_busy:
                    self.stopping.wait(FEED_EVERY)
        feeder.close()
        connections.close_all()

    def publish_due(self) -> bool:
        due = schedule.publish_due(datetime.now(UTC), told=self.told)
        if due:
            logger.info(
                "pages_due published=%d expired=%d failed=%d",
                due.published, due.expired, len(due.failed),
            )  # fmt: skip
        return False

    def follow_moments(self) -> bool:
        follow_moments(datetime.now(UTC))
        return False

    def ask_for_renditions(self) -> bool:
        """What a worker that was killed had in hand would wait until a reader asks for it."""
        keeping.ask_for_missing()
        return False

    def tell_takers(self) -> bool:
        """Whoever took a file that was withdrawn or corrected is told."""
        return following.turn(datetime.now(UTC))

    def learn_from_searches(self) -> bool:
        """Suggest what many asked lately, and forget what is kept for a time and no longer."""
        at = datetime.now(UTC)
        frequent.learn(at)
        popular.learn(at)
        forget_old(at)
        erasing.forget_old(at)
        retention.forget_old(at)
        place().sweep(at)
        return False

    def begin_sweep(self) -> None:
        self.steps = sweeping.sweep(datetime.now(UTC) - timedelta(days=sweeping.DAYS))

    def sweep(self) -> bool:
        """Remove some of the files that nothing names. Says if there may be more."""
        try:
            steps = list(islice(self.steps, SWEEPS_A_TURN))
        except OSError:
            logger.exception("work_failed chore=sweep")  # the storage is down: tomorrow again
            return False
        if removed := [one for one in steps if one is not None]:
            logger.info(
                "files_swept count=%d bytes=%d", len(removed), sum(one.bytes for one in removed)
            )
        return len(steps) == SWEEPS_A_TURN

    def file_lagging(self) -> bool:
        """Some of the passages that a change of many left behind. Says if there are more."""
        return next(lagging.catch_up(), 0) > 0

    def run_tasks(self) -> bool:
        """Some of the queued tasks. Says whether the queue may hold more."""
        if not isinstance(task_backends[DEFAULT_TASK_BACKEND_ALIAS], DatabaseBackend):
            return False  # tasks run where they are queued
        self.worker = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=TASKS_A_TURN,
            worker_id=self.worker_id,
            excluded_queue_names=[],
        )
        if self.stopping.is_set():
            return False
        self.worker.run()
        return self.worker._run_tasks >= TASKS_A_TURN


class Command(BaseCommand):
    help = "Run the background work: queued tasks, and pages that are due. Any number may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every", type=float, default=5.0, metavar="SECONDS",
            help="how often to look for pages that are due (default: 5)",
        )  # fmt: skip
        parser.add_argument(
            "--interval", type=float, default=1.0, metavar="SECONDS",
            help="how often to look for queued tasks (default: 1)",
        )  # fmt: skip
        parser.add_argument("--once", action="store_true", help="do what there is to do, and end")

    def handle(self, *, every: float, interval: float, once: bool, **_options: Any) -> None:
        work = Work(every=every, interval=interval)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, work.stop)
        if not once:
            work.run()
            return
        work.publish_due()
        work.follow_moments()
        work.tell_takers()
        work.ask_for_renditions()
        work.learn_from_searches()
        work.begin_sweep()
        while work.run_tasks() | work.file_lagging() | work.sweep():
            pass
        if settings.ELASTICSEARCH_URL:
            from search.engines.elastic.feeding import Feeder

            feeder = Feeder()
            while work.turn(feeder.turn):
                pass
            feeder.close()
