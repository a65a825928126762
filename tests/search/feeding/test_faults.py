"""Faults of the server, of workers and of operators, caused for real. Nothing is lost by any."""

import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from elasticsearch import Elasticsearch, TransportError

from cms.entries.models import Entry
from search.contract import EngineFailed
from search.engines.elastic import client, indices, lag, leases, rebuilding
from search.engines.elastic.feeding import Feeder
from search.engines.elastic.models import DeadLetter, ElasticIndex, Lease
from tests.conftest import build_site
from tests.search.feeding.conftest import delete, drift, feed_all, indexed, records
from tests.search.feeding.processes import beside, manage, silence, wire

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

STORM = 1000
WATERMARKS = [
    f"cluster.routing.allocation.disk.watermark.{name}" for name in ("low", "high", "flood_stage")
]


@pytest.fixture(autouse=True)
def _site(transactional_db):
    build_site()


def test_stopped_during_a_publish_storm(own):
    records(1)
    feed_all()

    with beside(feeding):
        for start in range(1, STORM, 5):
            records(5, start=start)
            if start == 201:
                own.stop()
        own.start()
        wait_until_fed()

    assert len(indexed(Elasticsearch(own.url))) == Entry.objects.count() >= STORM
    assert verify() == 0


def test_killed_during_a_rebuild(own):
    records(800)
    feed_all()
    before = indices.holding(client.read_alias())

    loading = rebuilding.rebuild(batch=100)
    next(loading)
    next(loading)
    own.stop(signal.SIGKILL)
    with pytest.raises(EngineFailed):
        next(loading)
    records(3, start=800)
    own.start()

    assert indices.holding(client.read_alias()) == before
    feed_all()
    assert verify() == 0
    rebuild()
    assert indices.ours() == before | indices.holding(client.read_alias())
    assert verify() == 0


def test_a_rebuild_killed_in_the_middle_leaves_the_old_index_in_use(elastic):
    records(600)
    feed_all()
    before = indices.holding(client.read_alias())
    with wire(client.settings.ELASTICSEARCH_URL, holding=3) as passing:
        process = manage("search", "rebuild", "--elasticsearch", url=passing.url)
        assert passing.held.wait(60)
        process.kill()
        process.wait()

    records(5, start=600)
    delete(0, 1)
    feed_all()
    assert indices.holding(client.read_alias()) == before
    assert verify() == 0

    end_leases()
    rebuild()
    assert indices.holding(client.read_alias()) != before
    assert len(indices.ours()) == 2  # and the one before, for a day
    assert verify() == 0


def test_what_a_killed_rebuild_left_is_tidied_away(elastic):
    records(10)
    feed_all()
    with pytest.raises(EngineFailed):
        for _ in rebuilding.rebuild(batch=1, stopping=lambda: True):
            pass
    assert len(indices.ours()) == 2

    rebuilding.tidy(at=datetime.now(UTC) + timedelta(minutes=2))

    assert indices.ours() == indices.holding(client.read_alias())
    assert not ElasticIndex.objects.filter(state=ElasticIndex.State.BUILDING).exists()


def test_a_worker_killed_in_the_middle_of_a_batch(elastic):
    records(1)
    feed_all()
    records(500, start=1)
    position = lag.position()
    with wire(client.settings.ELASTICSEARCH_URL, holding=2) as passing:
        worker = manage("work", url=passing.url)
        assert passing.held.wait(60)
        worker.kill()
        worker.wait()
    assert position < lag.position() < lag.head()

    end_leases()
    feed_all()

    assert verify() == 0


def test_two_workers_at_once(elastic):
    feed_all()
    workers = [manage("work"), manage("work")]
    for start in range(0, 300, 10):
        records(10, start=start)
        records(5, start=start, title="Changée")
        delete(start + 7)

    wait_until_fed()
    for worker in workers:
        worker.terminate()
    for worker in workers:
        # On a busy machine one may be told to end before it could say how it does so.
        assert worker.wait(60) in {0, -signal.SIGTERM}

    assert verify() == 0


def test_two_workers_that_both_believe_to_be_alone(elastic, monkeypatch):
    monkeypatch.setattr(leases, "take", lambda *_args, **_options: True)
    records(1)
    feed_all()

    with beside(feeding), beside(feeding):
        for start in range(0, 200, 4):
            records(4, start=start)
            records(2, start=max(start - 4, 0), title=f"Changée {start}")
            delete(start + 3)
        wait_until_fed()

    assert verify() == 0


@pytest.mark.parametrize("has_news", [True, False])
def test_an_index_deleted_behind_our_back_is_made_again(elastic, has_news):
    records(5)
    feeder = feed_all()
    for name in indices.holding(client.read_alias()):
        elastic.indices.delete(index=name)
    if has_news:
        records(1, start=5)
    else:
        feeder._index_seen = float("-inf")  # five seconds later

    feed_all(feeder)

    assert len(indexed(elastic)) == Entry.objects.count()
    assert verify() == 0


