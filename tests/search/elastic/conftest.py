"""An index of one's own on a live Elasticsearch."""

import pytest

from tests.search.elastic.index import made


@pytest.fixture
def index(elasticsearch_url):
    """An empty index under the alias that searches read, gone after the test."""
    with made(elasticsearch_url) as index:
        yield index
