"""``manage.py search`` and what health says."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from cms.entries.models import Change, Entry
from search.engines.elastic import client, indices, lag, rebuilding, rehearsing
from search.engines.elastic.feeding import Feeder
from search.engines.elastic.models import ElasticIndex
from search.insight.models import Frequent
from tests.conftest import build_site
from tests.search.feeding.conftest import delete, drift, feed_all, indexed, records
from tests.search.feeding.processes import silence
from tests.search.feeding.proxies import HOLD, in_front

pytestmark = [pytest.mark.elasticsearch, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _site(db):
    build_site()


def test_a_rebuild_swaps_the_aliases_and_keeps_the_index_before_for_a_day(elastic):
    records(3)
    feed_all()
    before = indices.holding(client.read_alias())

    call_command("search", "rebuild", "--elasticsearch")

    now = indices.holding(client.read_alias())
    assert now == indices.holding(client.write_alias()) != before
    assert indices.ours() == now | before
    rebuilding.tidy(at=datetime.now(UTC) + timedelta(hours=23))
    assert indices.ours() == now | before
    rebuilding.tidy(at=datetime.now(UTC) + timedelta(hours=25))
    assert indices.ours() == now
    assert not drift().keys


def segments(server, name):
    """How many the index has, and how often it shows what was written."""
    (shard,) = server.indices.segments(index=name)["indices"][name]["shards"]["0"]
    settings = server.indices.get_settings(index=name)[name]["settings"]["index"]
    return len(shard["segments"]), settings["refresh_interval"]


def test_an_index_is_filled_unseen_and_goes_into_use_in_one_piece(elastic):
    records(6)
    loading = rebuilding.rebuild(batch=1)
    next(loading)
    (building,) = indices.holding(client.building_alias())
    assert segments(elastic, building)[1] == "-1"
    for _ in loading:
        elastic.indices.refresh(index=building)  # a segment for each

    assert indices.holding(client.read_alias()) == {building}
    assert segments(elastic, building) == (1, "500ms")


def test_a_merge_that_takes_long_is_waited_for_and_asked_for_once(elastic, monkeypatch):
    feeder = None
    for start in (0, 40, 80):
        records(40, start=start)
        feeder = feed_all(feeder)  # a segment for each
    (name,) = indices.holding(client.read_alias())
    monkeypatch.setattr(indices, "LOOKS_EVERY", 0.001)
    merging = indices.settle(name)

    assert next(merging, "done") is None  # the lease can be renewed
    records(1, title="Pendant")
    feed_all(feeder)
    for _ in merging:
        pass

    merged = elastic.indices.stats(index=name, metric="merge")["_all"]["primaries"]["merges"]
    assert (merged["total"], merged["current"]) == (1, 0)


def test_a_new_index_is_asked_before_readers_ask_it(elastic, settings):
    records(2 * rebuilding.ENTRIES_A_QUESTION, title="Annexe")
    Frequent.objects.create(folded="presentoirs", locale="fr", text="Présentoirs", people=7)
    requests = []

    with in_front(settings, lambda path, _headers, body: requests.append((path, body))):
        call_command("search", "rebuild", "--elasticsearch")

    (name,) = indices.holding(client.read_alias())
    asked = [body.decode() for path, body in requests if path == f"/{name}/_msearch"]
    assert len(asked) == Entry.objects.count() // rebuilding.ENTRIES_A_QUESTION >= 2
    assert '"query":"presentoirs"' in asked[0].casefold().replace("é", "e")
    assert '"query":"annexe"' in asked[1].casefold()
    paths = [path for path, _body in requests]
    assert paths.index(f"/{name}/_msearch") < paths.index("/_aliases")


@pytest.mark.parametrize(("verdict", "times"), [(HOLD, 2), (403, 1), (503, 1)])
def test_an_index_that_cannot_be_asked_beforehand_is_put_into_use(
    elastic, settings, monkeypatch, caplog, verdict, times
):
    records(3 * rebuilding.ENTRIES_A_QUESTION)
    monkeypatch.setattr(client, "QUICK_TIMEOUT", 2.0)
    monkeypatch.setattr(rehearsing, "LONGEST", 3.0)
    asked = []

    def judge(path, *_):
        if path.endswith("/_msearch"):
            asked.append(path)
            return verdict
        return None

    with (
        caplog.at_level(logging.INFO, "search.engines.elastic.rehearsing"),
        in_front(settings, judge),
    ):
        call_command("search", "rebuild", "--elasticsearch")

    (name,) = indices.holding(client.read_alias())
    assert len(asked) == times
    assert f"search_index_not_rehearsed name={name}" in caplog.text
    assert len(indexed(elastic)) == Entry.objects.count()


def test_whoever_stops_a_rebuild_does_not_wait_for_the_rehearsal(elastic, settings):
    records(3 * rebuilding.ENTRIES_A_QUESTION)
    asked = []

    def judge(path, *_):
        if path.endswith("/_msearch"):
            asked.append(path)

    with in_front(settings, judge):
        for _ in rebuilding.rebuild(stopping=lambda: bool(asked)):
            pass

    assert len(asked) == 1
    assert len(indexed(elastic)) == Entry.objects.count()


def test_two_rebuilds_at_once_are_one(elastic):
    records(3)
    loading = rebuilding.rebuild(batch=1)
    next(loading)

    with pytest.raises(CommandError, match="Another process rebuilds"):
        call_command("search", "rebuild", "--elasticsearch")

    for _ in loading:
        pass
    assert len(indexed(elastic)) == Entry.objects.count()


def test_both_indices_are_fed_during_a_rebuild(elastic):
    records(3)
    feeder = feed_all()
    loading = rebuilding.rebuild(batch=1)
    next(loading)
    records(1, title="Pendant")
    delete(1)

    feed_all(feeder)

    assert indexed(elastic)["orders-0"]["title"]["fold"] == "Pendant"
    new = elastic.get(index=client.building_alias(), id="orders-0")
    assert new["_source"]["title"]["fold"] == "Pendant"
    for _ in loading:
        pass
    feed_all(feeder)
    assert "orders-1" not in indexed(elastic)
    assert not drift().keys


def test_a_process_that_died_after_the_swap_is_no_trouble(elastic):
    records(2)
    feeder = feed_all()
    # The server has swapped, the database does not know.
    ElasticIndex.objects.update(state=ElasticIndex.State.BUILDING)
    records(1, start=2)

    feed_all(feeder)

    assert "orders-2" in indexed(elastic)
    assert ElasticIndex.objects.get().state == ElasticIndex.State.LIVE


def test_an_index_that_somebody_made_in_the_place_of_an_alias_is_replaced(elastic):
    records(2)
    elastic.index(index=client.write_alias(), document={"a": 1})

    feed_all()

    assert len(indexed(elastic)) == Entry.objects.count()


def test_drift_is_found_both_ways_and_repaired(elastic, capsys):
    records(5)
    feeder = feed_all()
    alias = client.write_alias()
    elastic.delete(index=alias, id="orders-0")
    elastic.update(index=alias, id="orders-1", doc={"digest": "another"})
    source = {**elastic.get(index=alias, id="orders-2")["_source"], "key": "x-1", "entry": 99999}
    elastic.index(index=alias, id="x-1", document=source, refresh=True)

    with pytest.raises(CommandError, match="3 of"):
        call_command("search", "verify", "--repair")
    told = capsys.readouterr().out
    assert "missing: orders-0" in told
    assert "stale: orders-1" in told
    assert "extra: x-1" in told
    feed_all(feeder)

    call_command("search", "verify")
    assert " 0 drifted" in capsys.readouterr().out


def test_what_waits_to_be_fed_is_no_drift(elastic):
    records(2)
    feed_all()
    records(1, title="Pas encore")

    found = drift()

    assert not found.keys
    assert found.pending == 1


def test_a_database_that_was_put_back_is_told_of(elastic, capsys):
    records(1)
    feed_all()
    index = client.write_alias()
    source = {**elastic.get(index=index, id="orders-0")["_source"], "number": 10**6, "digest": "x"}
    elastic.index(
        index=index,
        id="orders-0",
        document=source,
        version=10**6,
        version_type="external",
        refresh=True,
    )

    with pytest.raises(CommandError):
        call_command("search", "verify")

    assert "ahead: orders-0" in capsys.readouterr().out
    call_command("search", "rebuild", "--elasticsearch")
    assert not drift().keys


def test_the_status_says_how_it_is(elastic, capsys):
    records(2)
    call_command("search", "status")
    assert "index: missing" in capsys.readouterr().out
    feed_all()

    call_command("search", "status")

    told = capsys.readouterr().out
    count = Entry.objects.count()
    assert f"documents: {count} of {count} entries" in told
    assert "mapping: up to date" in told
    assert "feed: up to date" in told


def test_an_index_of_another_release_is_told_of_and_loses_nothing(elastic, capsys, monkeypatch):
    from search.engines.elastic import indexing, mapping

    records(1)
    feeder = feed_all()
    original = mapping.document_of
    monkeypatch.setattr(mapping, "mapping_hash", lambda: "of the next release")
    monkeypatch.setattr(
        indexing, "document_of", lambda one, number: {**original(one, number), "new_field": 1}
    )
    records(1, title="Changé")

    assert not feeder.turn()
    call_command("search", "status")

    assert feeder.failures == 1
    assert "orders-0" in indexed(elastic)
    assert "mapping: out of date" in capsys.readouterr().out


def test_without_elasticsearch_the_command_says_so(settings, capsys):
    settings.ELASTICSEARCH_URL = ""
    records(1)

    call_command("search", "rebuild")
    call_command("search", "status")

    assert "not in use" in capsys.readouterr().out
    with pytest.raises(CommandError, match="ELASTICSEARCH_URL"):
        call_command("search", "verify")
    assert not Feeder().turn()


def test_health_says_how_far_the_index_is_behind(elastic, client):
    records(1)
    feed_all()
    records(2)

    facts = client.get("/health/ready").json()["elasticsearch"]

    assert facts["behind"] == 1
    assert facts["refused"] == 0


def test_health_says_whether_it_answers_and_does_not_ask_it(elastic, client, api, settings):
    records(1)
    feed_all()
    assert api.get("search?q=commande").json()["engine"] == "elasticsearch"
    assert told_by(client) == (True, "closed")

    with silence() as settings.ELASTICSEARCH_URL:
        # It would hang with it if it asked.
        assert told_by(client) == (True, "closed")
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    for breaker_says in ("closed", "closed", "open"):
        assert api.get("search?q=commande").json()["degraded"]
        assert told_by(client) == (False, breaker_says)


def test_health_says_so_when_changes_wait_for_long(elastic, client):
    records(1)
    feed_all()
    records(2)
    assert told_by(client) == (True, "closed")

    Change.objects.filter(number=lag.head()).update(at=datetime.now(UTC) - timedelta(seconds=11))

    assert told_by(client) == (False, "closed")


def told_by(client):
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    facts = answer.json()["elasticsearch"]
    return facts["answers"], facts["breaker"]
