"""The same on a live Elasticsearch."""

import pytest

from tests.search.worthy import ALL


@pytest.mark.elasticsearch
@pytest.mark.django_db
@pytest.mark.parametrize("holds", ALL)
def test_on_elasticsearch(holds, index):
    holds(index.file)