def test_a_document_the_server_refuses(elastic):
    """Somebody made the index by hand, with a field of another kind."""
    records(1)
    feeder = feed_all()
    (name,) = indices.holding(client.read_alias())
    mappings = dict(elastic.indices.get_mapping(index=name)[name]["mappings"])
    kept = elastic.indices.get(index=name)[name]["settings"]["index"]
    mappings["properties"]["title_key"] = {"type": "integer"}
    replace(elastic, name, mappings, {"analysis": kept["analysis"], "max_ngram_diff": 12})
    records(1, start=1, title="2026")
    records(1, start=2, title="Pas un nombre")
    records(1, start=3, title="2027")

    feed_all(feeder)

    assert set(DeadLetter.objects.values_list("key", flat=True)) == {"orders-2"}
    assert {"orders-1", "orders-3"} <= indexed(elastic).keys()
    rebuild()
    assert not DeadLetter.objects.exists()
    assert verify() == 0


def test_a_disk_that_is_nearly_full(own):
    records(3)
    feeder = feed_all()
    server = Elasticsearch(own.url, request_timeout=30)
    server.cluster.put_settings(persistent=dict.fromkeys(WATERMARKS, "100000gb"))
    wait_until(lambda: is_read_only(server))
    records(3, start=3)
    feeder.turn()

    assert feeder.failures
    assert not DeadLetter.objects.exists()
    assert lag.lag(at=datetime.now(UTC)).changes == 3

    server.cluster.put_settings(persistent=dict.fromkeys(WATERMARKS))
    wait_until(lambda: not is_read_only(server))
    wait_until_fed_by(feeder)
    assert verify() == 0


def test_a_server_that_accepts_and_never_answers(elastic, settings, capsys):
    records(3)
    feeder = feed_all()
    real = settings.ELASTICSEARCH_URL
    with silence() as url:
        settings.ELASTICSEARCH_URL = url
        feeder._index_seen = float("-inf")
        began = time.monotonic()
        records(20, start=3)
        published = time.monotonic() - began
        assert not feeder.turn()
        assert feeder.failures == 1
        # While it pauses it asks nothing.
        began = time.monotonic()
        assert not feeder.turn()
        assert time.monotonic() - began < 0.5
        call_command("search", "status")
        assert "does not answer" in capsys.readouterr().out

    settings.ELASTICSEARCH_URL = real
    wait_until_fed_by(feeder)
    assert published < client.QUICK_TIMEOUT
    assert verify() == 0


def test_nothing_is_lost_when_entries_change_during_a_rebuild(elastic):
    records(2000)
    feed_all()
    before = indices.holding(client.read_alias())
    edited = []

    def edit(stopping):
        while not stopping.is_set():
            start = (len(edited) * 37) % 2000
            records(3, start=start, title=f"Pendant {len(edited)}")
            delete((start + 500) % 2000)
            records(1, start=2000 + len(edited))
            edited.append(start)

    with beside(feeding), beside(edit):
        rebuild()
        assert indices.holding(client.read_alias()) != before
    assert edited
    feed_all()

    assert verify() == 0
    assert len(edited) > 3


def feeding(stopping):
    feeder = Feeder(stopping.is_set)
    while not stopping.is_set():
        if not feeder.turn():
            stopping.wait(0.1)
    feeder.close()


def verify():
    """The number that ``search verify`` reports."""
    found = drift()
    assert found.pending == 0
    if found.keys:
        with pytest.raises(CommandError):
            call_command("search", "verify")
    else:
        call_command("search", "verify")
    return len(found.keys)


def rebuild():
    """As the command does."""
    for _ in rebuilding.rebuild():
        pass


def end_leases():
    """What a killed process had runs out."""
    Lease.objects.update(until=datetime.now(UTC) - timedelta(seconds=1))


def replace(server, name, mappings, settings):
    aliases = {alias: {} for alias in server.indices.get_alias(index=name)[name]["aliases"]}
    server.indices.delete(index=name)
    server.indices.create(
        index=name, mappings=mappings, settings={"index": settings}, aliases=aliases
    )


def is_read_only(server):
    try:
        found = server.indices.get_settings(index=client.write_alias(), flat_settings=True)
    except TransportError:
        return False
    return any(
        one["settings"].get("index.blocks.read_only_allow_delete") == "true"
        for one in found.values()
    )


def wait_until_fed(within=90):
    wait_until(lambda: lag.lag(at=datetime.now(UTC)).changes == 0, within=within)


def wait_until_fed_by(feeder):
    def is_fed():
        feeder.turn()
        return lag.lag(at=datetime.now(UTC)).changes == 0

    wait_until(is_fed)


def wait_until(is_so, *, within=60):
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
