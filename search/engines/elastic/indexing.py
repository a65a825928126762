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
from search.engines.elastic.failures import FORBIDDEN, OF_THE_REQUEST
from search.engines.elastic.mapping import document_of
from search.engines.elastic.models import DeadLetter

logger = logging.getLogger(__name__)

Json = dict[str, Any]

CHUNK = 200
CHUNK_BYTES = 5 * 1024 * 1024
REASON = 500
NOT_NOW = frozenset({408, *client.TRY_AGAIN})


class NotNow(Exception):
    """The server cannot be written to at present: most likely nothing is wrong with documents."""


class Forbidden(NotNow):
    """Nobody may write at present, whatever it is."""


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
    refuses is deleted there: the refused document may be the one that closes a gate.

    Documents are sent one by one if the server refused them together, or without patience. What
    makes it fail even alone is refused then, if it takes a deletion at the same moment: otherwise
    the server is at fault. Raises ``NotNow``, ``TargetLost``.
    """
    written = Written()
    alone: Iterable[str] = numbers
    if is_patient:
        alone = _send(_actions(numbers, targets), written)
        _take_out(written.refused, numbers, targets)
    for key in sorted(alone):
        _write_one(key, numbers[key], targets, written)
    return written


def show(targets: Sequence[str]) -> None:
    """Let searches find what was written until now. Raises ``NotNow``.

    Until then they find documents by their former gates.
    """
    try:
        # An index that went away is missed by whoever writes next.
        answer = client.for_writing().indices.refresh(
            index=",".join(targets), ignore_unavailable=True
        )
    except (ApiError, TransportError) as error:
        raise NotNow(client.in_words(error)) from error
    if failed := answer["_shards"]["failed"]:
        raise NotNow(f"{failed} shards cannot be refreshed")


def _write_one(key: str, number: int, targets: Sequence[str], written: Written) -> None:
    numbers, one = {key: number}, Written()
    try:
        one.refused |= _send(_actions(numbers, targets), one)
    except Forbidden:
        raise
    except NotNow as reason:
        one.refused[key] = str(reason)
    _take_out(one.refused, numbers, targets)
    written.keys |= one.keys
    written.refused |= one.refused


def _take_out(keys: Iterable[str], numbers: Mapping[str, int], targets: Sequence[str]) -> None:
    """Delete what was refused. Raises ``NotNow`` where that is refused as well."""
    refused = {key: numbers[key] for key in keys}
    if not refused:
        return
    if client.write_alias() in targets and indices.is_outdated():
        raise NotNow(
            "The index is of another release, and does not take this one's: search rebuild"
        )
    gone = Written()
    deletions = (_deletion(*one, target) for one in refused.items() for target in targets)
    if _send(deletions, gone) or gone.refused:
        raise NotNow("The server takes no deletions")


def _actions(numbers: Mapping[str, int], targets: Sequence[str]) -> Iterator[Json]:
    """What to send, read while it is sent: texts of files would not fit in memory together."""
    entries = Entry.objects.filter(key__in=list(numbers))
    keys = {id_: key for key, id_ in entries.values_list("key", "pk")}
    gone = numbers.keys() - set(keys.values())
    for some in documents.in_batches(sorted(keys)):
        missing = {keys[id_] for id_ in some}
        for one in documents.of(some):
            missing.discard(one.key)
            source = document_of(one, numbers[one.key])
            for target in targets:
                action = _versioned(one.key, numbers[one.key], target)
                yield {**action, "_op_type": "index", "_source": source}
        gone |= missing
    for key in sorted(gone):
        for target in targets:
            yield _deletion(key, numbers[key], target)


def _deletion(key: str, number: int, target: str) -> Json:
    return {**_versioned(key, number, target), "_op_type": "delete"}


def _versioned(key: str, number: int, target: str) -> Json:
    # Equal is well: what is read later for the same change is no older.
    return {"_index": target, "_id": key, "version": number, "version_type": "external_gte"}


def _send(actions: Iterable[Json], written: Written) -> dict[str, str]:
    """Send in chunks and note in ``written`` how each document went.

    Returns the keys whose chunk was refused as a whole, with the reasons. Raises ``NotNow``,
    ``TargetLost``.
    """
    together: dict[str, str] = {}
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
            elif isinstance(item.get("exception"), ApiError):
                together[item["_id"]] = _refusal_of_all(item["exception"])
            else:
                written.refused[item["_id"]] = _refusal(item)
    except (ApiError, TransportError) as error:
        raise NotNow(client.in_words(error)) from error
    return together


def _is_fine(item: Json) -> bool:
    """Whether the index has passed this version, or had nothing to delete."""
    return item.get("status") == 409 or (item.get("status") == 404 and "error" not in item)


def _refusal_of_all(error: ApiError) -> str:
    """The reason why a request was refused. Raises unless a document of it may be at fault."""
    reason = client.in_words(error)
    if error.status_code in FORBIDDEN:
        raise Forbidden(reason)
    if error.status_code not in OF_THE_REQUEST:  # for one of its documents, or for them together
        raise NotNow(reason)
    return reason


def _refusal(item: Json) -> str:
    """The reason why one document was refused. Raises where it is not the document's fault."""
    status, error = item.get("status"), item.get("error")
    type_ = error.get("type", "") if isinstance(error, dict) else str(error)
    reason = _reason(error)
    if type_ == "index_not_found_exception":
        raise TargetLost(item.get("_index", ""))
    told = f"{status} {type_}: {reason}"[:REASON]
    if status in FORBIDDEN:
        raise Forbidden(told)
    if status in NOT_NOW or not isinstance(status, int) or status >= 500:
        raise NotNow(told)
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
