"""A live Elasticsearch. Every test has indices of its own, which it leaves nothing of."""

import secrets
from datetime import UTC, datetime

import pytest
from elasticsearch import Elasticsearch

from cms.entries import ingest
from search.engines import breaker
from search.engines.elastic import checking, client
from search.engines.elastic.feeding import Feeder
from tests import elasticsearch_server
from tests.elasticsearch_server import Server, Unavailable
from tests.ports import free_port


@pytest.fixture(autouse=True)
def _fresh_breaker():
    """What one test saw of a server is nothing to another."""
    breaker.forget()
    yield
    breaker.forget()


@pytest.fixture
def elastic(settings, elasticsearch_url):
    """The product uses the server, under a name of its own."""
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.ELASTICSEARCH_PREFIX = f"test-{secrets.token_hex(4)}"
    server = Elasticsearch(elasticsearch_url, request_timeout=30)
    yield server
    remove_indices(server, settings.ELASTICSEARCH_PREFIX)
    server.close()


@pytest.fixture(scope="session")
def own_server():
    """A server that a test may kill."""
    if elasticsearch_server.unpacked() is None:
        pytest.skip("no server to start of one's own: make elasticsearch")
    # It lives too short for the better compiler to pay.
    server = Server(free_port(), heap="512m", options="-XX:TieredStopAtLevel=1")
    server.stop()
    server.wipe()
    try:
        server.start()
    except Unavailable as lack:
        pytest.skip(str(lack))
    yield server
    server.stop()
    server.wipe()


@pytest.fixture
def own(settings, own_server):
    """The product uses a server that a test may kill."""
    own_server.start()
    settings.ELASTICSEARCH_URL = own_server.url
    settings.ELASTICSEARCH_PREFIX = f"test-{secrets.token_hex(4)}"
    return own_server


def remove_indices(server, prefix):
    for name in server.indices.get(index=f"{prefix}*", expand_wildcards="all"):
        server.options(ignore_status=404).indices.delete(index=name)


def records(count, *, start=0, **fields):
    """Store records and say their keys."""
    raws = [record(number, **fields) for number in range(start, start + count)]
    for place in range(0, count, 500):
        stored = ingest.store("orders", raws[place : place + 500], at=datetime.now(UTC))
        assert not [result for result in stored if result.status == "refused"], stored[0]
    return [f"orders-{number}" for number in range(start, start + count)]


def record(number, **fields):
    return {
        "id": str(number),
        "type": "order",
        "locale": "fr",
        "title": f"Commande {number}",
        "body": "Douze présentoirs pour la salle de L’Estaque.",
        "topics": ["presentoirs"],
        "readers": [],
        "published_at": "2026-11-20T09:00:00Z",
        **fields,
    }


def delete(*numbers):
    raws = [{"id": str(number), "deleted": True} for number in numbers]
    ingest.store("orders", raws, at=datetime.now(UTC))


def feed_all(feeder=None):
    """Feed until there is no more."""
    feeder = feeder or Feeder()
    while feeder.turn():
        pass
    return feeder


def drift():
    """What ``search verify`` finds."""
    found = checking.Drift()
    for _ in checking.compare(found):
        pass
    return found


def indexed(server):
    """The documents that searches find, by key."""
    server.indices.refresh(index=client.read_alias())
    hits = server.search(index=client.read_alias(), size=10_000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}
