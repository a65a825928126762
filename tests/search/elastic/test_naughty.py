"""Whatever is typed, the server answers it, and not the engine behind it."""

import time

import pytest

from cms.entries.models import Entry
from search import service
from search.engines import breaker
from search.service import Asked
from tests.search.test_naughty import found_by, generated

pytestmark = [pytest.mark.elasticsearch, pytest.mark.django_db]


@pytest.fixture
def reader(client, site, index):
    breaker.forget()
    made = found_by(client)
    index.file(Entry.objects.values_list("pk", flat=True))
    yield made
    breaker.forget()


@pytest.mark.slow
def test_five_thousand_queries_are_answered_by_the_server(reader, record_property):
    slowest = 0.0
    for text in generated():
        started = time.perf_counter()
        outcome = service.search(Asked(text=text, limit=5), reader)
        slowest = max(slowest, time.perf_counter() - started)
        service.suggest(text[:40], reader)

        assert (outcome.engine, outcome.is_degraded) == ("elasticsearch", False)
        assert breaker.state("elasticsearch").failures == 0
        assert outcome.found.count <= 32
    record_property("slowest_ms", round(slowest * 1000))


def test_a_text_that_the_server_refuses_would_be_seen(reader, index):
    index.delete()

    outcome = service.search(Asked(text="affiche", limit=5), reader)

    assert (outcome.engine, outcome.is_degraded) == ("embedded", True)
    assert breaker.state("elasticsearch").failures == 1
