"""Which engine answers: Elasticsearch while it can, and the embedded one in the same request."""

import socket
import threading
from contextlib import contextmanager

import pytest

from cms.accounts import identity
from cms.entries import ingest
from cms.entries.models import Change, Entry
from search import correction, service
from search.contract import Filters
from search.engines import breaker
from search.engines.elastic import lag
from search.engines.embedded import engine, filing
from search.service import Asked
from tests.ports import free_port

TERMS = 20


@pytest.fixture(autouse=True)
def _fresh():
    breaker.forget()
    for module in (filing, engine, correction):
        module.forget()
    yield
    breaker.forget()


@pytest.fixture
def reader(client, site):
    ids = publish("affiche", "bobine")
    made = identity.reader_of(client.get("/").wsgi_request)
    assert len(ids) == 2
    return made


def publish(*titles, start=0):
    sent = [
        {"id": f"n{start + number}", "type": "sheet", "locale": "fr", "title": title, "readers": []}
        for number, title in enumerate(titles)
    ]
    return [one.key for one in ingest.store("src", sent, at=identity.now())]


def file_all(index):
    index.file(Entry.objects.values_list("pk", flat=True))


def ask(text, reader):
    return service.search(Asked(text=text), reader)


def answered_by(outcome):
    return outcome.engine, outcome.is_degraded, outcome.found.count


@pytest.mark.elasticsearch
@pytest.mark.django_db
class TestWithAServer:
    def test_it_answers(self, index, reader):
        file_all(index)

        assert answered_by(ask("affiche", reader)) == ("elasticsearch", False, 1)

    def test_both_engines_say_the_same(self, index, reader):
        file_all(index)

        here, there = (
            service.search(Asked(text="affiche bobine"), reader, engine=name)
            for name in service.engines()
        )

        assert {hit.key for hit in here.found.hits} == {hit.key for hit in there.found.hits}
        assert here.found.facets == there.found.facets
        assert (here.found.count, here.found.missing) == (there.found.count, there.found.missing)

    def test_what_it_does_not_know_yet_does_not_count(self, index, reader):
        file_all(index)
        publish("affiche de nouveau", "autre", start=0)  # the old state is still in the index

        outcome = ask("affiche", reader)

        assert answered_by(outcome) == ("elasticsearch", False, 0)
        assert outcome.found.facets["type"] == ()

    def test_an_index_that_was_emptied_does_not_answer(self, index, reader):
        file_all(index)
        index.empty()

        assert answered_by(ask("affiche", reader)) == ("embedded", True, 1)
        assert not breaker.state("elasticsearch").failures

    def test_where_there_is_nothing_to_find_an_empty_index_is_well(self, index, reader):
        Entry.objects.all().delete()
        Change.objects.all().delete()

        assert answered_by(ask("affiche", reader)) == ("elasticsearch", False, 0)

    def test_an_index_that_is_many_changes_behind_does_not_answer(self, index, reader):
        file_all(index)
        publish(*["autre"] * lag.MOST_PENDING, start=10)
        assert answered_by(ask("affiche", reader)) == ("elasticsearch", False, 1)
        publish("encore", start=10)

        assert answered_by(ask("affiche", reader)) == ("embedded", True, 1)
        assert not breaker.state("elasticsearch").failures

    def test_a_question_that_it_refuses_is_answered_and_leaves_it_in_use(self, index, reader):
        file_all(index)
        index.server.indices.put_settings(
            index=index.name, settings={"index.max_terms_count": TERMS}
        )
        long = Filters(types=("sheet", *(f"type-{number}" for number in range(TERMS))))

        for _ in range(breaker.FAILURES + 1):
            outcome = service.search(Asked(text="affiche", filters=long), reader)
            assert answered_by(outcome) == ("embedded", True, 1)

        assert answered_by(ask("affiche", reader)) == ("elasticsearch", False, 1)

    def test_an_index_that_is_gone_does_not_answer(self, index, reader):
        file_all(index)
        index.delete()

        assert answered_by(ask("affiche", reader)) == ("embedded", True, 1)

    def test_a_correction_is_the_same(self, index, reader):
        file_all(index)

        outcome = ask("bobime", reader)

        assert (outcome.engine, outcome.correction.query) == ("elasticsearch", "bobine")


@pytest.mark.django_db
class TestWithoutOne:
    def test_nobody_listens(self, settings, reader):
        settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{free_port()}"

        assert answered_by(ask("affiche", reader)) == ("embedded", True, 1)
        assert [one.title for one in service.suggest("aff", reader)] == ["affiche"]

    def test_a_server_that_accepts_and_never_answers(self, settings, reader):
        with silent_server() as port:
            settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{port}"

            assert answered_by(ask("affiche", reader)) == ("embedded", True, 1)

    def test_after_three_failures_it_is_left_alone(self, settings, reader):
        with counting_server() as (port, calls):
            settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{port}"
            for _ in range(10):
                assert answered_by(ask("affiche", reader)) == ("embedded", True, 1)

            assert len(calls) == breaker.FAILURES

    def test_the_api_says_so(self, settings, reader, api):
        settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{free_port()}"

        answer = api.get("search?q=affiche").json()

        assert (answer["engine"], answer["degraded"], answer["count"]) == ("embedded", True, 1)


@contextmanager
def silent_server():
    """Takes connections into its queue and does nothing with them."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listening:
        yield listening.getsockname()[1]


@contextmanager
def counting_server():
    """Answers every call with 500, and notes it."""
    calls = []
    body = b'{"error":{"type":"broken","reason":"on purpose"},"status":500}'
    head = b"HTTP/1.1 500 Broken\r\nX-Elastic-Product: Elasticsearch\r\nConnection: close\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)

    def serve(listening):
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                calls.append(connection.recv(65536))
                connection.sendall(head + body)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=[listening], daemon=True).start()
        yield listening.getsockname()[1], calls
