"""Writing documents in bulk, and telling apart what was written, refused and not possible now."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F
from elasticsearch import ApiError, TransportError, helpers

from cms.entries.models import Entry
from search import documents
from search.engines.elastic import client, indices
from search.engines.elastic.mapping import document_of
from search.engines.elastic.models import DeadLetter

logger = logging.getLogger(__name__)

Json = dict[str, Any]

CHUNK = 200
CHUNK_BYTES = 5 * 1024 * 1024
REASON = 500
NOT_NOW = frozenset({401, 403, 408, *client.TRY_AGAIN})
"""403 is what a read-only index says, on a disk that is nearly full."""


class NotNow(Exception):
    """The server cannot be written to at present: nothing is wrong with the documents."""


class TargetLost(Exception):
    """An index to write to is not there, or no longer under this name."""

    def __init__(self, alias: str) -> None:
        super().__init__(alias)
        self.alias = alias


@dataclass(slots=True)
class Written:
    """How a batch went. ``refused`` has the server's reasons by key."""

    keys: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


def write(
    numbers: Mapping[str, int], targets: Sequence[str], *, is_patient: bool = True
) -> Written:
    """Bring these keys up to the present state of the database, in every target.

    ``numbers`` gives each key the version to write it at, and a version that the index has already
    passed is no error. The state is read here, after the versions were known. What the server
    refuses is deleted there: the refused document may be the one that closes a gate. A document
    that makes the server fail (500) is refused only without patience: mostly the server is at
    fault. Raises ``NotNow``, ``TargetLost``.
    """
    found = _documents(numbers)
    written = _send(_actions(numbers, found, targets), is_patient=is_patient)
    if written.refused and client.write_alias() in targets and indices.is_outdated():
        raise NotNow(
            "The index is of another release, and does not take this one's: search rebuild"
        )
    if written.refused:
        refused = {key: numbers[key] for key in written.refused}
        _send(_actions(refused, {}, targets), is_patient=True)
    return written


def _documents(numbers: Mapping[str, int]) -> dict[str, Json]:
    ids = Entry.objects.filter(key__in=list(numbers)).values_list("pk", flat=True)
    return {one.key: document_of(one, numbers[one.key]) for one in documents.of(ids)}


def _actions(
    numbers: Mapping[str, int], found: Mapping[str, Json], targets: Sequence[str]
) -> Iterator[Json]:
    for key, number in numbers.items():
        for target in targets:
            action = {
                "_index": target,
                "_id": key,
                "version": number,
                # Equal is well: what is read later for the same change is no older.
                "version_type": "external_gte",
            }
            if key in found:
                yield {**action, "_op_type": "index", "_source": found[key]}
            else:
                yield {**action, "_op_type": "delete"}


def _send(actions: Iterable[Json], *, is_patient: bool) -> Written:
    written = Written()
    sent = helpers.streaming_bulk(
        client.for_writing(),
        actions,
        # Without it an alias that is gone would be made into an index that knows no mapping.
        require_alias=True,
        chunk_size=CHUNK,
        max_chunk_bytes=CHUNK_BYTES,
        raise_on_error=False,
        raise_on_exception=False,
        max_retries=3,
        initial_backoff=0.25,
        max_backoff=2,
        retry_on_status=client.TRY_AGAIN,
    )
    try:
        for is_written, told in sent:
            item = next(iter(told.values()))
            if is_written or _is_fine(item):
                written.keys.add(item["_id"])
            else:
                written.refused[item["_id"]] = _refusal(item, is_patient=is_patient)
    except (ApiError, TransportError) as error:
        raise NotNow(client.in_words(error)) from error
    return written


def _is_fine(item: Json) -> bool:
    """Whether the index has passed this version, or had nothing to delete."""
    return item.get("status") == 409 or (item.get("status") == 404 and "error" not in item)


def _refusal(item: Json, *, is_patient: bool) -> str:
    """The reason why one document was refused. Raises where it is not the document's fault."""
    status, error = item.get("status"), item.get("error")
    type_ = error.get("type", "") if isinstance(error, dict) else str(error)
    reason = _reason(error)
    if type_ == "index_not_found_exception":
        raise TargetLost(item.get("_index", ""))
    if status in NOT_NOW or not isinstance(status, int) or (status >= 500 and is_patient):
        raise NotNow(f"{status} {type_}: {reason}"[:REASON])
    return reason


def _reason(error: Any) -> str:
    """What went wrong and why, the innermost cause last."""
    said: list[str] = []
    while isinstance(error, dict):
        said.append(str(error.get("reason", "")))
        error = error.get("caused_by")
    return (": ".join(filter(None, dict.fromkeys(said))) or str(error))[:REASON]


def note(written: Written, numbers: Mapping[str, int], *, at: datetime) -> None:
    """Keep what was refused for people to see, and forget what is written by now."""
    letters = DeadLetter.objects.filter(key__in=[*numbers])
    known = set(letters.values_list("key", flat=True))
    healed = known & (written.keys - written.refused.keys())
    if healed:
        DeadLetter.objects.filter(key__in=healed).delete()
    for key, reason in written.refused.items():
        logger.error("search_document_refused key=%s reason=%s", key, reason)
        fresh = {"number": numbers[key], "reason": reason, "at": at}
        if key in known:
            DeadLetter.objects.filter(key=key).update(tries=F("tries") + 1, **fresh)
        else:
            DeadLetter.objects.update_or_create(key=key, defaults=fresh)
