"""What an engine searches, filled by hand: feeding is tested elsewhere."""

import secrets
from contextlib import contextmanager

from django.test import override_settings
from elasticsearch import helpers

from cms.entries.models import Cursor, FeedHead
from search import documents
from search.engines.elastic import client, lag, mapping


@contextmanager
def made(url):
    """An empty index under the alias that searches read, which the product uses. Gone behind it."""
    prefix = f"test-{secrets.token_hex(5)}"
    with override_settings(ELASTICSEARCH_URL=url, ELASTICSEARCH_PREFIX=prefix):
        index = Index()
        try:
            yield index
        finally:
            index.delete()


class Index:
    """An index of one's own on a live server."""

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
