"""Comparing the index with the database, both ways, in the order of ids and with flat memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import groupby
from typing import Any

from django.db import transaction

from cms.entries import feed
from cms.entries.models import Change, Entry
from search import documents
from search.engines.elastic import client
from search.engines.elastic.lag import head, position
from search.engines.elastic.mapping import document_of
from search.engines.elastic.models import DeadLetter

BATCH = 200
PAGE = 1000
KEEP_ALIVE = "2m"


@dataclass(slots=True)
class Drift:
    """What differs between index and database, though no change of it waits to be fed.

    ``ahead`` are documents of a later change than the database has: it was put back in time, and
    only a rebuild helps. Documents that the server refused are no drift.
    """

    compared: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    pending: int = 0
    refused: int = 0

    @property
    def keys(self) -> list[str]:
        return [*self.missing, *self.extra, *self.stale, *self.ahead]


@dataclass(frozen=True, slots=True)
class _Known:
    """A document on one of the two sides."""

    entry: int
    key: str
    digest: str


def compare(drift: Drift) -> Iterator[int]:
    """Find what drifted. Yields for each entry that was compared. Raises ``EngineFailed``.

    Whatever differs at first sight is looked at again by key: both sides move meanwhile.
    """
    suspects: set[str] = set()
    with client.failing():
        both = merge(_stored(), _indexed(), key=_entry)
        for done, (_, found) in enumerate(groupby(both, key=_entry), start=1):
            sides = list(found)
            if len(sides) != 2 or sides[0] != sides[1]:
                suspects.update(one.key for one in sides)
            if len(suspects) >= BATCH:
                _look_again(suspects, drift)
                suspects.clear()
            drift.compared = done
            yield 1
        _look_again(suspects, drift)


@transaction.atomic
def repair(drift: Drift, *, at: datetime) -> int:
    """Put everything that drifted into the feed again. Says how many changes that made."""
    feed.append(sorted({*drift.missing, *drift.stale}), kind=Change.Kind.PUT, at=at)
    feed.append(sorted(set(drift.extra)), kind=Change.Kind.GONE, at=at)
    return len({*drift.missing, *drift.stale, *drift.extra})


def stale_among(entry_ids: Iterable[int], *, index: str) -> set[str]:
    """The keys of those entries whose document in this index is not as it should be."""
    stored = {one.key: one.digest for one in _digests(entry_ids)}
    found = _by_key(stored, index)
    return {key for key, digest in stored.items() if found.get(key, ("", 0))[0] != digest}


def _look_again(keys: set[str], drift: Drift) -> None:
    if not keys:
        return
    # In this order: a change that comes in between is one that waits.
    fed = position() or 0
    found = _by_key(keys, client.read_alias())
    ids = Entry.objects.filter(key__in=keys).values_list("pk", flat=True)
    stored = {one.key: one.digest for one in _digests(ids)}
    waiting = set(Change.objects.filter(key__in=keys, number__gt=fed).values_list("key", flat=True))
    refused = set(DeadLetter.objects.filter(key__in=keys).values_list("key", flat=True))
    last = head()
    for key in sorted(keys):
        digest, number = found.get(key, (None, 0))
        if stored.get(key) == digest:
            continue
        if key in waiting:
            drift.pending += 1
        elif number > last:
            drift.ahead.append(key)
        elif key not in stored:
            drift.extra.append(key)
        elif key in refused:
            drift.refused += 1
        else:
            (drift.missing if digest is None else drift.stale).append(key)


def _entry(known: _Known) -> int:
    return known.entry


def _stored() -> Iterator[_Known]:
    last = 0
    while ids := list(
        Entry.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield from _digests(ids)
        last = ids[-1]


def _digests(entry_ids: Iterable[int]) -> Iterator[_Known]:
    for some in documents.in_batches(list(entry_ids)):
        for one in documents.of(some):
            yield _Known(one.entry_id, one.key, document_of(one, 0)["digest"])


def _indexed() -> Iterator[_Known]:
    """Every document of the index by entry, at one point in time."""
    asking = client.for_writing()
    paging = asking.open_point_in_time(index=client.read_alias(), keep_alive=KEEP_ALIVE)["id"]
    after: dict[str, Any] = {}
    try:
        while True:
            answer = asking.search(
                pit={"id": paging, "keep_alive": KEEP_ALIVE},
                sort=[{"entry": "asc"}],
                docvalue_fields=[{"field": name} for name in ("entry", "key", "digest")],
                source=False,
                size=PAGE,
                track_total_hits=False,
                **after,
            )
            paging = answer["pit_id"]
            hits = answer["hits"]["hits"]
            if not hits:
                return
            for hit in hits:
                fields = hit["fields"]
                yield _Known(fields["entry"][0], fields["key"][0], fields["digest"][0])
            after = {"search_after": hits[-1]["sort"]}
    finally:
        asking.options(ignore_status=404).close_point_in_time(id=paging)


def _by_key(keys: Iterable[str], index: str) -> dict[str, tuple[str, int]]:
    """Digest and number of these documents, as last written, whether searchable yet or not."""
    wanted = list(keys)
    if not wanted:
        return {}
    answer = client.for_writing().mget(
        index=index, ids=wanted, source_includes=["digest", "number"]
    )
    return {
        one["_id"]: (one["_source"]["digest"], one["_source"]["number"])
        for one in answer["docs"]
        if one.get("found")
    }
