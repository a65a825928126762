"""A live Elasticsearch, and an index of one's own on it."""

import secrets

import pytest
from elasticsearch import helpers

from cms.entries.models import Cursor, FeedHead
from search import documents
from search.engines.elastic import client, lag, mapping
from tests import elasticsearch_server


@pytest.fixture(scope="session")
def elasticsearch_url():
    """The server's address; without one the tests are skipped by name."""
    url = elasticsearch_server.running()
    if url is None:
        pytest.skip("no Elasticsearch answers: make elasticsearch")
    return url


@pytest.fixture
def index(elasticsearch_url, settings):
    """An empty index under the alias that searches read, gone after the test."""
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.ELASTICSEARCH_PREFIX = f"test-{secrets.token_hex(5)}"
    made = Index()
    yield made
    made.delete()


class Index:
    """What an engine searches, filled by hand: feeding is tested elsewhere."""

    def __init__(self):
        self.name = f"{client.read_alias()}-1"
        self.server = client.for_writing()
        self.server.indices.create(
            index=self.name,
            settings={**mapping.settings(), "refresh_interval": "-1"},
            mappings=mapping.mapping(),
            aliases={client.read_alias(): {}},
        )

    def file(self, entry_ids):
        """Index these entries as they are stored now."""
        self.put(documents.of(entry_ids))

    def put(self, found):
        helpers.bulk(
            self.server,
            (
                {"_index": self.name, "_id": one.key, "_source": mapping.document_of(one, 1)}
                for one in found
            ),
            refresh=True,
        )
        # As if it had been fed: what is pending does not count.
        Cursor.objects.update_or_create(
            consumer=lag.CONSUMER, defaults={"number": FeedHead.objects.get().last}
        )

    def empty(self):
        self.server.delete_by_query(index=self.name, query={"match_all": {}}, refresh=True)

    def delete(self):
        self.server.options(ignore_status=404).indices.delete(index=self.name)
