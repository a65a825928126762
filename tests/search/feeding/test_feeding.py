"""From the change feed into the index."""

from datetime import UTC, datetime, timedelta

import pytest

from cms.entries.models import Cursor, Entry
from search.engines.elastic import client, lag, leases
from search.engines.elastic.feeding import CONSUMER, LEASE, Feeder
from search.engines.elastic.models import DeadLetter, Lease
from tests.conftest import build_site
from tests.search.feeding.conftest import delete, drift, feed_all, indexed, records

REFUSED = "/editor/reports/search-refused/"

pytestmark = [pytest.mark.elasticsearch, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _site(db):
    build_site()


def test_a_worker_makes_the_index_when_there_is_none(elastic):
    records(3)

    feed_all()

    assert {"orders-0", "orders-1", "orders-2"} <= indexed(elastic).keys()
    assert lag.lag(at=datetime.now(UTC)).changes == 0
    assert not drift().keys


def test_what_is_stored_changed_and_deleted_is_indexed_so(elastic):
    records(3)
    feeder = feed_all()
    records(1, start=1, title="Affiche de Marseille")
    delete(2)
    records(1, start=7)

    feed_all(feeder)

    found = indexed(elastic)
    assert found["orders-1"]["title"]["fr"] == "Affiche de Marseille"
    assert "orders-2" not in found
    assert "orders-7" in found
    assert not drift().keys


def test_many_changes_of_one_entry_are_one_document_of_the_last(elastic):
    records(1)
    feeder = feed_all()
    for number in range(5):
        records(1, title=f"Version {number}")

    feed_all(feeder)

    document = elastic.get(index=client.read_alias(), id="orders-0")
    assert document["_source"]["title"]["fold"] == "Version 4"
    assert document["_version"] == document["_source"]["number"] == lag.head()


def test_a_late_write_of_a_former_state_changes_nothing(elastic):
    records(1)
    feeder = feed_all()
    stale = Cursor.objects.get(pk=CONSUMER).number
    records(1, title="Nouveau")
    feed_all(feeder)
    # Another worker, which was asleep, tells what it had read before.
    Cursor.objects.filter(pk=CONSUMER).update(number=stale - 1)

    feed_all(Feeder())

    assert indexed(elastic)["orders-0"]["title"]["fold"] == "Nouveau"
    assert not drift().keys


def test_only_one_worker_feeds_at_a_time(elastic):
    records(1)
    feed_all()
    records(1, start=1)
    leases.take(CONSUMER, "another", at=datetime.now(UTC), lasting=LEASE)

    assert not Feeder().turn()
    assert lag.lag(at=datetime.now(UTC)).changes == 1

    Lease.objects.filter(pk=CONSUMER).update(until=datetime.now(UTC) - timedelta(seconds=1))
    feed_all(Feeder())
    assert lag.lag(at=datetime.now(UTC)).changes == 0


def test_a_lease_from_a_clock_that_was_set_back_holds_nobody_up():
    at = datetime.now(UTC)
    leases.take(CONSUMER, "another", at=at + timedelta(days=1), lasting=LEASE)

    assert leases.take(CONSUMER, "me", at=at, lasting=LEASE)
    assert not leases.take(CONSUMER, "another", at=at, lasting=LEASE)


def test_a_refused_document_is_set_aside_and_the_others_go_on(elastic, refusing):
    records(1, title="Bon")
    feeder = feed_all()
    refusing()
    records(1, start=1, title="Refusé")
    records(1, start=2, title="Bon aussi")

    feed_all(feeder)

    letter = DeadLetter.objects.get()
    assert letter.key == "orders-1"
    assert "mapping" in letter.reason
    assert "orders-2" in indexed(elastic)
    assert lag.lag(at=datetime.now(UTC)).changes == 0
    found = drift()
    assert not found.keys
    assert found.refused == 1


def test_what_was_refused_is_not_found_by_its_former_state(elastic, refusing):
    """The refused document may be the one that closes a gate."""
    records(1, title="Ouvert à tous")
    feeder = feed_all()
    refusing()
    records(1, title="Refusé")

    feed_all(feeder)

    assert "orders-0" not in indexed(elastic)


def test_a_refused_entry_is_tried_again_when_it_changes(elastic, refusing):
    records(1)
    feeder = feed_all()
    refusing()
    records(1, title="Refusé")
    feed_all(feeder)
    assert DeadLetter.objects.exists()

    records(1, title="Repris")
    feed_all(feeder)

    assert not DeadLetter.objects.exists()
    assert indexed(elastic)["orders-0"]["title"]["fold"] == "Repris"


def test_an_editor_tries_a_refused_entry_again(elastic, refusing, client, make_user):
    records(1)
    feeder = feed_all()
    refusing()
    records(1, title="Refusé")
    feed_all(feeder)
    client.force_login(make_user(is_superuser=True, is_staff=True))
    page = client.get(REFUSED)
    assert "orders-0" in page.content.decode()

    refusing(is_over=True)
    client.post(REFUSED, {"key": "orders-0"})
    feed_all(feeder)

    assert not DeadLetter.objects.exists()
    assert indexed(elastic)["orders-0"]["title"]["fold"] == "Refusé"
    assert "orders-0" not in client.get(REFUSED).content.decode()


def test_only_the_permitted_see_what_was_refused(elastic, client, make_user):
    client.force_login(make_user())

    assert client.get(REFUSED).status_code in {302, 403}


@pytest.fixture
def refusing(monkeypatch):
    """Documents whose title is «Refusé» get a field that the mapping does not know."""
    from search.engines.elastic import indexing

    original = indexing.document_of

    def broken(document, number):
        made = original(document, number)
        return {**made, "unmapped": 1} if document.title == "Refusé" else made

    def start(*, is_over=False):
        monkeypatch.setattr(indexing, "document_of", original if is_over else broken)

    return start


def test_a_key_that_comes_back_under_a_new_id_is_no_drift(elastic):
    records(1)
    feeder = feed_all()
    former = Entry.objects.get(key="orders-0").pk
    delete(0)
    records(1)
    assert Entry.objects.get(key="orders-0").pk >= former

    feed_all(feeder)

    assert not drift().keys
