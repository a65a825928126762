"""Documents that make the server fail, or a proxy before it, are set aside, and nothing else is."""

from datetime import UTC, datetime

import pytest

from cms.entries.models import Entry
from search.engines.elastic import client, lag, rebuilding
from search.engines.elastic.feeding import PATIENCE
from search.engines.elastic.models import DeadLetter
from tests.conftest import build_site
from tests.search.feeding.conftest import feed_all, indexed, records
from tests.search.feeding.proxies import HOLD, in_front

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow, pytest.mark.django_db]

POISON = "Empoisonneur"
LARGEST = 20_000
"""Bytes of a request that the proxy takes."""


@pytest.fixture(autouse=True)
def _site(db):
    build_site()


@pytest.mark.parametrize("verdict", [HOLD, 429, 500])
def test_a_document_that_always_fails_is_set_aside_alone(elastic, settings, monkeypatch, verdict):
    records(2)
    feeder = feed_all()
    monkeypatch.setattr(client, "WRITE_TIMEOUT", 2.0)
    with in_front(settings, poisoned(verdict)):
        records(1, start=1, title=POISON)
        records(3, start=2)
        for _ in range(PATIENCE):
            turn_at_once(feeder)
        assert feeder.failures == PATIENCE
        assert not DeadLetter.objects.exists()

        turn_at_once(feeder)

    assert [letter.key for letter in DeadLetter.objects.all()] == ["orders-1"]
    assert waiting() == 0
    found = indexed(elastic)
    assert {"orders-0", "orders-2", "orders-3", "orders-4"} <= found.keys()
    assert "orders-1" not in found  # nor its former state, which may have been for more readers


@pytest.mark.parametrize("verdict", [500, 413])
def test_nothing_is_set_aside_while_the_server_refuses_everything(elastic, settings, verdict):
    records(1)
    feeder = feed_all()
    with in_front(settings, bulks(verdict)):
        records(3, start=1)
        for _ in range(PATIENCE + 2):
            turn_at_once(feeder)

        assert not DeadLetter.objects.exists()
        assert waiting() == 3


def test_what_is_too_large_together_is_sent_one_by_one(elastic, settings):
    records(1)
    feeder = feed_all()
    with in_front(settings, sized):
        records(30, start=1, body="Douze présentoirs. " * 50)
        records(1, start=31, body="Trop long. " * LARGEST)
        feed_all(feeder)

    assert [letter.key for letter in DeadLetter.objects.all()] == ["orders-31"]
    assert "413" in DeadLetter.objects.get().reason
    assert {f"orders-{number}" for number in range(31)} <= indexed(elastic).keys()
    assert waiting() == 0


@pytest.mark.parametrize("verdict", [HOLD, 413])
def test_a_rebuild_goes_on_without_the_document_that_always_fails(
    elastic, settings, monkeypatch, verdict
):
    records(5)
    records(1, start=5, title=POISON)
    monkeypatch.setattr(client, "WRITE_TIMEOUT", 5.0)
    with in_front(settings, poisoned(verdict)):
        for _ in rebuilding.rebuild():
            pass

    assert [letter.key for letter in DeadLetter.objects.all()] == ["orders-5"]
    assert indexed(elastic).keys() == {*keys_stored()} - {"orders-5"}


def poisoned(verdict):
    """A proxy that does so with whatever has the word."""

    def judge(path, _headers, body):
        return verdict if "_bulk" in path and POISON.encode() in body else None

    return judge


def bulks(verdict):
    return lambda path, _headers, _body: verdict if "_bulk" in path else None


def sized(_path, _headers, body):
    return 413 if len(body) > LARGEST else None


def turn_at_once(feeder):
    """A turn, as if the pause were over."""
    feeder._not_before = 0.0
    feeder.turn()


def waiting():
    return lag.lag(at=datetime.now(UTC)).changes


def keys_stored():
    return Entry.objects.values_list("key", flat=True)
