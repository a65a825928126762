"""Searching while entries change: nothing counts by its former gate, all is found by its words."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import RequestFactory

from cms.accounts import identity
from search import documents, service
from search.contract import Filters
from search.engines.elastic import client, lag
from search.service import Asked
from tests.conftest import build_site
from tests.search.feeding.conftest import drift, feed_all, records
from tests.search.feeding.proxies import in_front

pytestmark = [pytest.mark.elasticsearch, pytest.mark.django_db]

SLOWLY = {"index": {"refresh_interval": "30s"}}


@pytest.fixture(autouse=True)
def _site(db):
    build_site()


def test_what_was_closed_counts_nowhere_though_the_index_shows_changes_late(elastic, press):
    records(3, title="Affiche", parts=[part("barème")])
    feeder = feed_all()
    elastic.indices.put_settings(index=client.write_alias(), settings=SLOWLY)
    before = ask("affiche")
    assert (before.engine, before.found.count) == ("elasticsearch", 3)
    assert ask("barème").found.count == 3

    records(1, title="Affiche", parts=[part("barème", "Presse")])
    records(1, start=1, title="Affiche", readers=[["Presse"]], parts=[part("barème")])
    feed_all(feeder)

    after = ask("affiche")
    assert (after.engine, after.found.count) == ("elasticsearch", 2)
    assert [one.count for one in after.found.facets["type"]] == [2]
    assert ask("barème").found.count == 1
    records(1, start=2, title="Affiche", readers=[["Presse"]])
    feed_all(feeder)
    closed = ask("barème")
    assert (closed.engine, closed.found.count, closed.found.missing) == (
        "elasticsearch",
        0,
        {"barème"},
    )


def test_what_was_opened_and_written_is_found_as_soon_as_it_is_fed(elastic):
    records(1, readers=[])
    feeder = feed_all()
    elastic.indices.put_settings(index=client.write_alias(), settings=SLOWLY)

    records(1, start=1, title="Nouveauté")
    feed_all(feeder)

    found = ask("nouveauté")
    assert (found.engine, found.found.count) == ("elasticsearch", 1)


def test_what_cannot_be_shown_yet_still_waits(elastic, settings):
    records(1)
    feeder = feed_all()
    records(1, title="Changée")
    with in_front(settings, no_refresh):
        feed_all(feeder)
        assert lag.pending(at=identity.now()) == ["orders-0"]

    feeder._not_before = 0.0
    feed_all(feeder)
    assert lag.pending(at=identity.now()) == []


@pytest.mark.parametrize("is_read_only", [True, False])
def test_what_waits_for_long_is_found_by_the_embedded_engine(elastic, is_read_only):
    """Where the index is read-only, or no worker runs."""
    records(2, title="Affiche")
    feeder = feed_all()
    block(elastic, is_read_only)
    records(1, title="Bobine")
    if is_read_only:
        feed_all(feeder)
        assert feeder.failures

    # What was just changed is on its way: the index leaves it out.
    assert told(ask("bobine affiche")) == ("elasticsearch", False, 1)
    later = timedelta(seconds=11)
    assert told(ask("bobine", later=later)) == ("embedded", True, 1)
    assert told(ask("affiche", later=later)) == ("embedded", True, 1)
    suggested = answered(lambda one: service.suggest("bob", one), later)
    assert [one.title for one in suggested] == ["Bobine"]

    block(elastic, False)
    feeder._not_before = 0.0
    feed_all(feeder)
    assert told(ask("bobine", later=later)) == ("elasticsearch", False, 1)


def test_texts_of_files_are_read_some_entries_at_a_time(elastic, monkeypatch):
    """Each may have ten million characters: a whole batch would not fit in memory."""
    records(6, parts=[part("barème " * 1000)])
    monkeypatch.setattr(documents, "AT_ONCE", 15_000)
    read = watch(monkeypatch)

    feed_all()
    assert max(read) == 2
    read.clear()
    assert not drift().keys

    assert max(read) == 2


def block(server, is_read_only):
    blocks = {"index.blocks.write": is_read_only}
    server.indices.put_settings(index=client.write_alias(), settings=blocks)


def watch(monkeypatch):
    """How many entries were read at once, each time."""
    numbers = []
    original = documents.of

    def of(entry_ids):
        ids = list(entry_ids)
        found = original(ids)
        numbers.append(sum(bool(one.parts) for one in found))
        return found

    monkeypatch.setattr(documents, "of", of)
    return numbers


def part(text, *readers):
    return {"title": "Annexe", "body": text, "readers": [[one] for one in readers]}


def no_refresh(path, _headers, _body):
    return 500 if path.partition("?")[0].endswith("/_refresh") else None


def answered(question, later):
    """What anybody is answered, now or later."""
    return identity.answered(
        RequestFactory().get("/"),
        lambda reader: question(replace(reader, at=reader.at + later)),
    )


def ask(text, *, later=timedelta()):
    asked = Asked(text=text, filters=Filters(types=("order",)), is_exact=True, limit=1)
    return answered(lambda one: service.search(asked, one), later)


def told(outcome):
    return outcome.engine, outcome.is_degraded, outcome.found.count
