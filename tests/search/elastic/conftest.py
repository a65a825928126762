"""A live Elasticsearch, and an index of one's own on it."""

import pytest

from tests import elasticsearch_server
from tests.search.elastic.index import made


@pytest.fixture(scope="session")
def elasticsearch_url():
    """The server's address; without one the tests are skipped by name."""
    url = elasticsearch_server.running()
    if url is None:
        pytest.skip("no Elasticsearch answers: make elasticsearch")
    return url


@pytest.fixture
def index(elasticsearch_url):
    """An empty index under the alias that searches read, gone after the test."""
    with made(elasticsearch_url) as index:
        yield index
