"""The indices on the server: made, renamed in one step, told apart from what others left there."""

import logging
import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string
from elasticsearch import ApiError, ConnectionTimeout

from search.engines.elastic import client, mapping
from search.engines.elastic.failures import FORBIDDEN
from search.engines.elastic.models import ElasticIndex

logger = logging.getLogger(__name__)
State = ElasticIndex.State

LOOKS_EVERY = 1.0
"""Seconds of merging. 100,000 entries take some ten."""
KEPT = timedelta(days=1)
"""How long the previous index stays after a rebuild."""
LETTERS = "abcdefghijkmnpqrstuvwxyz"


def new_name(at: datetime) -> str:
    """A name such as ``fil-rouge-20260203040506-abcd``."""
    return f"{settings.ELASTICSEARCH_PREFIX}-{at:%Y%m%d%H%M%S}-{get_random_string(4, LETTERS)}"


def targets() -> list[str]:
    """The aliases to write to. During a rebuild there are two."""
    is_building = ElasticIndex.objects.filter(state=State.BUILDING).exists()
    return [client.write_alias(), *([client.building_alias()] if is_building else [])]


def holding(alias: str) -> set[str]:
    """The indices behind an alias."""
    answer = client.for_asking().options(ignore_status=404).indices.get_alias(name=alias)
    return set() if answer.meta.status == 404 else set(answer)


def are_there() -> bool:
    """Whether searches and workers have an index."""
    return bool(holding(client.read_alias())) and bool(holding(client.write_alias()))


def ours() -> set[str]:
    """The indices on the server that a rebuild of this installation made."""
    prefix = re.escape(settings.ELASTICSEARCH_PREFIX)
    pattern = re.compile(rf"{prefix}-(\d{{14}}-[a-z]{{4}}|probe-[a-z]{{8}})")
    found = client.for_asking().indices.get(
        index=f"{settings.ELASTICSEARCH_PREFIX}-*", filter_path="*.settings.index.uuid"
    )
    return {name for name in found if pattern.fullmatch(name)}


def create(at: datetime) -> ElasticIndex:
    """A new index, which every worker writes to from now on."""
    name = new_name(at)
    client.for_writing().indices.create(
        index=name,
        settings={
            "index": {
                **mapping.settings(replicas=settings.ELASTICSEARCH_REPLICAS),
                "refresh_interval": "-1",  # nobody searches it yet
            }
        },
        mappings=mapping.mapping(),
        aliases={client.building_alias(): {}},
    )
    return ElasticIndex.objects.create(name=name, state=State.BUILDING, at=at)


def settle(name: str) -> Iterator[None]:
    """Make an index that was just filled as quick as it gets. Yields now and then until it is.

    A search walks through every segment: of 35 that a load of 100,000 left, one made it a third
    quicker. What is written meanwhile, and later, makes new ones beside it, so nobody asks a second
    time. A key that may not merge leaves them to the server.
    """
    asking = client.for_writing()
    often = mapping.settings()["refresh_interval"]
    asking.indices.put_settings(index=name, settings={"refresh_interval": often})
    try:
        quickly = asking.options(request_timeout=LOOKS_EVERY)
        quickly.indices.forcemerge(index=name, max_num_segments=1)
    except ConnectionTimeout:
        yield  # the server goes on
        while _is_merging(name):
            yield
            time.sleep(LOOKS_EVERY)
    except ApiError as error:
        if error.status_code not in FORBIDDEN:
            raise
        logger.info("search_index_not_merged name=%s reason=%s", name, client.in_words(error))


def _is_merging(name: str) -> bool:
    found = client.for_asking().indices.stats(index=name, metric="merge")
    return bool(found["_all"]["primaries"]["merges"]["current"])


def swap(index: ElasticIndex, *, at: datetime) -> None:
    """Let searches and workers use this index instead of the one before, at one moment."""
    reading, writing = client.read_alias(), client.write_alias()
    actions: list[dict[str, Any]] = []
    for alias in (reading, writing):
        for old in holding(alias) - {index.name}:
            actions.append({"remove": {"index": old, "alias": alias}})
        if _is_an_index(alias):
            # Something wrote to the alias while it was gone.
            actions.append({"remove_index": {"index": alias}})
        actions.append({"add": {"index": index.name, "alias": alias}})
    actions.append({"remove": {"index": index.name, "alias": client.building_alias()}})
    client.for_writing().indices.update_aliases(actions=actions)
    _promote(index.name, at=at)


def reconcile(*, at: datetime) -> None:
    """Make our list agree with the server, after a process died between the two."""
    live, building = holding(client.read_alias()), holding(client.building_alias())
    for index in ElasticIndex.objects.filter(state=State.BUILDING):
        if index.name in live:
            _promote(index.name, at=at)
        elif index.name not in building:
            index.delete()
    ElasticIndex.objects.filter(state=State.LIVE).exclude(name__in=live).delete()


def drop_half_built() -> list[str]:
    """Remove what a rebuild left that did not end. Returns the names."""
    kept = holding(client.read_alias()) | holding(client.write_alias())
    kept |= set(ElasticIndex.objects.filter(state=State.PREVIOUS).values_list("name", flat=True))
    return _drop(ours() - kept)


def drop_previous(*, at: datetime) -> list[str]:
    """Remove the indices of a rebuild long enough ago. Returns the names."""
    old = ElasticIndex.objects.filter(state=State.PREVIOUS, at__lt=at - KEPT)
    names = set(old.values_list("name", flat=True))
    return _drop(names - holding(client.read_alias())) if names else []


def is_outdated() -> bool:
    """Whether the index was made with another mapping than this release has."""
    alias = client.read_alias()
    found = client.for_asking().options(ignore_status=404).indices.get_mapping(index=alias)
    if found.meta.status == 404:
        return False
    hashes = {one["mappings"].get("_meta", {}).get("hash") for one in found.values()}
    return hashes != {mapping.mapping_hash()}


def _is_an_index(name: str) -> bool:
    asking = client.for_asking()
    return bool(asking.indices.exists(index=name)) and not asking.indices.exists_alias(name=name)


@transaction.atomic
def _promote(name: str, *, at: datetime) -> None:
    """Write down what the aliases say."""
    ElasticIndex.objects.filter(state=State.LIVE).exclude(name=name).update(
        state=State.PREVIOUS, at=at
    )
    ElasticIndex.objects.filter(name=name).update(state=State.LIVE, at=at)


def _drop(names: Iterable[str]) -> list[str]:
    dropped = sorted(names)
    for name in dropped:
        client.for_writing().options(ignore_status=404).indices.delete(index=name)
    ElasticIndex.objects.filter(name__in=dropped).delete()
    return dropped
