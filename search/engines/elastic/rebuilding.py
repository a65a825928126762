"""Making the index anew beside the one in use, while readers search and editors publish."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from django.utils.crypto import get_random_string

from cms.entries.models import Change, Cursor, Entry
from search.contract import EngineFailed
from search.engines.elastic import client, indexing, indices, leases
from search.engines.elastic.checking import stale_among
from search.engines.elastic.indexing import NotNow, TargetLost, Written
from search.engines.elastic.lag import CONSUMER, head
from search.engines.elastic.models import DeadLetter, ElasticIndex
from search.engines.elastic.rehearsing import rehearse
from search.insight.models import Frequent

logger = logging.getLogger(__name__)

LEASE = "elasticsearch-rebuild"
LASTING = timedelta(seconds=20)
"""How long a killed rebuild keeps another from beginning."""
SAMPLE = 200
QUESTIONS, ENTRIES_A_QUESTION = 1_000, 20
"""A new index is asked so many before readers ask it, or one for so many of its entries."""
WORDS = 3
"""Of a title, to make a question of."""


class Busy(EngineFailed):
    """Another process rebuilds."""


class Stopped(EngineFailed):
    """Told to stop in the middle, or overtaken by another rebuild."""


def rebuild(
    *, batch: int = indexing.CHUNK, stopping: Callable[[], bool] = lambda: False
) -> Iterator[int]:
    """Fill a new index and put it in the place of the old one. Yields how many entries were done.

    Workers write to both indices meanwhile. Each entry is written at the number of the feed's head
    from before it was read, so that whatever a worker writes for a later change prevails. What a
    killed rebuild left is removed. Raises ``EngineFailed``; the old index then stays in use.
    """
    owner = get_random_string(32)
    _renew(owner)
    try:
        with client.failing():
            yield from _rebuild(owner, batch, stopping)
    except (NotNow, TargetLost) as error:
        raise EngineFailed(str(error)) from error
    finally:
        leases.give_up(LEASE, owner)


def tidy(*, at: datetime) -> None:
    """Remove the previous index after its day, and what a killed rebuild left."""
    dropped = indices.drop_previous(at=at)
    half_built = ElasticIndex.objects.filter(state=ElasticIndex.State.BUILDING)
    if half_built.filter(at__lt=at - 2 * LASTING).exists():
        owner = get_random_string(32)
        if leases.take(LEASE, owner, at=at, lasting=LASTING):
            indices.reconcile(at=at)
            dropped += indices.drop_half_built()
            leases.give_up(LEASE, owner)
    for name in dropped:
        logger.info("search_index_removed name=%s", name)


def _rebuild(owner: str, batch: int, stopping: Callable[[], bool]) -> Iterator[int]:
    if missing := client.missing_abilities():
        raise EngineFailed(f"This server lacks: {'; '.join(missing)}")
    indices.reconcile(at=datetime.now(UTC))
    indices.drop_half_built()
    start = head()
    index = indices.create(datetime.now(UTC))
    Cursor.objects.get_or_create(consumer=CONSUMER, defaults={"number": start})
    refused: set[str] = set()
    for ids in _batches(batch):
        _renew(owner)
        if stopping():
            raise Stopped("The rebuild was told to stop.")
        refused |= _load(ids).refused.keys()
        yield len(ids)
    for _ in indices.settle(index.name):
        _renew(owner)
    _renew(owner)
    client.for_writing().indices.refresh(index=index.name)
    _compare(index.name, since=start, refused=len(refused))
    for _ in rehearse(index.name, _questions()):
        _renew(owner)
        if stopping():
            break
    _renew(owner)
    indices.swap(index, at=datetime.now(UTC))
    DeadLetter.objects.filter(at__lt=index.at).exclude(key__in=refused).delete()


def _questions() -> list[str]:
    """What many ask, and the beginnings of titles of the newest: few where there is little."""
    most = min(QUESTIONS, Entry.objects.count() // ENTRIES_A_QUESTION)
    frequent = Frequent.objects.order_by("-people", "pk").values_list("text", flat=True)
    asked = list(frequent[:most])
    titles = Entry.objects.order_by("-pk").values_list("title", flat=True)[: most - len(asked)]
    return [*asked, *(" ".join(title.split()[:WORDS]) for title in titles)]


def _batches(size: int) -> Iterator[list[int]]:
    last = 0
    while ids := list(
        Entry.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]
    ):
        yield ids
        last = ids[-1]


def _load(ids: list[int]) -> Written:
    number = head()
    keys = Entry.objects.filter(pk__in=ids).values_list("key", flat=True)
    numbers = dict.fromkeys(keys, number)
    targets = [client.building_alias()]
    try:
        written = indexing.write(numbers, targets)
    except NotNow:
        # One of them may be the reason.
        written = indexing.write(numbers, targets, is_patient=False)
    indexing.note(written, numbers, at=datetime.now(UTC))
    return written


def _compare(name: str, *, since: int, refused: int) -> None:
    """Whether the new index has what the database has. Raises ``EngineFailed``."""
    asking = client.for_writing()
    indexed, stored = asking.count(index=name)["count"], Entry.objects.count()
    # Entries came and went since, and not each of those changes needs to be there yet.
    if abs(indexed - stored) > refused + head() - since:
        raise EngineFailed(f"{name} has {indexed} of {stored} entries: it is not put into use.")
    step = max(stored // SAMPLE, 1)
    ids = list(Entry.objects.order_by("pk").values_list("pk", flat=True)[::step])
    stale = stale_among(ids, index=name)
    stale -= set(DeadLetter.objects.filter(key__in=stale).values_list("key", flat=True))
    later = Change.objects.filter(number__gt=since, key__in=stale)
    stale -= set(later.values_list("key", flat=True))
    if stale:
        raise EngineFailed(f"{name} differs from the database, such as for {min(stale)}.")


def _renew(owner: str) -> None:
    at = datetime.now(UTC)
    if not leases.take(LEASE, owner, at=at, lasting=LASTING):
        holder = leases.holder(LEASE, at=at)
        until = f", until {holder.until:%H:%M:%S} UTC at least" if holder else ""
        raise Busy(f"Another process rebuilds the index{until}.")
