"""The client of the Elasticsearch server that the settings name, and what that server can do."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import get_random_string
from elasticsearch import ApiError, Elasticsearch, TransportError
from elasticsearch.serializer import OrjsonSerializer

from search.contract import EngineFailed
from search.engines.elastic import mapping
from search.engines.elastic.failures import failure

SEARCH_TIMEOUT = 2.0
"""Seconds. A search is not tried again: the embedded engine answers instead."""
WRITE_TIMEOUT = 30.0
QUICK_TIMEOUT = 5.0
TRY_AGAIN = (429, 502, 503, 504)


def is_enabled() -> bool:
    return bool(settings.ELASTICSEARCH_URL)


def read_alias() -> str:
    """The name under which searches find the index."""
    return f"{settings.ELASTICSEARCH_PREFIX}-read"


def write_alias() -> str:
    return f"{settings.ELASTICSEARCH_PREFIX}-write"


def building_alias() -> str:
    """The name of the index that a rebuild is filling."""
    return f"{settings.ELASTICSEARCH_PREFIX}-building"


def for_searching() -> Elasticsearch:
    """The client, with little patience."""
    return _client(SEARCH_TIMEOUT)


def for_asking() -> Elasticsearch:
    """The client for quick questions about the server and its indices."""
    return _client(QUICK_TIMEOUT)


def for_writing() -> Elasticsearch:
    """The client for work that takes its time. Who writes also knows when to try again."""
    return _client(WRITE_TIMEOUT)


@contextmanager
def failing() -> Iterator[None]:
    """Turn the client's errors into ``EngineFailed``, in words for an operator."""
    try:
        yield
    except (ApiError, TransportError) as error:
        status = error.status_code if isinstance(error, ApiError) else None
        raise failure(status, in_words(error)) from error


def in_words(error: Exception) -> str:
    """An error in one line, without the address, which may hold a password."""
    if isinstance(error, ApiError):
        body = error.body if isinstance(error.body, dict) else {}
        cause = body.get("error")
        reason = cause.get("reason") if isinstance(cause, dict) else cause
        return f"{error.status_code} {error.message} {reason or ''}".strip()[:300]
    return type(error).__name__


def _client(timeout: float) -> Elasticsearch:
    """The client that the settings describe. Raises ``EngineFailed`` where they describe none."""
    url, authority = settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_CA
    try:
        return _waiting(timeout, url, settings.ELASTICSEARCH_API_KEY, authority)
    except (ValueError, OSError):
        # The words of the error may hold the address, and with it a password.
        raise EngineFailed(_fault_of(url, authority)) from None


def _fault_of(url: str, authority: str) -> str:
    """Which setting it is that no client can be made of."""
    if not _is_address(url):
        return "ELASTICSEARCH_URL is no address with scheme, host and port."
    if authority:
        return "ELASTICSEARCH_CA names no readable file of certificates, or the address is http."
    return "ELASTICSEARCH_URL is an address that the client cannot use."


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else None)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and bool(port)


@cache
def _waiting(timeout: float, url: str, api_key: str, authority: str) -> Elasticsearch:
    """The one client of a server, with so much patience. Options make some fifty objects."""
    return _made(url, api_key, authority).options(request_timeout=timeout, max_retries=0)


@cache
def _made(url: str, api_key: str, authority: str) -> Elasticsearch:
    """Raises ``ValueError``, ``OSError``, also for what the client would see only when it asks."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(url)
    further: dict[str, Any] = {}
    if api_key:
        further["api_key"] = api_key
    if authority:
        ssl.create_default_context(cafile=authority)
        further["ca_certs"] = authority
    # It reads and writes in half the time of the one that the client comes with.
    quick = OrjsonSerializer()
    return Elasticsearch(
        url, serializer=quick, retry_on_timeout=False, sniff_on_start=False, **further
    )


def missing_abilities() -> list[str]:
    """What the server cannot do that we need, found by trying it. Raises ``EngineFailed``.

    Versions and flavours are no help: servers are built with and without modules.
    """
    with failing():
        missing = [*_missing_analysers()]
        if not missing:
            missing += _missing_queries()
    return missing


def _missing_analysers() -> Iterator[str]:
    analysis = mapping.settings()["analysis"]
    for name, analyzer in analysis["analyzer"].items():
        tokenizer = analyzer["tokenizer"]
        try:
            for_asking().indices.analyze(
                char_filter=[analysis["char_filter"][one] for one in analyzer["char_filter"]],
                tokenizer=analysis["tokenizer"].get(tokenizer, tokenizer),
                filter=[analysis["filter"].get(one, one) for one in analyzer["filter"]],
                text="L’œuvre DCP-2K",
            )
        except ApiError as error:
            if error.status_code in TRY_AGAIN:
                raise
            yield f"analyser {name}: {in_words(error)}"


def _missing_queries() -> Iterator[str]:
    """Try mapping, ranking and paging on an index that lives for a moment."""
    name = (
        f"{settings.ELASTICSEARCH_PREFIX}-probe-{get_random_string(8, 'abcdefghijkmnpqrstuvwxyz')}"
    )
    asking = for_writing()
    try:
        asking.indices.create(
            index=name, settings={"index": mapping.settings()}, mappings=mapping.mapping()
        )
        for what, query in _QUERIES.items():
            try:
                asking.search(index=name, **query)
            except ApiError as error:
                yield f"{what}: {in_words(error)}"
        paging = asking.open_point_in_time(index=name, keep_alive="10s")
        asking.close_point_in_time(id=paging["id"])
    except ApiError as error:
        if error.status_code in TRY_AGAIN:
            raise
        yield in_words(error)
    finally:
        asking.options(ignore_status=404).indices.delete(index=name)


_QUERIES: dict[str, dict[str, Any]] = {
    "combined_fields": {
        "query": {"combined_fields": {"query": "x", "fields": ["title.fr^2", "text.fr"]}}
    },
    "highlights": {
        "query": {"match": {"text.fr": "x"}},
        "highlight": {"type": "unified", "encoder": "html", "fields": {"text.fr": {}}},
    },
    "parts": {"query": {"nested": {"path": "parts", "query": {"term": {"parts.gate": 1}}}}},
    "facets": {"aggs": {"types": {"terms": {"field": "type"}}}},
}
